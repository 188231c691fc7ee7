"""Pages of disputes: keyset pagination, so that the last page costs what the first does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, tuple_

from casework.text import clean
from db.tables.dispute import Dispute
from resolvers.context import Context, Info
from resolvers.criteria import MOST_FLAGS, DisputeCriteria, conditions
from resolvers.cursor import read_cursor, write_cursor
from resolvers.dispute import DisputeRow, select_disputes
from resolvers.errors import BadUserInput
from resolvers.loading import Rows

DEFAULT_PAGE = 20
LONGEST_PAGE = 100


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


Place = tuple[object, UUID]
"""A sort value and the key of its row."""


def _moment(position: str) -> datetime:
    moment = datetime.fromisoformat(position)
    if moment.tzinfo is None:
        raise ValueError(position)
    return moment.astimezone(UTC)


_COLUMNS: dict[SortField, ColumnElement[Any]] = {
    SortField.RECEIVED_AT: Dispute.received_at.expression,
    SortField.NUMBER: Dispute.number.expression,
}
_WRITERS: dict[SortField, Callable[[DisputeRow], str]] = {
    SortField.RECEIVED_AT: lambda row: row.received_at.isoformat(),
    SortField.NUMBER: lambda row: row.number,
}
_READERS: dict[SortField, Callable[[str], object]] = {
    SortField.RECEIVED_AT: _moment,
    SortField.NUMBER: clean,
}


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A dispute at its place in the list."""

    page: DisputePage
    node: DisputeRow

    @property
    def cursor(self) -> str:
        """Its place."""
        return self.page.cursor(self.node)


@dataclass(frozen=True, slots=True)
class DisputePage:
    """One page of the list that `criteria` and `sorting` describe."""

    criteria: DisputeCriteria
    sorting: Sorting
    nodes: Sequence[DisputeRow]
    has_next_page: bool
    has_previous_page: bool

    @property
    def edges(self) -> list[EdgeRow]:
        """The disputes with their places."""
        return [EdgeRow(self, node) for node in self.nodes]

    @property
    def page_info(self) -> DisputePage:
        """What Relay asks of a page, the page can say itself."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The place of the first dispute."""
        return self.cursor(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """The place of the last dispute."""
        return self.cursor(self.nodes[-1]) if self.nodes else None

    def cursor(self, row: DisputeRow) -> str:
        """The place of a dispute in this list."""
        return write_cursor(_shape(self.criteria, self.sorting), _WRITERS[self.sorting.field](row), row.key)


async def page_of_disputes(
    context: Context, criteria: DisputeCriteria, sorting: Sorting, window: Window
) -> DisputePage:
    """The page that a window shows. Raises BadUserInput for sizes, cursors and filters that
    make no sense."""
    size = page_size(context, window)
    if len(criteria.flags or ()) > MOST_FLAGS:
        raise BadUserInput("input.too_many_flags", context.language, most=MOST_FLAGS)
    shape = _shape(criteria, sorting)
    after = _place(context, shape, sorting, "after", window.after)
    before = _place(context, shape, sorting, "before", window.before)
    backward = window.last is not None
    statement = select_page(criteria, sorting, after, before, backward=backward).limit(size + 1)
    async with context.read() as connection:
        rows = [DisputeRow(*row) for row in await connection.execute(statement)]
    more, nodes = len(rows) > size, rows[:size]
    if backward:
        nodes.reverse()
    # Where the page does not end by its size, it ends at a cursor, and the cursor's own row lies beyond.
    return DisputePage(
        criteria,
        sorting,
        nodes,
        has_next_page=before is not None if backward else more,
        has_previous_page=more if backward else after is not None,
    )


def select_page(
    criteria: DisputeCriteria,
    sorting: Sorting,
    after: Place | None = None,
    before: Place | None = None,
    *,
    backward: bool = False,
) -> Rows:
    """Disputes between two places of the list, from its start or, `backward`, from its end."""
    ascending = sorting.direction is Direction.ASC
    column = _COLUMNS[sorting.field]
    place = tuple_(column, Dispute.id)
    bounds = []
    if after is not None:
        bounds.append(place > _bound(column, after) if ascending else place < _bound(column, after))
    if before is not None:
        bounds.append(place < _bound(column, before) if ascending else place > _bound(column, before))
    keys = (column, Dispute.id.expression)
    order = [key.asc() if ascending is not backward else key.desc() for key in keys]
    return select_disputes(*conditions(criteria), *bounds).order_by(*order)


def page_size(context: Context, window: Window) -> int:
    """How many disputes the page may have."""
    if window.first is not None and window.last is not None:
        raise BadUserInput("input.first_and_last", context.language)
    argument, size = ("last", window.last) if window.last is not None else ("first", window.first)
    if size is None:
        return DEFAULT_PAGE
    if not 1 <= size <= LONGEST_PAGE:
        raise BadUserInput("input.page_size", context.language, argument=argument, most=LONGEST_PAGE)
    return size


async def total_count(root: DisputePage, info: Info) -> int:
    """How many disputes the whole list has; counted only when asked for."""
    statement = select(func.count()).select_from(Dispute).where(*conditions(root.criteria))
    async with info.context.read() as connection:
        return await connection.scalar(statement) or 0


def _shape(criteria: DisputeCriteria, sorting: Sorting) -> str:
    """What a cursor belongs to: this list in this order under this filter."""
    return f"disputes {sorting} {criteria}"


def _place(context: Context, shape: str, sorting: Sorting, argument: str, cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    try:
        position, key = read_cursor(shape, cursor) or (None, None)
        if position is not None and key is not None:
            return _READERS[sorting.field](position), key
    except (ValueError, OverflowError):
        pass
    raise BadUserInput("input.cursor", context.language, argument=argument)


def _bound(column: ColumnElement[Any], place: Place) -> ColumnElement[Any]:
    return tuple_(literal(place[0], column.type), literal(place[1], Dispute.id.type))
