"""Events: what happened to a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.event import Event
from resolvers.identity import global_id
from resolvers.loading import Columns, matched, select_row
from resolvers.span import Span, rows_of_spans


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One named value of an event: a code, a number or an id, never personal data."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step; `sequence` counts from 1 within its dispute."""

    key: UUID
    dispute_key: UUID
    sequence: int
    type: str
    actor: str
    occurred_at: datetime
    data: dict[str, Any]

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("Event", self.key)

    @property
    def details(self) -> list[EventDetail]:
        """What is told with it, lists joined by commas; what is unknown is left out."""
        return [
            EventDetail(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in self.data.items()
            if value is not None
        ]


COLUMNS: Columns = (
    Event.id,
    Event.dispute_id,
    Event.sequence,
    Event.type,
    Event.actor,
    Event.occurred_at,
    Event.data,
)


async def events_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[EventRow | None]:
    """One event a key."""
    rows = await connection.execute(select_row(COLUMNS).where(Event.id.in_(keys)))
    return matched(keys, ((row[0], EventRow(*row)) for row in rows))


async def events_of_disputes(connection: AsyncConnection, spans: Sequence[Span]) -> Sequence[list[EventRow]]:
    """The asked-for stretch of the events of each dispute, in order."""
    statement = select_row(COLUMNS).order_by(Event.sequence)
    return await rows_of_spans(connection, spans, statement, Event.dispute_id, Event.sequence, EventRow)
