"""Databases: what is written stays or goes as a whole, readers cannot write, and faults say what to do."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.database import Database
from db.dialect import lift_time_limit
from db.faults import DatabaseBusy, DatabaseUnavailable
from db.tables.dispute import DisputeCounter
from db.tables.region import Region


async def count(database: Database, city: str = "990100") -> int | None:
    async with database.write() as connection:
        found = await connection.scalar(select(DisputeCounter.last).where(DisputeCounter.city == city))
        if found is None:
            await connection.execute(insert(DisputeCounter).values(city=city, year=2026, last=1))
        else:
            await connection.execute(update(DisputeCounter).values(last=found + 1))
    return found


async def counted(database: Database) -> int | None:
    async with database.read() as connection:
        return await connection.scalar(select(DisputeCounter.last))


async def test_what_is_written_stays(database: Database, database_url: str) -> None:
    await count(database)
    assert await counted(database) == 1
    again = Database.open(database_url)
    assert await counted(again) == 1
    await again.close()


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, BaseException])
async def test_an_exception_takes_everything_back(database: Database, error: type[BaseException]) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            await connection.execute(insert(DisputeCounter).values(city="990100", year=2026, last=1))
            raise error

    with pytest.raises(error):
        await attempt()
    assert await counted(database) is None


async def test_a_statement_that_fails_takes_everything_back(database: Database) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            for _ in range(2):
                await connection.execute(insert(DisputeCounter).values(city="990100", year=2026, last=1))

    with pytest.raises(IntegrityError):
        await attempt()
    assert await counted(database) is None


async def test_a_fault_does_not_say_what_was_written(database: Database) -> None:
    """Its text goes into the log."""

    async def attempt() -> None:
        async with database.write() as connection:
            row = {"code": "990100001", "name": "13800138000"}
            await connection.execute(insert(Region).values(row))

    with pytest.raises(IntegrityError) as fault:
        await attempt()
    assert "INSERT INTO region" in str(fault.value)
    assert "[SQL parameters hidden" in str(fault.value)


async def test_a_cancelled_writer_keeps_nothing_and_frees_the_database(database: Database) -> None:
    written = asyncio.Event()

    async def writer() -> None:
        async with database.write() as connection:
            await connection.execute(insert(DisputeCounter).values(city="990100", year=2026, last=1))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(writer())
    await written.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await counted(database) is None
    await count(database)
    assert await counted(database) == 1


async def test_a_reader_cannot_write(database: Database) -> None:
    async def attempt() -> None:
        async with database.read() as connection:
            await connection.execute(insert(DisputeCounter).values(city="990100", year=2026, last=1))

    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        await attempt()
    assert await counted(database) is None


async def test_a_reader_sees_one_moment(database: Database) -> None:
    await count(database)
    async with database.read() as connection:
        before = await connection.scalar(select(DisputeCounter.last))
        await count(database)
        after = await connection.scalar(select(DisputeCounter.last))
    assert (before, after) == (1, 1)
    assert await counted(database) == 2


async def test_writers_at_once_lose_no_update(database: Database) -> None:
    await count(database)

    async def writer() -> None:
        for _ in range(5):
            async with database.write() as connection:
                statement = update(DisputeCounter).values(last=DisputeCounter.last + 1)
                await connection.execute(statement)

    await asyncio.gather(*(writer() for _ in range(8)))
    assert await counted(database) == 41


async def test_foreign_keys_hold(database: Database) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            row = {"city": "990100", "level": "town", "name": "x", "name_en": "x", "path": "x"}
            await connection.execute(insert(Region).values(code="990199001", parent_code="990199", **row))

    with pytest.raises(IntegrityError):
        await attempt()


async def test_moments_and_chinese_come_back_as_they_went_in(database: Database) -> None:
    async with database.read() as connection:
        name = await connection.scalar(select(Region.name).where(Region.code == "990100"))
        zone = await connection.scalar(select(func.count()).select_from(Region))
    assert (name, zone) == ("云澜市", 21)


async def test_a_busy_database_says_so(database_url: str) -> None:
    holder, waiter = Database.open(database_url), Database.open(database_url, patience=1)
    await count(holder)
    async with holder.write() as connection:
        await connection.execute(update(DisputeCounter).values(last=7))
        with pytest.raises(DatabaseBusy) as caught:
            await count(waiter)
    assert caught.value.code == "DATABASE_BUSY"
    await count(waiter)
    await holder.close()
    await waiter.close()


async def test_all_connections_in_use_is_busy_too(database_url: str) -> None:
    database = Database.open(database_url, patience=1)

    async def read_without_end() -> None:
        async with AsyncExitStack() as stack:
            for _ in range(100):
                connection = await stack.enter_async_context(database.read())
                await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseBusy):
        await read_without_end()
    assert await counted(database) is None
    await database.close()


async def test_a_connection_that_breaks_is_unavailable_and_the_next_works(postgresql_url: str) -> None:
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)

    async def attempt() -> None:
        async with database.write() as connection:
            victim = await connection.scalar(text("SELECT pg_backend_pid()"))
            async with other.write() as killer:
                await killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": victim})
            await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await attempt()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await database.close()
    await other.close()


async def test_a_connection_that_broke_while_idle_is_not_noticed(postgresql_url: str) -> None:
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    async with database.read() as connection:
        victim = await connection.scalar(text("SELECT pg_backend_pid()"))
    async with other.write() as killer:
        # Waits, by its second argument in milliseconds, until the other is gone.
        await killer.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": victim})
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != victim
    await database.close()
    await other.close()


async def test_the_time_limit_is_lifted_for_one_transaction(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    async with database.write() as connection:
        await lift_time_limit(connection)
        assert await connection.scalar(text("SHOW statement_timeout")) == "0"
    async with database.write() as connection:
        assert await connection.scalar(text("SHOW statement_timeout")) == "30s"
    await database.close()


OUTSIDER = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], timeout=0.1).execute("PRAGMA journal_mode = DELETE").fetchone()[0])
"""


async def test_opening_twice_in_one_process_drops_no_lock(tmp_path: Path) -> None:
    """Closing any descriptor of a file drops this process's locks on it: opening must not touch the file."""
    path = tmp_path / "lianxi.db"
    first, second = Database.open(f"sqlite:///{path}"), Database.open(f"sqlite:///{path}")
    async with first.write() as connection:
        await connection.execute(text("CREATE TABLE t (x)"))
    async with second.read() as connection:
        await connection.execute(text("SELECT * FROM t"))
    await second.close()
    Database.open(f"sqlite:///{path}")
    # Only somebody who is alone with the file may change its journal, and `first` is still there.
    outsider = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OUTSIDER, path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    answer, complaint = await outsider.communicate()
    assert (answer, b"database is locked" in complaint) == (b"", True)
    await first.close()


async def test_sqlite_is_as_safe_as_promised(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'lianxi.db'}")
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for transaction in (database.read, database.write):
        async with transaction() as connection:
            found: dict[str, Any] = {
                name: await connection.scalar(text(f"PRAGMA {name}")) for name in expected
            }
        assert found == expected
    await database.close()


async def test_postgresql_sessions_are_named_and_timed(postgresql_url: str) -> None:
    database = Database.open(postgresql_url, patience=3)
    async with database.read() as connection:
        found = {
            name: await connection.scalar(text(f"SHOW {name}"))
            for name in ("application_name", "TimeZone", "lock_timeout", "statement_timeout")
        }
    assert found == {
        "application_name": "lianxi",
        "TimeZone": "UTC",
        "lock_timeout": "3s",
        "statement_timeout": "30s",
    }
    await database.close()


async def test_a_full_disk_is_told_from_a_broken_program(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'lianxi.db'}")

    async def attempt() -> None:
        async with database.write() as connection:
            # SQLite's own limit stands for the disk's.
            await connection.execute(text("PRAGMA max_page_count = 2"))
            await connection.execute(text("CREATE TABLE t (x)"))
            await connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))

    with pytest.raises(DatabaseUnavailable, match="磁盘空间"):
        await attempt()
    await database.close()
    assert sqlite3.connect(tmp_path / "lianxi.db").execute("SELECT name FROM sqlite_master").fetchall() == []
