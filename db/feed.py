"""The feed: the messages of the outbox by number, in an order that every reader sees alike.

Keys cannot tell how far somebody has read: a transaction that began earlier may be kept later, and its
messages would appear behind the reader. So messages get their numbers afterwards, from one process at a time:
whoever sees number n sees all below it, and what is kept later is numbered later. The messages of one subject
are numbered in the order in which they were made, even where the clocks of two servers disagree.

A reader keeps the last number that it has read and asks for what comes `after` it; `head` tells cheaply
whether there is any. Nothing is numbered unless somebody calls `number` now and then: every server does.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db import revision
from db.database import Database
from db.dialect import lock
from db.query import Query, compile_query
from db.reading import Steps
from db.tables.event import Outbox
from db.tables.revision import Revision

FEED = "feed"
"""The revision that tells the newest number."""
BATCH = 1_000
"""Messages that are numbered in one transaction, about."""

_outbox = Outbox.__table__


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its number in the feed, counted from 1. `data` hold no personal data."""

    position: int
    id: UUID
    city: str
    type: str  # CloudEvents' word: `lianxi.dispute.assigned.v1`
    subject: str
    occurred_at: datetime
    data: Mapping[str, Any]


async def number(database: Database, limit: int = BATCH) -> int:
    """Number messages that have none, about `limit` of them, and tell how many. Any number of processes may
    do so at once. Raises the database's Fault."""
    if not await _waiting(database):
        return 0
    async with database.write() as connection:
        await lock(connection, FEED)
        rows = await _unnumbered(connection, limit)
        if not rows:  # another process has done it meanwhile
            return 0
        last = await revision.current(connection, FEED)
        await connection.execute(
            update(Outbox)
            .where(_outbox.c.id == bindparam("key"), _outbox.c.city == bindparam("of_city"))
            .values(position=bindparam("number")),
            [
                {"key": row.id, "of_city": row.city, "number": number}
                for number, row in enumerate(_in_order(rows), last + 1)
            ],
        )
        await revision.raise_to(connection, FEED, last + len(rows))
        return len(rows)


async def newest(database: Database) -> int:
    """As `head`, at the driver's speed, for whoever asks all the time. Raises the database's Fault."""
    query = _newest(database.dialect)

    def steps() -> Steps[int]:
        rows = yield query, query.bind({"name": FEED})
        return rows[0][0] if rows else 0

    return await database.fetch(steps, several=False)


async def oldest(connection: AsyncConnection) -> int:
    """The oldest number that is still there; 0 where nothing is."""
    return await connection.scalar(select(func.min(_outbox.c.position))) or 0


async def head(connection: AsyncConnection) -> int:
    """The newest number; 0 where nothing was ever numbered."""
    return await revision.current(connection, FEED)


async def after(connection: AsyncConnection, position: int, limit: int) -> list[Message]:
    """Up to `limit` messages that come after a number, in order. They have no gap, but where old ones have
    been taken out of the outbox."""
    columns = _outbox.c
    rows = await connection.execute(
        select(
            columns.position,
            columns.id,
            columns.city,
            columns.type,
            columns.subject,
            columns.occurred_at,
            columns.data,
        )
        .where(columns.position > position)
        .order_by(columns.position)
        .limit(limit)
    )
    return [Message(*row) for row in rows]


async def _waiting(database: Database) -> bool:
    query = _one_unnumbered(database.dialect)

    def steps() -> Steps[bool]:
        rows = yield query, query.bind({})
        return bool(rows)

    return await database.fetch(steps, several=False)


@lru_cache(maxsize=16)
def _newest(dialect: Dialect) -> Query:
    columns = Revision.__table__.c
    return compile_query(
        select(columns.number).where(columns.name == bindparam("name", type_=columns.name.type)), dialect
    )


@lru_cache(maxsize=16)
def _one_unnumbered(dialect: Dialect) -> Query:
    return compile_query(select(_outbox.c.id).where(_outbox.c.position.is_(None)).limit(1), dialect)


async def _unnumbered(connection: AsyncConnection, limit: int) -> Sequence[Any]:
    columns = _outbox.c
    waiting = columns.position.is_(None)
    # Whole subjects, so that no message is passed by one made later, of which a slow clock made the key.
    subjects = select(columns.subject).where(waiting).order_by(columns.id).limit(limit).subquery()
    sequence = columns.data["sequence"].as_integer().label("sequence")
    return (
        await connection.execute(
            select(columns.id, columns.city, columns.subject, sequence)
            .where(waiting, columns.subject.in_(select(subjects.c.subject)))
            .order_by(columns.id)
        )
    ).all()


def _in_order(rows: Sequence[Any]) -> list[Any]:
    """By key; among its own, each subject by the number of its event."""
    by_subject = defaultdict(list)
    for row in rows:
        by_subject[row.subject].append(row)
    turns = {
        subject: deque(sorted(own, key=lambda row: (row.sequence or 0, row.id)))
        for subject, own in by_subject.items()
    }
    return [turns[row.subject].popleft() for row in rows]
