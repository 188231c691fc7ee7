"""Statements compiled once, to be run by the driver without SQLAlchemy's connection in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, CompoundSelect, Dialect, Select, literal_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

from db.keys import KeyList, OneKey, among, among_values, is_key, key_kinds
from db.values import AsText, Convert, driver_value, key_value, python_value, shown_value

__all__ = [
    "CHOSEN",
    "KeyedQuery",
    "Query",
    "among",
    "among_values",
    "compile_query",
    "is_key",
    "with_columns",
]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement in the driver's words. `python` and `shown` have an entry a column, None for "as it is"."""

    text: str
    python: tuple[Convert | None, ...]
    """From the driver's value to the Python value that SQLAlchemy would give."""
    shown: tuple[Convert | None, ...]
    """From the driver's value to one that orjson writes as the API shows it."""
    _key: tuple[Convert | None, ...] = field(repr=False)
    _fixed: tuple[object, ...] = field(repr=False)
    _named: tuple[tuple[int, str, Convert | None], ...] = field(repr=False)
    _keyed: tuple[tuple[int, Convert | None], ...] = field(repr=False)

    def bind(self, values: Mapping[str, Any], keys: Sequence[Any] = ()) -> tuple[object, ...]:
        """The driver's parameters: Python values by name, and the keys of `among` as the driver gave them.

        Keys are a list or tuple of values, of tuples where `among` has several columns. Raises KeyError for
        a name without a value.
        """
        parameters = list(self._fixed)
        for place, name, convert in self._named:
            value = values[name]
            parameters[place] = value if convert is None else convert(value)
        for place, convert in self._keyed:
            parameters[place] = keys if convert is None else convert(keys)
        return tuple(parameters)

    def raw_key(self, *parts: Any) -> Any:
        """A key of `among` made of Python values, as the driver would have handed it over."""
        raw = tuple(
            part if convert is None else convert(part) for part, convert in zip(parts, self._key, strict=True)
        )
        return raw[0] if len(raw) == 1 else raw


class KeyedQuery:
    """A statement for the rows of some keys, in two wordings: for any number of them, and for one. Each is
    compiled when it is first needed."""

    def __init__(self, compile: Callable[[bool], Query]) -> None:
        self._compile = compile

    @cached_property
    def many(self) -> Query:
        """The statement for any number of keys, and for none at all where it takes none."""
        return self._compile(False)

    @cached_property
    def one(self) -> Query:
        """The statement for one key."""
        return self._compile(True)

    def of(self, values: Mapping[str, Any], keys: Sequence[Any]) -> tuple[Query, tuple[object, ...]]:
        """The statement for these keys, with its parameters."""
        query = self.one if len(keys) == 1 else self.many
        return query, query.bind(values, keys)

    def raw_key(self, *parts: Any) -> Any:
        """See Query.raw_key."""
        return self.many.raw_key(*parts)


CHOSEN: ColumnElement[Any] = literal_column("chosen_columns")
"""Stands in a statement, as its first column, for those that `with_columns` puts there."""


def with_columns(query: Query, columns: Sequence[ColumnElement[Any]], dialect: Dialect) -> Query | None:
    """A statement that was compiled with CHOSEN, with these columns instead: to compile it anew for each
    choice took up to half of the time in which a query becomes a plan. None where one of them is a
    subquery, which may have parameters of its own."""
    texts = [_column_text(column, dialect) for column in columns]
    if None in texts:
        return None
    kinds = [column.type for column in columns]
    return replace(
        query,
        text=query.text.replace(str(CHOSEN), ", ".join(map(str, texts)), 1),
        python=(*(python_value(kind, dialect) for kind in kinds), *query.python[1:]),
        shown=(*(shown_value(kind, dialect) for kind in kinds), *query.shown[1:]),
    )


@lru_cache(maxsize=2_000)
def _column_text(column: ColumnElement[Any], dialect: Dialect) -> str | None:
    inner = column.clauses.clauses[0] if isinstance(column, AsText) else column
    return str(column.compile(dialect=dialect)) if isinstance(inner, Column) else None


def compile_query(
    statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], dialect: Dialect
) -> Query:
    """Compile a statement, whose parameters are the `bindparam`s without a value of their own.

    Raises ValueError for `in_` (use `among_values`) and for more than one `among`.
    """
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    fixed: list[object] = []
    named: list[tuple[int, str, Convert | None]] = []
    keyed: list[tuple[int, Convert | None]] = []
    for place, name in enumerate(compiled.positiontup or ()):
        parameter = compiled.binds[name]
        convert = _convert(parameter, dialect)
        fixed.append(None)
        if isinstance(parameter.type, KeyList | OneKey):
            keyed.append((place, convert))
        elif parameter.required:
            named.append((place, parameter.key, convert))
        else:
            value = parameter.effective_value
            fixed[place] = value if convert is None else convert(value)
    # `selected_columns` leaves out what has no name of its own, and the rest would shift.
    kinds: list[TypeEngine[Any]] = [column.type for column in compiled._result_columns]
    return Query(
        text=str(compiled),
        python=tuple(python_value(kind, dialect) for kind in kinds),
        shown=tuple(shown_value(kind, dialect) for kind in kinds),
        _key=_key_of(compiled, dialect),
        _fixed=tuple(fixed),
        _named=tuple(named),
        _keyed=tuple(keyed),
    )


def _convert(parameter: BindParameter[Any], dialect: Dialect) -> Convert | None:
    if parameter.expanding or parameter.literal_execute:
        raise ValueError(
            f"the text would depend on the value of {parameter.key}: use among_values for a list"
        )
    return driver_value(parameter.type, dialect)


def _key_of(compiled: SQLCompiler, dialect: Dialect) -> tuple[Convert | None, ...]:
    found = key_kinds(compiled)
    if len(found) > 1:
        raise ValueError("a statement is given one list of keys, so it can have one `among` only")
    return tuple(key_value(kind, dialect) for kinds in found for kind in kinds)
