"""Stored answers: the first one stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from db import idempotency
from db.database import Database
from db.idempotency import StoredAnswer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def store(database: Database, client: str, key: str, answer: str) -> bool:
    async with database.write() as connection:
        return await idempotency.store(
            connection,
            client=client,
            key=key,
            operation="submit_dispute",
            request_hash=answer * 2,
            answer={"id": answer},
            created_at=NOON,
        )


async def find(database: Database, client: str, key: str) -> StoredAnswer | None:
    async with database.read() as connection:
        return await idempotency.find(connection, client=client, key=key)


async def test_the_first_answer_stays(database: Database) -> None:
    assert await find(database, "a", "1") is None
    assert await store(database, "a", "1", "x")
    assert not await store(database, "a", "1", "y")
    assert await find(database, "a", "1") == StoredAnswer("submit_dispute", "xx", {"id": "x"}, NOON)


async def test_clients_do_not_share_keys(database: Database) -> None:
    assert await store(database, "a", "1", "x")
    assert await store(database, "b", "1", "y")
    assert [answer.answer for client in "ab" if (answer := await find(database, client, "1"))] == [
        {"id": "x"},
        {"id": "y"},
    ]


async def test_twins_at_once_store_one_answer(database: Database) -> None:
    stored = await asyncio.gather(*(store(database, "a", "1", str(number)) for number in range(8)))
    assert sorted(stored) == [False] * 7 + [True]
    answer = await find(database, "a", "1")
    assert answer is not None
    assert answer.answer == {"id": str(stored.index(True))}
