"""The programs of a plan: the text that a builder wrote, made runnable, with its statements compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, literal_column, select
from sqlalchemy.sql.elements import Label

from casework.directory import DIRECTORY
from casework.reach import Bounds, values_of
from db.query import KeyedQuery, Query, compile_query, with_columns
from db.reading import Steps
from db.tables.revision import Revision
from resolvers.description import Relation
from resolvers.plan.builder import Builder
from resolvers.plan.shape import Level

_revision = Revision.__table__
REVISION: Label[int] = (
    select(_revision.c.number)
    .where(_revision.c.name == literal_column(f"'{DIRECTORY}'"))
    .scalar_subquery()
    .label("directory_revision")
)
"""Beside the first rows that are read: which register the database has now."""

Program = Callable[..., Steps[Any]]
"""`(context, register, variables, given)`: the steps of one root."""


class Stale(Exception):
    """The register is not the one that the database has now."""


@lru_cache(maxsize=2_000)
def _statement(
    relation: Relation, names: tuple[str, ...], revision: bool, dialect: Dialect, bounds: Bounds
) -> KeyedQuery:
    columns = [relation.source.light[name] for name in names]

    def compiled(one: bool) -> Query:
        query = with_columns(_any_columns(relation, one, revision, dialect, bounds), columns, dialect)
        return query or compile_query(_selected(relation, names, one, revision, bounds), dialect)

    return KeyedQuery(compiled)


@lru_cache(maxsize=1_000)
def _any_columns(
    relation: Relation, one: bool, revision: bool, dialect: Dialect, bounds: Bounds = None
) -> Query:
    return compile_query(_selected(relation, None, one, revision, bounds), dialect)


def compile_relation(relation: Relation, dialect: Dialect, *, revision: bool) -> None:
    """Compile a relation's statements, but for the columns, which each plan chooses."""
    for one in (False, True) if relation.on else (False,):
        _any_columns(relation, one, revision, dialect)


def _selected(
    relation: Relation, names: tuple[str, ...] | None, one: bool, revision: bool, bounds: Bounds
) -> Select[Any]:
    statement = relation.select(names, one=one, bounds=bounds)
    return statement.add_columns(REVISION) if revision else statement


class Writer:
    """Writes the lines of a program, and counts the statements that it may run."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.names = {**builder.constants.names, "Stale": Stale, "values_of": values_of}
        self.lines: list[str] = []
        self.statements = 0

    def read(self, level: Level, keys: str) -> None:
        """The lines for the rows of a level that is not below another; `keys` are those of its rows."""
        assert level.relation is not None
        checked = self.builder.uses_register
        self._keep(level, self._query(level.relation, level.selected(), revision=checked))
        self.lines.append(f"l{level.number} = yield of{level.number}({self._values(level)}, {keys})")
        if checked:
            self.check(level)
        self.below(level.children)

    def check(self, level: Level) -> None:
        """The line that looks whether the register is the one that the rows were read with."""
        place = len(level.columns)
        rows = f"l{level.number}"
        self.lines.append(f"if {rows} and {rows}[0][{place}] != register.revision: raise Stale")

    def below(self, levels: Sequence[Level]) -> None:
        """The lines for the rows of levels that hang on others, the upper ones first."""
        asked = ""
        for level in levels:
            assert level.relation is not None
            self._keep(level, self._query(level.relation, tuple(level.columns), revision=False))
            n = level.number
            if level.keys != asked:
                asked = level.keys
                self.lines.append(f"k = {asked}")
            self.lines.append(f"l{n} = (yield of{n}({self._values(level)}, k)) if k else ()")
        for level in levels:
            self.below(level.children)

    def assemble(self, levels: Sequence[Level]) -> None:
        """The lines that make items of the rows, the lower levels first."""
        for level in levels:
            assert level.relation is not None
            assert level.shape is not None
            self.assemble(level.children)
            key = level.shape.own_key(level.relation.child_columns)
            for name, many, item in level.outputs:
                if many:
                    self.lines.append(f"{name} = defaultdict(list)")
                    self.lines.append(f"{level.shape.loops}: {name}[{key}].append({item})")
                else:
                    self.lines.append(f"{name} = {{{key}: {item} {level.shape.loops}}}")

    def program(self, answer: str) -> Program:
        """The program that returns the value of an expression."""
        lines = [*self.builder.prelude, *self.lines, f"return {answer}"]
        if not self.statements:
            lines.append("yield")  # without one it would be no generator
        body = "\n    ".join(lines)
        exec(  # noqa: S102 - the text is ours
            f"def steps(context, register, variables, given):\n    {body}", self.names
        )
        made: Program = self.names.pop("steps")  # no circle: a forgotten program goes at once
        return made

    def _query(self, relation: Relation, names: tuple[str, ...], *, revision: bool) -> KeyedQuery:
        reading = self.builder.reading
        # Rows that everybody reaches are read alike for all.
        bounds = reading.bounds if relation.source.reach else None
        return _statement(relation, names, revision, reading.dialect, bounds)

    def _values(self, level: Level) -> str:
        """The expression for the values of a statement's parameters."""
        if not level.source.asks_reach(self.builder.reading.bounds):
            return level.values
        return f"{{**{level.values}, **values_of(context.reach)}}"

    def _keep(self, level: Level, query: KeyedQuery) -> None:
        self.statements += 1
        self.names |= {f"of{level.number}": query.of, f"raw{level.number}": query.raw_key}
