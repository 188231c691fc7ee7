"""A stretch of a numbered list below one parent: the events of a dispute, the rules of a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from resolvers.errors import BadUserInput
from resolvers.loading import Rows
from wording.catalogue import Language

LONGEST_SPAN = 100
LAST_NUMBER = 2**31 - 1

R = TypeVar("R")


class Span(NamedTuple):
    """Items numbered above `after`, at most `first` of them, of one parent."""

    parent: UUID
    after: int
    first: int

    @classmethod
    def checked(cls, parent: UUID, after: int, first: int, language: Language) -> Span:
        """The stretch that a query asks for. Raises BadUserInput when it is too long or makes no sense."""
        if not 1 <= first <= LONGEST_SPAN:
            raise BadUserInput("input.page_size", language, argument="first", most=LONGEST_SPAN)
        if after < 0:
            raise BadUserInput("input.after_negative", language)
        return cls(parent, after, first)


async def rows_of_spans(
    connection: AsyncConnection,
    spans: Sequence[Span],
    statement: Rows,
    parent: InstrumentedAttribute[UUID],
    number: ColumnElement[int] | InstrumentedAttribute[int],
    make: Callable[..., R],
) -> Sequence[list[R]]:
    """The rows of each stretch, made by `make` from the statement's columns.

    Numbers have no gaps, so a stretch is a range of them and needs no window function. One statement serves
    all stretches that differ in their parent only.
    """
    found: dict[Span, list[R]] = {span: [] for span in spans}
    names = [column.name for column in statement.selected_columns]
    at = names.index(parent.name)
    for after, first in dict.fromkeys((span.after, span.first) for span in spans):
        parents = [span.parent for span in spans if (span.after, span.first) == (after, first)]
        last = min(after + first, LAST_NUMBER)
        rows = await connection.execute(statement.where(parent.in_(parents), number > after, number <= last))
        for row in rows:
            found[Span(row[at], after, first)].append(make(*row))
    return [found[span] for span in spans]
