"""Reads at the driver's speed: steps that ask for rows, and what runs them on PostgreSQL and on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any, Protocol, TypeAlias, TypeVar

import asyncpg
from sqlalchemy import URL

from db.dialect import SQLITE, STATEMENT_SECONDS, connect_to_read, fault_of, place_of, reader_arguments
from db.faults import DatabaseBusy, DatabaseSlow, DatabaseUnavailable
from db.pool import Pool
from db.query import Query

MOST_PREPARED = 1_000
"""Statements that one connection keeps prepared."""
CONNECTIONS = 20
"""How many reads of one process the database works on at once."""

SILENCE_SECONDS = 2 * STATEMENT_SECONDS
"""After so long a read's server is taken to be gone without a word: it gives up on statements before."""

FAREWELL_SECONDS = 2
"""How long the server may take to see a connection off."""

T = TypeVar("T")


class Row(Protocol):
    """A row as the driver made it: its values by position."""

    def __getitem__(self, position: int, /) -> Any: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


Steps: TypeAlias = Generator[tuple[Query | str, Sequence[object]], Sequence[Row], T]
"""A read: yields a statement and its parameters, is sent the rows, and returns what it made of them all."""


class Reader(Protocol):
    """Runs reads on one kind of database. Made by `open_reader`; connects when it is first used."""

    async def fetch(self, steps: Callable[[], Steps[T]], *, several: bool, slow: bool) -> T:
        """See Database.fetch."""

    async def close(self) -> None:
        """Close the connections, those in use as soon as they are free. A later read opens new ones."""


def open_reader(address: URL, patience: float, statement_seconds: int) -> Reader:
    """The reader for the address; nothing is connected yet. `patience` is in seconds, as is how long a
    statement may take that is not slow by nature."""
    kind = SqliteReader if address.get_backend_name() == SQLITE else PostgresqlReader
    return kind(address, patience, statement_seconds)


class PreparingConnection(asyncpg.Connection):  # type: ignore[misc]
    """Keeps its prepared statements by their text: the driver's own way to them takes as long as the rest."""

    __slots__ = ("prepared",)

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.prepared: dict[str, asyncpg.prepared_stmt.PreparedStatement] = {}

    async def ask(self, text: str, parameters: Sequence[object]) -> Sequence[Row]:
        """The rows that a statement gives. All statements are let go of when there are too many."""
        statement = self.prepared.get(text)
        if statement is None:
            if len(self.prepared) >= MOST_PREPARED:
                self.prepared.clear()
            statement = self.prepared[text] = await self.prepare(text)
        # As the statement's `fetch` does, without the checks of three calls on the way.
        rows, _, _ = await self._protocol.bind_execute(statement._state, parameters, "", 0, True, None)
        found: Sequence[Row] = rows
        return found


class PostgresqlReader:
    """Runs reads on asyncpg's connections, which belong to one event loop."""

    def __init__(self, address: URL, patience: float, statement_seconds: int) -> None:
        self._address = address
        self._patience = patience
        self._arguments = reader_arguments(address, patience, statement_seconds)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: Pool[PreparingConnection] = Pool(CONNECTIONS, patience)
        self._mending: dict[asyncio.Task[None], PreparingConnection] = {}
        self._busy: dict[PreparingConnection, float] = {}
        """The connections at work, since when."""
        self._watching: asyncio.TimerHandle | None = None

    async def fetch(self, steps: Callable[[], Steps[T]], *, several: bool, slow: bool) -> T:
        """See Database.fetch; several slow reads are planned anew.

        Written in one piece: this is what every read of the API goes through, and calls cost.
        """
        pool = self._pool_of_this_loop()
        begin = _BEGINNINGS[several, slow]
        connection = pool.take_now() or await pool.take()
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            for may_try_again in (True, False):
                self._busy[connection] = time.monotonic()
                asking = True
                try:
                    if begin is not None:
                        await connection.execute(begin)
                    running = steps()
                    rows: Any = None
                    try:
                        while True:
                            asking = False
                            query, parameters = running.send(rows)
                            asking = True
                            rows = await connection.ask(
                                query if isinstance(query, str) else query.text, parameters
                            )
                    except StopIteration as end:
                        value: T = end.value
                    asking = True
                    if begin is not None:
                        await connection.execute("COMMIT")
                    break
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    if not asking:  # it came of the steps
                        raise
                    self._check_lost(connection, error, may_try_again)
                finally:
                    del self._busy[connection]
                connection.terminate()
                connection = await self._connect()
        except BaseException:
            self._put_away(pool, connection)
            raise
        self._give(pool, connection)
        return value

    async def close(self) -> None:
        """See Reader.close."""
        pool, self._pool = self._pool, Pool(CONNECTIONS, self._patience)
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if self._loop is not asyncio.get_running_loop():
            return  # they went with the loop they belonged to
        mending = dict(self._mending)
        for task in mending:
            task.cancel()
        farewells = [connection.close(timeout=FAREWELL_SECONDS) for connection in pool.idle]
        await asyncio.gather(*mending, *farewells, return_exceptions=True)
        for connection in mending.values():
            connection.terminate()  # a task that is cancelled before it begins does nothing at all
        self._loop = None

    def _check_lost(self, connection: PreparingConnection, error: Exception, may_try_again: bool) -> None:
        """Return where a new connection may do better; otherwise raise what came of the read."""
        outdated = asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError
        fault = fault_of(error, self._address)
        if isinstance(error, outdated):  # a migration has changed what was prepared
            lost = True
        else:
            lost = connection.is_closed() or (fault is not None and fault.key == _UNREACHABLE)
        if lost and may_try_again:
            return
        if lost:
            raise self._unreachable() from error
        if fault is not None:
            raise fault from error
        raise error

    def _watch(self) -> None:
        """Cut off the reads whose server has not said a word for too long; the driver's own time limit would
        cost every statement a fifth more."""
        self._watching = None
        latest = time.monotonic() - SILENCE_SECONDS
        for connection, since in self._busy.items():
            if since < latest:
                connection.terminate()
        self._watch_later()

    def _watch_later(self) -> None:
        assert self._loop is not None
        if self._watching is None and not self._loop.is_closed():
            self._watching = self._loop.call_later(SILENCE_SECONDS / 8, self._watch)

    def _give(self, pool: Pool[PreparingConnection], connection: PreparingConnection) -> None:
        if pool is self._pool:
            pool.give(connection)
        else:  # closed meanwhile
            connection.terminate()
            pool.give(None)

    def _put_away(self, pool: Pool[PreparingConnection], connection: PreparingConnection | None) -> None:
        if connection is None or connection.is_closed():
            pool.give(None)
            return
        # Who was cancelled should not wait until the server knows.
        task = asyncio.create_task(self._mend(pool, connection))
        self._mending[task] = connection
        task.add_done_callback(self._mending.pop)

    async def _mend(self, pool: Pool[PreparingConnection], connection: PreparingConnection) -> None:
        mended = False
        try:
            # The driver first has the server give up on what was cancelled.
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.execute("ROLLBACK", timeout=self._patience)
                mended = True
        finally:
            if mended:
                self._give(pool, connection)
            else:
                connection.terminate()
                pool.give(None)

    def _pool_of_this_loop(self) -> Pool[PreparingConnection]:
        # To ask which loop runs is a call of the system, to ask a loop whether it does is none.
        if self._loop is None or not self._loop.is_running():
            self._loop = asyncio.get_running_loop()
            self._pool = Pool(CONNECTIONS, self._patience)
            self._mending = {}
            self._busy = {}
            self._watching = None
            self._watch_later()
        return self._pool

    async def _connect(self) -> PreparingConnection:
        try:
            opened: PreparingConnection = await asyncpg.connect(
                **self._arguments, connection_class=PreparingConnection
            )
            return opened
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise (fault_of(error, self._address) or self._unreachable()) from error

    def _unreachable(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(_UNREACHABLE, place=place_of(self._address))


_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_SLOW = f"{_BEGIN}; SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"
_BEGINNINGS = {
    (False, False): None,
    (False, True): _BEGIN_SLOW,
    (True, False): _BEGIN,
    # A plan that was kept from when a table was small takes seconds over thousands of rows.
    (True, True): f"{_BEGIN_SLOW}; SET LOCAL plan_cache_mode = force_custom_plan",
}
"""How a read begins, by whether it has several statements and whether it is slow."""
_UNREACHABLE = "error.database_unreachable"

_LOOK_UP = 10_000
"""After so many instructions, some tenths of a millisecond, SQLite asks whether to go on."""
QUICK_SECONDS = 0.1
"""So long a statement may hold the event loop; then it begins again in a thread."""


class _Watch:
    """Tells SQLite to give up on a statement once it takes longer than `seconds`, or nobody waits for it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = 0.0
        self.abandoned = False

    def is_over(self) -> bool:
        """Whether to give up."""
        return self.abandoned or time.monotonic() > self.until


class SqliteReader:
    """Runs reads on sqlite3's connections: quick ones in the event loop's thread, slow ones in others.

    To go to another thread and back takes longer than a quick read, and a slow one longer than to connect.
    """

    def __init__(self, address: URL, patience: float, statement_seconds: int) -> None:
        self._address = address
        self._patience = patience
        self._statement_seconds = statement_seconds
        self._quick: sqlite3.Connection | None = None
        self._quickly = _Watch(QUICK_SECONDS)

    async def fetch(self, steps: Callable[[], Steps[T]], *, several: bool, slow: bool) -> T:
        """See Database.fetch."""
        if not slow:
            try:
                if self._quick is None:
                    self._quick = self._connect(0, self._quickly)
                return self._run(self._quick, steps(), several, self._quickly)
            except (DatabaseBusy, DatabaseSlow):
                pass  # the event loop must not wait
        watch = _Watch(STATEMENT_SECONDS if slow else self._statement_seconds)
        try:
            return await asyncio.to_thread(self._run_slowly, steps, several, watch)
        except asyncio.CancelledError:
            watch.abandoned = True
            raise

    async def close(self) -> None:
        """See Reader.close."""
        if self._quick is not None:
            self._quick.close()
            self._quick = None

    def _run_slowly(self, steps: Callable[[], Steps[T]], several: bool, watch: _Watch) -> T:
        with closing(self._connect(self._patience, watch)) as connection:
            return self._run(connection, steps(), several, watch)

    def _connect(self, patience: float, watch: _Watch) -> sqlite3.Connection:
        try:
            connection = connect_to_read(str(self._address.database), patience)
        except sqlite3.Error as error:
            if fault := fault_of(error, self._address):
                raise fault from error
            raise
        connection.set_progress_handler(watch.is_over, _LOOK_UP)
        return connection

    def _run(self, connection: sqlite3.Connection, steps: Steps[T], several: bool, watch: _Watch) -> T:
        if several:
            watch.until = time.monotonic() + watch.seconds
            self._ask(connection, "BEGIN")
        try:
            rows: Any = None
            while True:
                try:
                    query, parameters = steps.send(rows)
                except StopIteration as end:
                    value: T = end.value
                    return value
                text = query if isinstance(query, str) else query.text
                watch.until = time.monotonic() + watch.seconds
                rows = self._ask(connection, text, parameters)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _ask(self, connection: sqlite3.Connection, text: str, parameters: Any = ()) -> list[Any]:
        try:
            return connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            if fault := fault_of(error, self._address):
                raise fault from error
            raise
