"""How a field gets its value: declared once, where the field is declared, and read twice.

The query plans compile these descriptions into statements and an assembler of rows; the ordinary resolvers
follow them one object at a time. Neither knows a field that the other does not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Integer, Select, bindparam, func, select
from sqlalchemy import inspect as mapping_of
from sqlalchemy.orm import DeclarativeBase

from casework.reach import Bounds, reaches
from casework.rights import ANYBODY, Roles
from db.query import CHOSEN, among, is_key
from db.values import light
from resolvers.identity import global_id

EntryKind = Literal["department", "function", "region"]
"""What the register keeps: the names of its lookups by code."""
Values = Mapping[str, Any]
"""Values of a statement's named parameters."""
DESCRIPTION = "description"
"""Where a field's metadata keep its description."""
ROLES = "roles"
"""Where a field's metadata and extensions keep who may select it."""


class Source:
    """Rows of one kind, as the API sees them: a table, or several that are joined, with columns by name.

    The columns are those of the table under their own names, but `key` for `id`; others are added by name.
    `identity` names the columns that make up the global id. `masks` change a column's value before anything
    else sees it. `reach` names the columns that lead to disputes: who does not reach all of those, for them
    the row is not there. Nor is it where it is not one's `own`, if that is said. `roles` are those for whose
    work the rows are.
    """

    def __init__(
        self,
        name: str,
        table: type[DeclarativeBase],
        /,
        *,
        identity: tuple[str, ...] = ("key",),
        origin: FromClause | None = None,
        without: frozenset[str] = frozenset(),
        masks: Mapping[str, Callable[[Any], Any]] | None = None,
        reach: tuple[str, ...] = (),
        own: ColumnElement[bool] | None = None,
        roles: Roles = ANYBODY,
        **columns: ColumnElement[Any],
    ) -> None:
        # The bare columns: a statement of mapped ones is compiled by way of the mapping, which takes longer.
        usual = {name: column for name, column in mapping_of(table).columns.items() if name not in without}
        if "id" in usual:
            usual["key"] = usual.pop("id")
        self.name = name
        self.identity = identity
        self.masks = masks or {}
        self.reach = reach
        self.own = own
        self.roles = roles
        self.origin: FromClause = table.__table__ if origin is None else origin
        self.columns: Mapping[str, ColumnElement[Any]] = {**usual, **columns}

    @cached_property
    def row(self) -> type[Row]:
        """The class of its whole rows, for the ordinary resolvers."""
        members = {"__slots__": tuple(self.columns), "identity": self.identity, "name_of_type": self.name}
        return type(f"{self.name}Row", (Row,), members)

    @cached_property
    def light(self) -> Mapping[str, ColumnElement[Any]]:
        """The columns in the form in which statements read them."""
        return {name: light(column) for name, column in self.columns.items()}

    def chosen(self, names: Sequence[str] | None) -> list[ColumnElement[Any]]:
        """What a statement reads for these columns; for None, what stands for any of them."""
        return [CHOSEN] if names is None else [self.light[name].label(name) for name in names]

    def reachable(self, bounds: Bounds) -> list[ColumnElement[bool]]:
        """The conditions under which a row is there for somebody whose reach has these bounds."""
        within = [] if self.own is None else [self.own]
        if bounds is not None:
            within += [reaches(self.columns[name], bounds) for name in self.reach]
        return within

    def asks_reach(self, bounds: Bounds) -> bool:
        """Whether these conditions have parameters, whose values are those of the reach."""
        return self.own is not None or bool(bounds and self.reach)

    def __repr__(self) -> str:
        return f"Source({self.name})"


class Row:
    """One row, with a value for each column of its source."""

    __slots__: tuple[str, ...] = ()
    identity: tuple[str, ...]
    name_of_type: str

    def __init__(self, values: Sequence[Any]) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            setattr(self, name, value)

    @property
    def id(self) -> str:
        """The global id."""
        return global_id(self.name_of_type, ":".join(str(getattr(self, name)) for name in self.identity))


@dataclass(frozen=True, eq=False)
class Column:
    """A value that the row, or the object, carries under the field's own name."""


@dataclass(frozen=True, eq=False)
class Related:
    """One column of the row that a to-one relation leads to; None where there is none."""

    relation: Relation
    column: str


@dataclass(frozen=True, eq=False)
class Computed:
    """A pure function of the row. Its positional parameters name columns, or entries of `related`, or are
    `context`; its keyword-only parameters are the arguments of the field."""

    function: Callable[..., Any]
    related: Mapping[str, Related] = field(default_factory=dict)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The names of the positional parameters."""
        return tuple(p.name for p in _parameters(self.function) if p.kind is not p.KEYWORD_ONLY)


@dataclass(frozen=True, eq=False)
class Resident:
    """Entries of the register, by the code or the list of codes that the row carries in `column`."""

    kind: EntryKind
    column: str
    many: bool = False


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows of another source, fetched for all rows of a level by one statement.

    `on` pairs columns of this row with columns of the other; without it the rows are a list of their own.
    With `each` the last column of this row is a list, and every item leads to at most one row. `where` may
    use named parameters, whose values `narrow(context, **arguments)` gives. `first` names the parameter that
    limits the rows of each parent.
    """

    source: Source
    on: tuple[tuple[str, str], ...] = ()
    many: bool = False
    each: bool = False
    where: tuple[ColumnElement[bool], ...] = ()
    order: tuple[Any, ...] = ()
    narrow: Callable[..., Values] | None = None
    first: str | None = None

    @cached_property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns of the row that lead to the others."""
        return tuple(parent for parent, _ in self.on)

    @cached_property
    def child_columns(self) -> tuple[str, ...]:
        """The columns of the other rows that they lead to."""
        return tuple(child for _, child in self.on)

    def select(self, names: Sequence[str] | None, *, one: bool = False, bounds: Bounds = None) -> Select[Any]:
        """The statement for these columns of the other rows (None: see Source.chosen), for `one` key or for
        any number of them; within `bounds`, of rows that are reached."""
        keys = [self.source.columns[child] for child in self.child_columns]
        condition = is_key if one else among
        conditions = (
            *self.where,
            *self.source.reachable(bounds),
            *((condition(*keys),) if keys else ()),
        )
        if self.first and not one:
            return self._limited(names, conditions)
        rows = select(*self.source.chosen(names)).select_from(self.source.origin)
        rows = rows.where(*conditions).order_by(*self.order)
        return rows.limit(bindparam(self.first, type_=Integer())) if self.first else rows

    def _limited(self, names: Sequence[str] | None, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """The first rows of each parent. Only keys are ranked, so that nothing else is read of the rest."""
        assert self.first is not None
        columns = self.source.columns
        parents = [columns[child] for child in self.child_columns]
        place = func.row_number().over(partition_by=parents, order_by=self.order).label("place")
        ranked = (
            select(columns["key"].label("ranked"), place)
            .select_from(self.source.origin)
            .where(*conditions)
            .subquery()
        )
        return (
            select(*self.source.chosen(names))
            .select_from(self.source.origin.join(ranked, ranked.c.ranked == columns["key"]))
            .where(ranked.c.place <= bindparam(self.first, type_=Integer()))
            .order_by(ranked.c.place)
        )


@dataclass(frozen=True, eq=False)
class Via:
    """What the rows at the end of a relation have: `then` is asked of each. With `many` it is a list, which
    is empty where the relation leads nowhere."""

    relation: Relation
    then: Resident | Relation | Computed
    many: bool = False


class Ref(NamedTuple):
    """An object that is asked for by the values of some of its columns: texts, those of UUIDs in their usual
    spelling."""

    type: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


class Refs(NamedTuple):
    """Objects of one type that are asked for by the values of one column."""

    type: str
    columns: tuple[str, ...]
    values: list[str]


Kinds = Mapping[str, "Source | EntryKind"]
"""Where the objects of a GraphQL type are found: in a source, or in the register by their code."""


@dataclass(frozen=True, eq=False)
class Found:
    """Objects that the arguments name. `function(context, **arguments)` gives a Ref or None, a list of
    these, or Refs; in a list an exception stands for an object that is told as an error."""

    function: Callable[..., Any]
    kinds: Kinds


@dataclass(frozen=True, eq=False)
class Asked:
    """Objects that Python makes: `function(context, **arguments)`, which may be awaited. With `acts` it
    changes something, and is called once for each field of a mutation."""

    function: Callable[..., Any]
    acts: bool = False


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A page of a list, checked. `shape` is all that its statement depends on but its values.

    `seal` is the list that its cursors belong to, `sort` the column that orders it. `slow` tells that no
    index leads to it.
    """

    shape: Hashable
    values: Values
    size: int
    backward: bool
    after: bool
    before: bool
    seal: str
    sort: str
    slow: bool


@dataclass(frozen=True, eq=False)
class Connection:
    """A list in pages, as Relay has it. `page(context, **arguments)` gives the PageQuery, `select` the
    statement for some columns of a shape, with one row more than the page (parameter `size`), `count` the
    statement that counts the whole list. `sorts` are the columns that may order it."""

    source: Source
    sorts: tuple[str, ...]
    page: Callable[..., PageQuery]
    select: Callable[[Any, Sequence[str] | None], Select[Any]]
    count: Callable[[Any], Select[Any]]


Description = Column | Computed | Resident | Relation | Via | Found | Asked | Connection


def lookup(source: Source, columns: tuple[str, ...]) -> Relation:
    """The relation from values of columns to the row that has them."""
    return _lookup(source, columns)


@cache
def _lookup(source: Source, columns: tuple[str, ...]) -> Relation:
    return Relation(source, on=tuple((name, name) for name in columns))


def function_with_arguments(description: Description) -> Callable[..., Any] | None:
    """The function whose keyword-only parameters are the arguments of the field; None where it has none."""
    match description:
        case Computed(function=function) | Found(function=function) | Asked(function=function):
            return function
        case Relation(narrow=narrow):
            return narrow
        case Via(then=then):
            return function_with_arguments(then)
        case Connection(page=page):
            return page
    return None


def arguments_of(description: Description) -> list[inspect.Parameter]:
    """The arguments of the field, as parameters of Python."""
    function = function_with_arguments(description)
    return [p for p in _parameters(function) if p.kind is p.KEYWORD_ONLY] if function else []


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())
