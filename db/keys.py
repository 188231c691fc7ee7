"""Conditions on a list of keys, with one text for any number of them: one prepared statement serves all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Self

import orjson
from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, String, Text, Uuid, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.dialect import POSTGRESQL
from db.values import Convert, driver_value

NOTED = "kinds of keys"
"""Where a compiler keeps what it met."""


def among(*columns: Any) -> ColumnElement[bool]:
    """This column, or these columns together, are one of the keys that the statement is given.

    A key is a value as the driver hands it over, or a tuple of them. At most once in a statement.
    """
    return Among(*columns)


def is_key(*columns: Any) -> ColumnElement[bool]:
    """This column, or these columns together, are the one key that the statement is given.

    A plan for any list of keys looks dear to PostgreSQL where one is given, so it would plan every time.
    """
    return IsKey(*columns)


def among_values(column: Any, name: str) -> ColumnElement[bool]:
    """This column is in the list of Python values that the statement is given under `name`."""
    return _AmongValues(column, bindparam(name, type_=ListOf(column.type)))


class ListOf(TypeDecorator[Sequence[Any]]):
    """A list as one parameter: an array on PostgreSQL, JSON on SQLite. Its items are Python values."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != POSTGRESQL:
            return dialect.type_descriptor(Text())
        # A cast to a type with a length cuts what is longer, and would so find what nobody asked for.
        item = String() if isinstance(self.item, String) else self.item
        return dialect.type_descriptor(ARRAY(item))

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        convert = driver_value(self.item, dialect)
        pack = list if dialect.name == POSTGRESQL else _json
        if convert is None:
            return pack
        return lambda values: pack([convert(value) for value in values])


class KeyList(ListOf):
    """A list of keys that are the driver's values already; with `place`, of that part of each key alone."""

    cache_ok = True

    def __init__(self, item: TypeEngine[Any], place: int | None = None) -> None:
        super().__init__(item)
        self.place = place

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == POSTGRESQL and isinstance(self.item, Uuid):
            return dialect.type_descriptor(Text())
        return super().load_dialect_impl(dialect)

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        if dialect.name != POSTGRESQL:
            return _json
        place = self.place
        if not isinstance(self.item, Uuid):
            return None if place is None else lambda keys: [key[place] for key in keys]
        return _array_text if place is None else lambda keys: _array_text([key[place] for key in keys])


class OneKey(TypeDecorator[Any]):
    """The one key of a list, as the driver gave it; with `place`, that part of it."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any], place: int | None = None) -> None:
        super().__init__()
        self.item = item
        self.place = place

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        as_text = isinstance(self.item, Uuid | String)
        return dialect.type_descriptor(Text() if as_text else self.item)

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        place = self.place
        return itemgetter(0) if place is None else lambda keys: keys[0][place]


def _array_text(keys: Iterable[object]) -> str:
    # The driver looks at each item of a list for half a microsecond; to the server, text is as good.
    return f"{{{','.join(map(str, keys))}}}"


def _json(values: Sequence[object]) -> str:
    return orjson.dumps(values).decode()


class _Condition(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:
        # Where there are no booleans, SQLAlchemy compares one with 1, and the index would not be used.
        return self


class Among(_Condition):
    """Made by `among`."""

    name = "among"
    inherit_cache = True


class IsKey(_Condition):
    """Made by `is_key`."""

    name = "is_key"
    inherit_cache = True


class _AmongValues(_Condition):
    name = "among_values"
    inherit_cache = True


# A type works out what it is in a dialect once, so that each is made once and not for every statement.
_key_list = cache(KeyList)
_one_key = cache(OneKey)


def _keys(item: TypeEngine[Any], place: int | None = None) -> BindParameter[Any]:
    return bindparam("among" if place is None else f"among_{place}", type_=_key_list(item, place))


def key_kinds(compiled: SQLCompiler) -> list[tuple[TypeEngine[Any], ...]]:
    """The types of the keys that a compiled statement is given: one entry for each condition on keys."""
    found: list[tuple[TypeEngine[Any], ...]] = compiled.__dict__.get(NOTED, [])
    return found


def _note(compiler: SQLCompiler, columns: list[Any]) -> None:
    compiler.__dict__.setdefault(NOTED, []).append(tuple(column.type for column in columns))


@compiles(Among, "postgresql")
def _array_of_keys(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    columns = list(element.clauses)
    _note(compiler, columns)
    names = [compiler.process(column, **options) for column in columns]
    if len(columns) == 1:
        return f"{names[0]} = ANY({_array(compiler, columns[0].type, None, options)})"
    arrays = [_array(compiler, column.type, place, options) for place, column in enumerate(columns)]
    return f"({', '.join(names)}) IN (SELECT * FROM unnest({', '.join(arrays)}))"  # noqa: S608


def _array(compiler: SQLCompiler, item: TypeEngine[Any], place: int | None, options: Any) -> str:
    keys = compiler.process(_keys(item, place), **options)
    if not isinstance(item, Uuid):
        return keys
    array = f"CAST({keys} AS UUID[])"
    # PostgreSQL reads through the whole of a table when it sees many keys, and compares each row with every
    # one of them: 30 s for 10,000 keys and 60,000 rows. What a subquery gives, it cannot count beforehand.
    return f"(SELECT {array})::UUID[]" if place is None else array


@compiles(Among, "sqlite")
def _json_of_keys(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    columns = list(element.clauses)
    _note(compiler, columns)
    names = [compiler.process(column, **options) for column in columns]
    keys = compiler.process(_keys(columns[0].type), **options)
    if len(columns) == 1:
        return f"{names[0]} IN (SELECT value FROM json_each({keys}))"  # noqa: S608
    parts = [f"json_extract(value, '$[{place}]')" for place in range(len(columns))]
    return f"({', '.join(names)}) IN (SELECT {', '.join(parts)} FROM json_each({keys}))"  # noqa: S608


@compiles(IsKey)
def _is_one_key(element: IsKey, compiler: SQLCompiler, **options: Any) -> str:
    columns = list(element.clauses)
    _note(compiler, columns)
    parts = []
    for place, column in enumerate(columns):
        kind = _one_key(column.type, None if len(columns) == 1 else place)
        value = compiler.process(bindparam(f"is_key_{place}", type_=kind), **options)
        if isinstance(column.type, Uuid) and compiler.dialect.name == POSTGRESQL:
            value = f"CAST({value} AS UUID)"
        parts.append(f"{compiler.process(column, **options)} = {value}")
    return f"({' AND '.join(parts)})"


@compiles(_AmongValues, "postgresql")
def _array_of_values(element: _AmongValues, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({values})"


@compiles(_AmongValues, "sqlite")
def _json_of_values(element: _AmongValues, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608
