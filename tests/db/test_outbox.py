"""The outbox: a message leaves if, and only if, the change that it tells of is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db import feed, outbox
from db.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TYPE, SUBJECT, DATA = "lianxi.dispute.assigned.v1", "990100-2026-000001", {"number": 1, "名称": "油烟"}


async def test_a_message_leaves_as_it_was_put(database: Database) -> None:
    async with database.write() as connection:
        key = await outbox.put(
            connection, city="990100", type=TYPE, subject=SUBJECT, data=DATA, occurred_at=NOON
        )
    assert await feed.number(database) == 1
    async with database.read() as connection:
        assert await feed.after(connection, 0, 10) == [
            feed.Message(1, key, "990100", TYPE, SUBJECT, NOON, DATA)
        ]


async def test_a_message_of_a_transaction_that_fails_never_leaves(database: Database) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            await outbox.put(connection, city="990100", type="t", subject="s", data={}, occurred_at=NOON)
            raise LookupError

    with pytest.raises(LookupError):
        await attempt()
    assert await feed.number(database) == 0
