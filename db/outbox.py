"""The outbox: messages that must leave, written with the change that they tell of.

A worker takes messages in one transaction, sends them outside of any, and marks them in another. A message
is sent at least once: a worker that dies leaves its lease to run out, and the message to the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.base import new_key
from db.tables.event import Outbox

LEASE = timedelta(minutes=1)
"""For how long a message belongs to the worker that took it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `attempts` counts how often it was taken, this time included."""

    id: UUID
    city: str
    type: str
    subject: str
    occurred_at: datetime
    data: Mapping[str, Any]
    attempts: int


async def put(
    connection: AsyncConnection,
    *,
    city: str,
    type: str,  # CloudEvents' word
    subject: str,
    data: Mapping[str, Any],
    occurred_at: datetime,
) -> UUID:
    """Put a message of a CloudEvents type in; it leaves if the transaction is kept. Gives its key."""
    key = new_key()
    await connection.execute(
        insert(Outbox).values(
            id=key,
            city=city,
            type=type,
            subject=subject,
            data=dict(data),
            occurred_at=occurred_at,
            attempts=0,
        )
    )
    return key


async def pending(
    connection: AsyncConnection, limit: int, *, now: datetime, lease: timedelta = LEASE
) -> list[Message]:
    """Take up to `limit` undelivered messages, oldest first, that no other worker holds.

    Needs a write transaction. Two workers never get the same message while its lease lasts.
    """
    rows = (
        await connection.execute(
            select(Outbox.__table__)
            .where(
                Outbox.delivered_at.is_(None), or_(Outbox.leased_until.is_(None), Outbox.leased_until <= now)
            )
            .order_by(Outbox.id)
            .limit(limit)
            # SQLite has one writer and no such clause; PostgreSQL goes past what others are taking.
            .with_for_update(skip_locked=True)
        )
    ).all()
    if not rows:
        return []
    await connection.execute(
        update(Outbox)
        .where(Outbox.id.in_([row.id for row in rows]))
        .values(attempts=Outbox.attempts + 1, leased_until=now + lease)
    )
    return [
        Message(row.id, row.city, row.type, row.subject, row.occurred_at, row.data, row.attempts + 1)
        for row in rows
    ]


async def mark_delivered(connection: AsyncConnection, messages: Collection[UUID], *, now: datetime) -> None:
    """These messages have arrived; marking one twice keeps the first time."""
    await connection.execute(
        update(Outbox)
        .where(Outbox.id.in_(messages), Outbox.delivered_at.is_(None))
        .values(delivered_at=now, leased_until=None)
    )
