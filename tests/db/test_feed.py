"""The feed: whoever has read up to a number misses nothing that is kept later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db import feed, outbox
from db.database import Database
from db.tables.base import new_key
from db.tables.event import Outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def put(connection: AsyncConnection, subject: str, sequence: int) -> UUID:
    return await outbox.put(
        connection, city="990100", type="t", subject=subject, data={"sequence": sequence}, occurred_at=NOON
    )


async def put_with_key(connection: AsyncConnection, key: UUID, subject: str, sequence: int) -> None:
    values = {"city": "990100", "type": "t", "subject": subject, "occurred_at": NOON}
    await connection.execute(insert(Outbox).values(id=key, data={"sequence": sequence}, **values))


async def read(database: Database, after: int = 0, limit: int = 1_000) -> list[feed.Message]:
    async with database.read() as connection:
        return await feed.after(connection, after, limit)


async def test_numbers_count_from_one_without_a_gap(database: Database) -> None:
    keys: list[UUID] = []
    for _ in range(3):
        async with database.write() as connection:
            keys += [await put(connection, f"s{count}", 1) for count in range(4)]
    while await feed.number(database, limit=5):
        pass
    messages = await read(database)
    assert [message.position for message in messages] == list(range(1, 13))
    assert {message.id for message in messages} == set(keys)
    async with database.read() as connection:
        assert await feed.head(connection) == 12


async def test_a_page_ends_where_the_next_begins(database: Database) -> None:
    async with database.write() as connection:
        for count in range(5):
            await put(connection, f"s{count}", 1)
    await feed.number(database)
    first = await read(database, limit=3)
    rest = await read(database, after=first[-1].position, limit=3)
    assert [message.position for message in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert await read(database, after=5) == []


async def test_what_began_earlier_and_is_kept_later_is_numbered_later(postgresql_url: str) -> None:
    # SQLite has one writer: there nothing that began earlier is kept later.
    from db.migrate import upgrade

    database = Database.open(postgresql_url)
    await upgrade(database)
    async with database.write() as slow:
        early = await put(slow, "a", 1)
        async with database.write() as quick:
            late = await put(quick, "b", 1)
        assert early < late
        assert await feed.number(database) == 1
        assert [message.id for message in await read(database)] == [late]
    assert await feed.number(database) == 1
    assert [message.id for message in await read(database, after=1)] == [early]
    await database.close()


async def test_a_subject_stays_in_order_where_clocks_disagree(database: Database) -> None:
    early, middle, late = new_key(), new_key(), new_key()
    async with database.write() as connection:
        await put_with_key(connection, late, "a", 1)
        await put_with_key(connection, middle, "b", 1)
        await put_with_key(connection, early, "a", 2)
    # A batch of one: the key that comes first is not numbered without the one that has to go before it.
    assert await feed.number(database, limit=1) == 2
    assert await feed.number(database, limit=1) == 1
    assert [message.id for message in await read(database)] == [late, early, middle]


async def test_processes_that_number_at_once_agree(database: Database, database_url: str) -> None:
    others = [Database.open(database_url) for _ in range(3)]

    async def write() -> None:
        for count in range(20):
            async with database.write() as connection:
                await put(connection, f"s{count % 3}", count)

    async def number(own: Database) -> int:
        done = 0
        for _ in range(15):
            done += await feed.number(own, limit=4)
        return done

    counts = await asyncio.gather(write(), *(number(each) for each in others))
    while rest := await feed.number(database):
        counts.append(rest)
    for each in others:
        await each.close()
    messages = await read(database)
    assert sum(filter(None, counts)) == 20
    assert [message.position for message in messages] == list(range(1, 21))
    for subject in ("s0", "s1", "s2"):
        own = [message.data["sequence"] for message in messages if message.subject == subject]
        assert own == sorted(own)
