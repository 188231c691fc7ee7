"""Reads by the bare driver: one moment each, and no trace of what went wrong in one."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import URL, bindparam, make_url, select, text

from db.database import Database
from db.faults import DatabaseBusy, DatabaseSlow, DatabaseUnavailable
from db.query import among, compile_query
from db.reading import CONNECTIONS, Row, Steps
from db.tables.region import Region

WAYS = [(several, slow) for several in (True, False) for slow in (True, False)]
ENDLESS = "WITH RECURSIVE t (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"


def one(statement: str, *parameters: object) -> Callable[[], Steps[Any]]:
    """A read of one value."""

    def steps() -> Steps[Any]:
        rows = yield statement, parameters
        return rows[0][0]

    return steps


async def write(url: str, statement: str) -> None:
    """Change the database from elsewhere."""
    other = Database.open(url)
    async with other.write() as connection:
        await connection.execute(text(statement))
    await other.close()


def at_once(url: str, statement: str) -> None:
    """The same, from within the steps of a read: it is done when this returns."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, write(url, statement)).result()


@pytest.mark.parametrize(("several", "slow"), WAYS)
async def test_what_the_steps_return_comes_out(database: Database, several: bool, slow: bool) -> None:
    query = compile_query(select(Region.name).where(Region.code == bindparam("code")), database.dialect)

    def steps() -> Steps[list[Any]]:
        rows = yield query, query.bind({"code": "990100"})
        return [tuple(row) for row in rows]

    assert await database.fetch(steps, several=several, slow=slow) == [("云澜市",)]


async def test_later_statements_use_earlier_rows(database: Database) -> None:
    first = compile_query(select(Region.parent_code).where(Region.level == "town"), database.dialect)
    second = compile_query(select(Region.code, Region.level).where(among(Region.code)), database.dialect)

    def steps() -> Steps[set[str]]:
        parents: Sequence[Row] = yield first, first.bind({})
        rows = yield second, second.bind({}, [row[0] for row in parents])
        assert {row[0] for row in rows} == {row[0] for row in parents}
        return {row[1] for row in rows}

    assert await database.fetch(steps) == {"district"}


async def test_no_statement_at_all(database: Database) -> None:
    def steps() -> Steps[int]:
        return 7
        yield

    for several, slow in WAYS:
        assert await database.fetch(steps, several=several, slow=slow) == 7


@pytest.mark.parametrize("slow", [True, False])
async def test_all_statements_see_one_moment(database: Database, database_url: str, slow: bool) -> None:
    def steps() -> Steps[tuple[int, int]]:
        before = yield "SELECT count(*) FROM dispute_counter", ()
        at_once(database_url, "INSERT INTO dispute_counter (city, year, last) VALUES ('990100', 2026, 1)")
        after = yield "SELECT count(*) FROM dispute_counter", ()
        return before[0][0], after[0][0]

    assert await database.fetch(steps, slow=slow) == (0, 0)
    assert await database.fetch(one("SELECT count(*) FROM dispute_counter")) == 1


@pytest.mark.parametrize(("several", "slow"), WAYS)
async def test_a_read_cannot_write(database: Database, several: bool, slow: bool) -> None:
    with pytest.raises((asyncpg.ReadOnlySQLTransactionError, DatabaseUnavailable)):
        await database.fetch(
            one("INSERT INTO dispute_counter (city, year, last) VALUES ('990100', 2026, 1) RETURNING last"),
            several=several,
            slow=slow,
        )
    assert await database.fetch(one("SELECT count(*) FROM dispute_counter")) == 0


@pytest.mark.parametrize("slow", [True, False])
async def test_many_reads_at_once(database: Database, slow: bool) -> None:
    query = compile_query(select(Region.code).where(among(Region.code)), database.dialect)

    def reading(code: str) -> Callable[[], Steps[str]]:
        def steps() -> Steps[str]:
            for _ in range(3):
                rows = yield query, query.bind({}, [code])
            return str(rows[0][0])

        return steps

    async with database.read() as connection:
        codes = (await connection.scalars(select(Region.code))).all()
    wanted = [codes[n % len(codes)] for n in range(50)]
    found = await asyncio.gather(*(database.fetch(reading(code), slow=slow) for code in wanted))
    assert found == wanted


@pytest.mark.parametrize(("several", "slow"), WAYS)
@pytest.mark.parametrize("error", [ValueError, OSError, DatabaseUnavailable, asyncpg.InterfaceError])
async def test_what_the_steps_raise_comes_out_as_it_is(
    database: Database, several: bool, slow: bool, error: type[Exception]
) -> None:
    raised = error("error.database_busy")
    begun = []

    def steps() -> Steps[None]:
        begun.append(1)
        yield "SELECT 1", ()
        raise raised

    for _ in range(2 * CONNECTIONS):
        with pytest.raises(error) as caught:
            await database.fetch(steps, several=several, slow=slow)
        assert caught.value is raised
    assert len(begun) == 2 * CONNECTIONS
    assert await database.fetch(one("SELECT 1"), several=several, slow=slow) == 1


@pytest.mark.parametrize(("several", "slow"), WAYS)
async def test_a_statement_that_fails_spoils_nothing(database: Database, several: bool, slow: bool) -> None:
    for _ in range(2 * CONNECTIONS):
        with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
            await database.fetch(one("SELECT * FROM nonsense"), several=several, slow=slow)
    assert await database.fetch(one("SELECT 1"), several=several, slow=slow) == 1


@pytest.mark.parametrize("several", [True, False])
async def test_a_migration_meanwhile_is_not_noticed(
    database: Database, database_url: str, several: bool
) -> None:
    await write(database_url, "CREATE TABLE growing (a INTEGER)")
    await write(database_url, "INSERT INTO growing VALUES (1)")

    def steps() -> Steps[int]:
        rows = yield "SELECT * FROM growing", ()
        return len(rows[0])

    assert await database.fetch(steps, several=several) == 1
    await write(database_url, "ALTER TABLE growing ADD COLUMN b INTEGER")
    assert await database.fetch(steps, several=several) == 2


async def test_close_is_not_the_end(database_url: str) -> None:
    database = Database.open(database_url)
    for _ in range(2):
        assert await database.fetch(one("SELECT 1")) == 1
        await database.close()


def test_one_database_in_several_event_loops(database_url: str) -> None:
    database = Database.open(database_url)

    async def use() -> None:
        assert await asyncio.gather(*(database.fetch(one("SELECT 1")) for _ in range(3))) == [1, 1, 1]
        await database.close()

    for _ in range(2):
        asyncio.run(use())


SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def sessions(url: str, condition: str = "true") -> int:
    """How many other sessions there are on the database."""
    other = Database.open(url)
    async with other.read() as connection:
        found: int = (await connection.execute(text(f"{SESSIONS} AND {condition}"))).scalar_one()
    await other.close()
    return found


async def test_connections_are_opened_when_needed_and_closed(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    assert await sessions(postgresql_url) == 0
    await asyncio.gather(*(database.fetch(one("SELECT 1")) for _ in range(5 * CONNECTIONS)))
    assert await sessions(postgresql_url) == CONNECTIONS
    await database.close()
    while await sessions(postgresql_url):  # the server notices in a moment
        pass


async def test_sessions_are_as_elsewhere(postgresql_url: str) -> None:
    database = Database.open(postgresql_url, patience=3)
    expected = {
        "application_name": "lianxi",
        "TimeZone": "UTC",
        "lock_timeout": "3s",
        "statement_timeout": "30s",
        "default_transaction_read_only": "on",
    }
    for name, value in expected.items():
        assert await database.fetch(one(f"SHOW {name}"), several=False) == value
    await database.close()


@pytest.mark.parametrize("several", [True, False])
async def test_a_connection_that_broke_while_idle_is_not_noticed(postgresql_url: str, several: bool) -> None:
    database = Database.open(postgresql_url)
    victim = await database.fetch(one("SELECT pg_backend_pid()"))
    await write(postgresql_url, f"SELECT pg_terminate_backend({victim}, 10000)")
    assert await database.fetch(one("SELECT pg_backend_pid()"), several=several) != victim
    await database.close()


@pytest.mark.parametrize("several", [True, False])
async def test_a_read_whose_connection_breaks_starts_again_once(postgresql_url: str, several: bool) -> None:
    database = Database.open(postgresql_url)

    def broken(times: int) -> tuple[list[int], Callable[[], Steps[int]]]:
        begun: list[int] = []

        def steps() -> Steps[int]:
            rows = yield "SELECT pg_backend_pid()", ()
            begun.append(rows[0][0])
            if len(begun) <= times:
                at_once(postgresql_url, f"SELECT pg_terminate_backend({begun[-1]}, 10000)")
            yield "SELECT 1", ()
            return begun[-1]

        return begun, steps

    begun, steps = broken(1)
    assert await database.fetch(steps, several=several) == begun[-1]
    assert len(set(begun)) == len(begun) == 2
    begun, steps = broken(2)
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.fetch(steps, several=several)
    assert (caught.value.key, len(begun)) == ("error.database_unreachable", 2)
    assert await database.fetch(one("SELECT 1"), several=several) == 1
    await database.close()


class Cable:
    """A way to a server that can be cut: what is sent then arrives nowhere, and nobody is told."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.cut = False

    async def lay(self, folder: Path) -> asyncio.Server:
        """Make the near end of the way, a socket in the folder."""
        return await asyncio.start_unix_server(self._carry_both_ways, folder / ".s.PGSQL.5432")

    async def _carry_both_ways(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if folder := self.server.query.get("host"):
            there, forth = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        else:
            there, forth = await asyncio.open_connection(self.server.host, self.server.port or 5432)
        await asyncio.gather(self._carry(here, forth), self._carry(there, back))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while some := await source.read(65536):
            if not self.cut:
                target.write(some)
        target.close()


async def test_a_server_that_falls_silent(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cable = Cable(make_url(postgresql_url))
    far = cable.server.set(host=None, port=None, query={"host": str(tmp_path)})
    async with await cable.lay(tmp_path):
        database = Database.open(far.render_as_string(hide_password=False), patience=1)
        assert await database.fetch(one("SELECT 1")) == 1
        cable.cut = True
        with monkeypatch.context() as impatient:
            impatient.setattr("db.reading.SILENCE_SECONDS", 0.1)
            with pytest.raises(DatabaseUnavailable):
                await database.fetch(one("SELECT 1"))
        cable.cut = False
        assert await database.fetch(one("SELECT 1")) == 1
        await database.close()


@pytest.mark.parametrize("several", [True, False])
async def test_cancelled_reads_leave_nothing_behind(postgresql_url: str, several: bool) -> None:
    database = Database.open(postgresql_url, patience=60)
    wait = one("SELECT pg_advisory_xact_lock(7)")
    async with database.write() as holder:
        await holder.execute(text("SELECT pg_advisory_xact_lock(7)"))
        for _ in range(3):
            # Some are cancelled at the server, the others while they wait for a connection.
            tasks = [
                asyncio.create_task(database.fetch(wait, several=several)) for _ in range(2 * CONNECTIONS)
            ]
            while await sessions(postgresql_url, "wait_event_type = 'Lock'") < CONNECTIONS:
                pass
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            assert all(task.cancelled() for task in tasks)
            found = await asyncio.gather(
                *(database.fetch(one("SELECT 1"), several=several) for _ in range(5 * CONNECTIONS))
            )
            assert set(found) == {1}
        assert await sessions(postgresql_url, "wait_event_type = 'Lock'") == 0
        assert await sessions(postgresql_url, "state = 'idle in transaction'") == 1  # the holder
        assert await sessions(postgresql_url) == CONNECTIONS + 1
    await database.close()


async def test_reads_cancelled_while_they_connect(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    for turns in range(12):
        tasks = [asyncio.create_task(database.fetch(one("SELECT 1"))) for _ in range(2 * CONNECTIONS)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert await database.fetch(one("SELECT 1")) == 1
        await database.close()


async def test_a_database_that_is_closed_under_a_read(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)

    def steps() -> Steps[int]:
        rows = yield "SELECT 1", ()
        closing.append(asyncio.create_task(database.close()))
        yield "SELECT 1", ()
        return int(rows[0][0])

    closing: list[asyncio.Task[None]] = []
    assert await database.fetch(steps) == 1
    await asyncio.wait(closing)
    while await sessions(postgresql_url):
        pass


async def test_all_connections_in_use_is_busy(postgresql_url: str) -> None:
    database = Database.open(postgresql_url, patience=1)
    async with database.write() as holder:
        await holder.execute(text("SELECT pg_advisory_xact_lock(7)"))
        found = await asyncio.gather(
            *(database.fetch(one("SELECT pg_advisory_xact_lock(7)")) for _ in range(CONNECTIONS)),
            database.fetch(one("SELECT 1")),
            return_exceptions=True,
        )
    assert {type(error) for error in found} == {DatabaseBusy}
    assert await database.fetch(one("SELECT 1")) == 1
    await database.close()


async def test_a_statement_out_of_time_is_given_up(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)

    def steps() -> Steps[None]:
        yield "SET LOCAL statement_timeout = 1", ()
        yield "SELECT pg_sleep(60)", ()

    with pytest.raises(DatabaseSlow):
        await database.fetch(steps)
    assert await database.fetch(one("SHOW statement_timeout")) == "30s"
    await database.close()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("postgresql://lianxi@127.0.0.1:1/lianxi", "error.database_unreachable"),
        ("postgresql:///lianxi?host=/nowhere", "error.database_unreachable"),
    ],
)
async def test_nobody_answers(url: str, key: str) -> None:
    database = Database.open(url)
    for _ in range(CONNECTIONS + 1):
        with pytest.raises(DatabaseUnavailable) as caught:
            await database.fetch(one("SELECT 1"))
        assert caught.value.key == key
    await database.close()


async def test_a_database_that_is_not_there(postgresql_url: str) -> None:
    database = Database.open(postgresql_url.replace("lianxi_test_", "missing_"))
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.fetch(one("SELECT 1"))
    assert caught.value.key == "error.database_missing"
    await database.close()


@pytest.mark.parametrize(("several", "slow"), WAYS)
async def test_a_file_that_is_no_database(tmp_path: Path, several: bool, slow: bool) -> None:
    path = tmp_path / "lianxi.db"
    path.write_text("no database" * 100)
    database = Database.open(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.fetch(one("SELECT 1 FROM sqlite_master"), several=several, slow=slow)
    assert caught.value.key == "error.database_not_one"
    await database.close()


@pytest.mark.parametrize("slow", [True, False])
async def test_a_folder_that_went_away(tmp_path: Path, slow: bool) -> None:
    folder = tmp_path / "var"
    database = Database.open(f"sqlite:///{folder}/lianxi.db")
    (folder / "lianxi.db").unlink()
    folder.rmdir()
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.fetch(one("SELECT 1"), slow=slow)
    assert caught.value.key == "error.database_file"
    await database.close()


@pytest.mark.parametrize("slow", [True, False])
async def test_a_file_that_another_keeps_to_itself_is_busy(sqlite_url: str, slow: bool) -> None:
    database = Database.open(sqlite_url, patience=0.1)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    for statement in ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE", "COMMIT"):
        other.execute(statement)
    with pytest.raises(DatabaseBusy):
        await database.fetch(one("SELECT count(*) FROM region"), slow=slow)
    other.close()
    assert await database.fetch(one("SELECT count(*) FROM region"), slow=slow) == 21
    await database.close()


async def test_a_quick_read_waits_for_a_lock_without_holding_the_event_loop(sqlite_url: str) -> None:
    database = Database.open(sqlite_url, patience=60)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    for statement in ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE", "COMMIT"):
        other.execute(statement)
    reading = asyncio.create_task(database.fetch(one("SELECT count(*) FROM region")))
    await asyncio.sleep(0)
    other.close()  # which only happens if the event loop comes to it
    assert await reading == 21
    await database.close()


async def test_a_cancelled_slow_read_ends(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    loop, begun = asyncio.get_running_loop(), asyncio.Event()

    def steps() -> Steps[None]:
        loop.call_soon_threadsafe(begun.set)
        yield ENDLESS, ()

    reading = asyncio.create_task(database.fetch(steps, slow=True))
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    # Returns when every thread has come to its end.
    await loop.shutdown_default_executor()
    await database.close()


SLEEP = {"sqlite": ENDLESS, "postgresql": "SELECT pg_sleep(60)"}


@pytest.mark.parametrize("several", [True, False])
async def test_a_read_out_of_time_is_given_up_and_leaves_nothing_behind(
    database_url: str, several: bool
) -> None:
    database = Database.open(database_url, statement_seconds=1)
    with pytest.raises(DatabaseSlow):
        await database.fetch(one(SLEEP[database.dialect.name]), several=several)
    # The connection that has failed, and with it every other, still reads.
    read = one("SELECT count(*) FROM region")
    assert await asyncio.gather(*(database.fetch(read, several=several) for _ in range(25))) == [21] * 25
    await database.close()


async def test_a_read_that_is_slow_by_nature_has_its_time(postgresql_url: str) -> None:
    database = Database.open(postgresql_url, statement_seconds=1)
    limit = one("SHOW statement_timeout")
    for several in (True, False):
        assert await database.fetch(limit, several=several, slow=True) == "30s"
        assert await database.fetch(limit, several=several) == "1s"
    await database.close()


async def test_sqlite_lets_others_work_while_a_read_takes_long(sqlite_url: str) -> None:
    database = Database.open(sqlite_url, statement_seconds=30)
    reading = asyncio.create_task(database.fetch(one(ENDLESS)))
    await asyncio.sleep(0)
    assert await database.fetch(one("SELECT count(*) FROM region")) == 21
    assert not reading.done()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.get_running_loop().shutdown_default_executor()
    await database.close()


async def test_sqlite_reads_are_as_safe_as_elsewhere(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    for slow in (True, False):
        for name, value in {"journal_mode": "wal", "query_only": 1}.items():
            assert await database.fetch(one(f"PRAGMA {name}"), slow=slow) == value
    await database.close()


async def test_closing_leaves_no_connection_behind_that_was_just_put_away(database_url: str) -> None:
    def wrong() -> Steps[None]:
        yield "SELECT 1 FROM nowhere", ()

    database = Database.open(database_url)
    with pytest.raises(Exception, match="nowhere"):
        await database.fetch(wrong, several=False)
    await database.close()
    # A connection left open says so when it is collected, and warnings are errors.
    gc.collect()
