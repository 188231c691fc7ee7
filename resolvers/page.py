"""Pages of disputes: keyset pagination, so that the last page costs what the first does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Uuid, bindparam, func, select, tuple_

from casework.actor import Role
from casework.reach import HOLDER, UNIT, Bounds, bounds_of, holds, reached, values_of
from casework.text import clean
from resolvers.context import Context
from resolvers.criteria import MOST_FLAGS, DisputeCriteria, conditions, given, is_slow
from resolvers.cursor import read_cursor
from resolvers.description import Connection, PageQuery
from resolvers.dispute import DISPUTE
from resolvers.errors import BadUserInput

PAGE_SIZES = ("first", "last")
"""Arguments that say how many items a list or a connection gives."""
DEFAULT_PAGE = 20
LONGEST_PAGE = 100
LONGEST_PAGES: Mapping[str, int] = {Role.EXPORTER: 5_000}
"""The longest page of roles that may have longer ones than others."""


ONE_UNIT: Bounds = (UNIT,)
"""The reach of most people who work on disputes."""


class SortField(StrEnum):
    """What disputes can be ordered by; the key of the row breaks ties."""

    RECEIVED_AT = "received_at"
    NUMBER = "number"


class Direction(StrEnum):
    """Which end comes first."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list is ordered."""

    field: SortField = SortField.RECEIVED_AT
    direction: Direction = Direction.DESC


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the list that is asked for, as Relay has it."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


class Shape(NamedTuple):
    """All that the statement of a page depends on, but for its values."""

    criteria: tuple[str, ...]
    sorting: Sorting
    after: bool
    before: bool
    backward: bool
    bounds: Bounds = None


def _moment(position: str) -> datetime:
    moment = datetime.fromisoformat(position)
    if moment.tzinfo is None:
        raise ValueError(position)
    return moment.astimezone(UTC)


_COLUMNS: Mapping[SortField, ColumnElement[Any]] = {
    SortField.RECEIVED_AT: DISPUTE.columns["received_at"],
    SortField.NUMBER: DISPUTE.columns["number"],
}
_READERS: Mapping[SortField, Callable[[str], object]] = {
    SortField.RECEIVED_AT: _moment,
    SortField.NUMBER: clean,
}


def page_of_disputes(
    context: Context, criteria: DisputeCriteria, sorting: Sorting, window: Window
) -> PageQuery:
    """The page that a window shows. Raises BadUserInput for sizes, cursors and filters that
    make no sense."""
    size = page_size(context, window)
    if len(criteria.flags or ()) > MOST_FLAGS:
        raise BadUserInput("input.too_many_flags", context.language, most=MOST_FLAGS)
    seal = _seal(criteria, sorting)
    values = given(criteria)
    shape = Shape(
        tuple(values),
        sorting,
        window.after is not None,
        window.before is not None,
        window.last is not None,
        bounds_of(context.reach),
    )
    if shape.bounds:
        values |= values_of(context.reach)
    for argument, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            position, key = _place(context, seal, sorting, argument, cursor)
            values |= {argument: position, f"{argument}_key": key}
    return PageQuery(
        shape=shape,
        values={**values, "size": size + 1},
        size=size,
        backward=shape.backward,
        after=shape.after,
        before=shape.before,
        seal=seal,
        sort=sorting.field.value,
        slow=is_slow(shape.criteria),
    )


def select_page(shape: Shape, names: Sequence[str] | None) -> Select[Any]:
    """Disputes between two places of the list, from its start or from its end. `names`: see Source.chosen."""
    ascending = shape.sorting.direction is Direction.ASC
    column, key = keys = _order(shape)
    place = tuple_(column, key)
    places = []
    if shape.after:
        places.append(place > _bound(column, "after") if ascending else place < _bound(column, "after"))
    if shape.before:
        places.append(place < _bound(column, "before") if ascending else place > _bound(column, "before"))
    order = [key.asc() if ascending is not shape.backward else key.desc() for key in keys]
    rows = select(*DISPUTE.chosen(names)).select_from(_origin(shape))
    rows = rows.where(*_asked_for(shape), *places).order_by(*order)
    return rows.limit(bindparam("size", type_=Integer()))


def count_disputes(shape: Shape) -> Select[Any]:
    """How many disputes the whole list has."""
    alone = shape.bounds == ONE_UNIT and not shape.criteria
    origin = HOLDER if alone else _origin(shape)
    return select(func.count()).select_from(origin).where(*_asked_for(shape))


def _origin(shape: Shape) -> FromClause:
    """Where the disputes of a list are looked for: those of one unit by way of what it has."""
    if shape.bounds != ONE_UNIT:
        return DISPUTE.origin
    key, city = DISPUTE.columns["key"], DISPUTE.columns["city"]
    return HOLDER.join(DISPUTE.origin, (HOLDER.c.dispute_id == key) & (HOLDER.c.city == city))


def _order(shape: Shape) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The columns that a list is ordered by, there where an index has them together."""
    if shape.bounds == ONE_UNIT and shape.sorting.field is SortField.RECEIVED_AT:
        return HOLDER.c.received_at, HOLDER.c.dispute_id
    return _COLUMNS[shape.sorting.field], DISPUTE.columns["key"]


def _asked_for(shape: Shape) -> list[ColumnElement[bool]]:
    """What the list asks of disputes, and that they are within reach."""
    asked = conditions(shape.criteria)
    if shape.bounds is None:
        return asked
    within = holds(HOLDER, UNIT) if shape.bounds == ONE_UNIT else reached(DISPUTE.origin, shape.bounds)
    return [*asked, within]


def disputes_of(page: Callable[..., PageQuery]) -> Connection:
    """The connection of disputes; `page(context, **arguments)` says which page."""
    return Connection(DISPUTE, tuple(_COLUMNS), page, select_page, count_disputes)


def page_size(context: Context, window: Window) -> int:
    """How many disputes the page may have."""
    if window.first is not None and window.last is not None:
        raise BadUserInput("input.first_and_last", context.language)
    argument, size = ("last", window.last) if window.last is not None else ("first", window.first)
    if size is None:
        return DEFAULT_PAGE
    longest = LONGEST_PAGES.get(context.actor.role, LONGEST_PAGE)
    if not 1 <= size <= longest:
        raise BadUserInput("input.page_size", context.language, argument=argument, most=longest)
    return size


@lru_cache(maxsize=1_000)
def _seal(criteria: DisputeCriteria, sorting: Sorting) -> str:
    """What a cursor belongs to: this list in this order under this filter."""
    return f"disputes {sorting} {criteria}"


def _place(context: Context, seal: str, sorting: Sorting, argument: str, cursor: str) -> tuple[object, UUID]:
    try:
        position, key = read_cursor(seal, cursor) or (None, None)
        if position is not None and key is not None:
            return _READERS[sorting.field](position), key
    except (ValueError, OverflowError):
        pass
    raise BadUserInput("input.cursor", context.language, argument=argument)


def _bound(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return tuple_(bindparam(name, type_=column.type), bindparam(f"{name}_key", type_=Uuid()))
