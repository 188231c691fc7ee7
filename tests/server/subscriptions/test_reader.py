"""The reader of the feed: whoever listens hears everything once and in order, however slow it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from db import feed, outbox
from db.database import Database
from db.feed import Message
from db.tables.event import Outbox
from resolvers.subscription import Happening, Wanted
from server.subscriptions import listening, reader
from server.subscriptions.listening import Listening
from server.subscriptions.reader import Listener, Reader, Span
from wording.catalogue import Language

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def message(position: int) -> Message:
    return Message(position, UUID(int=position), "990100", "t", f"s{position}", NOON, {})


def is_taken(message: Message) -> bool:
    return message.position % 3 > 0


async def put(database: Database, count: int) -> None:
    async with database.write() as connection:
        for at in range(count):
            data = {"sequence": 1}
            await outbox.put(
                connection, city="990100", type="t", subject=f"s{at}", data=data, occurred_at=NOON
            )


@given(
    st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=12),
    st.integers(0, 1_000),
)
def test_what_is_not_kept_is_named_so_that_nothing_is_missing(
    batches: Sequence[tuple[int, bool]], start: int
) -> None:
    async def heard() -> tuple[list[int], int]:
        listener = Listener(is_taken)
        listener.start(start)
        position, found = start, list[int]()
        for size, looks in batches:
            listener.hear([message(position + 1 + at) for at in range(size)], position + size)
            position += size
            if looks:
                found += await drained(listener)
        return found + await drained(listener), position

    found, end = asyncio.run(heard())
    assert found == [at for at in range(start + 1, end + 1) if is_taken(message(at))]


async def drained(listener: Listener) -> list[int]:
    """All that waits for a listener, with what it is told to read for itself."""
    found: list[int] = []
    try:
        while True:
            async with asyncio.timeout(0):
                got = await listener.next()
            if isinstance(got, Span):
                found += [at for at in range(got.after + 1, got.to + 1) if is_taken(message(at))]
            else:
                found += [each.position for each in got]
    except TimeoutError:
        return found


async def test_a_slow_listener_hears_everything_and_takes_no_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_WAITING", 5)
    monkeypatch.setattr(reader, "BATCH", 4)
    monkeypatch.setattr(listening, "BATCH", 4)
    tail = Reader(database, seconds=0.001)
    await put(database, 7)
    one = Listening(tail, database, Language.EN)
    async with asyncio.timeout(30):
        messages = await one.listen(Wanted(0, is_taken, _nothing))
        found: list[int] = []
        async for portion in messages:
            found += [each.position for each in portion]
            if found[-1] < 40:
                await put(database, 9)
            else:
                break
    one.close()
    await tail.close()
    assert found == [at for at in range(1, found[-1] + 1) if is_taken(message(at))]


@pytest.mark.parametrize(
    ("after", "most", "code"),
    [
        (9, 100, None),
        (3, 100, None),
        (2, 100, "EVENTS_GONE"),
        (0, 100, "EVENTS_GONE"),
        (4, 5, None),
        (3, 5, "EVENTS_GONE"),
        (10, 100, "BAD_USER_INPUT"),
        (-1, 100, "BAD_USER_INPUT"),
    ],
)
async def test_nobody_goes_on_where_something_would_be_missing(
    database: Database, monkeypatch: pytest.MonkeyPatch, after: int, most: int, code: str | None
) -> None:
    monkeypatch.setattr(listening, "MOST_REPLAYED", most)
    await put(database, 9)
    while await feed.number(database):
        pass
    async with database.write() as connection:
        await connection.execute(delete(Outbox).where(Outbox.position <= 3))
    tail = Reader(database, seconds=0.001)
    one = Listening(tail, database, Language.EN)
    if code is None:
        await one.listen(Wanted(after, is_taken, _nothing))
    else:
        with pytest.raises(GraphQLError) as refused:
            await one.listen(Wanted(after, is_taken, _nothing))
        assert refused.value.extensions == {"code": code}
    one.close()
    await tail.close()


async def test_the_reader_rests_while_nobody_listens(database: Database) -> None:
    tail = Reader(database, seconds=0.001)
    listener = Listener(is_taken)
    await put(database, 4)
    before = asyncio.all_tasks()
    assert await tail.join(listener) == 4
    (task,) = asyncio.all_tasks() - before
    tail.leave(listener)
    async with asyncio.timeout(30):
        await task
        await put(database, 2)
        assert await tail.join(listener) == 6
        await put(database, 2)
        heard = await listener.next()
    await tail.close()
    assert isinstance(heard, list)
    assert [each.position for each in heard] == [7, 8]


async def _nothing(*_: object) -> list[Happening]:
    return []
