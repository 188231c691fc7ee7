"""The outbox: nothing is lost, nothing is taken by two, and what was not sent comes round again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from db import outbox
from db.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def put(database: Database, count: int) -> list[UUID]:
    async with database.write() as connection:
        return [
            await outbox.put(
                connection,
                city="990100",
                type="lianxi.dispute.assigned.v1",
                subject=f"990100-2026-{number:06d}",
                data={"number": number, "名称": "油烟"},
                occurred_at=NOON,
            )
            for number in range(count)
        ]


async def take(database: Database, limit: int, now: datetime) -> list[outbox.Message]:
    async with database.write() as connection:
        return await outbox.pending(connection, limit, now=now)


async def test_messages_come_in_the_order_in_which_they_were_put(database: Database) -> None:
    keys = await put(database, 5)
    first = await take(database, 3, NOON)
    rest = await take(database, 3, NOON)
    assert [message.id for message in (*first, *rest)] == keys
    assert first[0] == outbox.Message(
        keys[0],
        "990100",
        "lianxi.dispute.assigned.v1",
        "990100-2026-000000",
        NOON,
        {"number": 0, "名称": "油烟"},
        1,
    )
    assert await take(database, 3, NOON) == []


async def test_a_message_of_a_transaction_that_fails_never_leaves(database: Database) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            await outbox.put(connection, city="990100", type="t", subject="s", data={}, occurred_at=NOON)
            raise LookupError

    with pytest.raises(LookupError):
        await attempt()
    assert await take(database, 10, NOON) == []


async def test_a_lease_that_runs_out_gives_the_message_to_the_next(database: Database) -> None:
    await put(database, 1)
    assert [message.attempts for message in await take(database, 1, NOON)] == [1]
    assert await take(database, 1, NOON + outbox.LEASE - timedelta(seconds=1)) == []
    assert [message.attempts for message in await take(database, 1, NOON + outbox.LEASE)] == [2]


async def test_what_arrived_does_not_come_again(database: Database) -> None:
    keys = await put(database, 3)
    await take(database, 3, NOON)
    for now in (NOON, NOON + timedelta(hours=1)):
        async with database.write() as connection:
            await outbox.mark_delivered(connection, keys[:2], now=now)
    later = await take(database, 3, NOON + timedelta(days=1))
    assert [message.id for message in later] == keys[2:]


async def test_workers_at_once_never_share_a_message(database: Database) -> None:
    keys = await put(database, 60)

    async def worker() -> list[UUID]:
        taken: list[UUID] = []
        while messages := await take(database, 4, NOON):
            taken += [message.id for message in messages]
            async with database.write() as connection:
                await outbox.mark_delivered(connection, [message.id for message in messages], now=NOON)
        return taken

    shares = await asyncio.gather(*(worker() for _ in range(5)))
    assert sorted(key for share in shares for key in share) == keys
