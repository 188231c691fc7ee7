"""Reads at the driver's speed: steps that ask for rows, and what runs them on PostgreSQL and on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeAlias, TypeVar

import asyncpg
from sqlalchemy import URL

from db.dialect import SQLITE, connect_to_read, fault_of, place_of, reader_arguments
from db.faults import DatabaseBusy, DatabaseUnavailable, Fault
from db.pool import Pool
from db.query import Query

CONNECTIONS = 10
"""How many reads of one process the database works on at once."""

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
        """What the steps return; they are made anew where the read has to start again."""

    async def close(self) -> None:
        """Close the connections. A read afterwards opens new ones."""


def open_reader(address: URL, patience: float) -> Reader:
    """The reader for the address; nothing is connected yet. `patience` is in seconds."""
    kind = SqliteReader if address.get_backend_name() == SQLITE else PostgresqlReader
    return kind(address, patience)


class _Lost(Exception):
    """The connection is of no use any more, for a reason that another one may not have."""


class PostgresqlReader:
    """Runs reads on asyncpg's connections."""

    def __init__(self, address: URL, patience: float) -> None:
        self._address = address
        self._patience = patience
        self._arguments = reader_arguments(address, patience)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._mending: set[asyncio.Task[None]] = set()
        self._pool: Pool[asyncpg.Connection] = Pool(CONNECTIONS, patience)

    async def fetch(self, steps: Callable[[], Steps[T]], *, several: bool, slow: bool) -> T:
        """See Database.fetch."""
        pool = self._pool_here()
        connection = await pool.take()
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            try:
                value = await self._run(connection, steps(), several)
            except _Lost:
                # Nothing was changed, so the read may start again; what else is idle may be as dead.
                connection.terminate()
                connection = await self._connect()
                try:
                    value = await self._run(connection, steps(), several)
                except _Lost as lost:
                    raise self._unreachable() from lost.__cause__
        except BaseException:
            self._give_doubtful(pool, connection)
            raise
        pool.give(connection)
        return value

    async def _run(self, connection: asyncpg.Connection, steps: Steps[T], several: bool) -> T:
        if several:
            await self._ask(connection.execute, connection, _BEGIN)
        rows: Any = None
        while True:
            try:
                query, parameters = steps.send(rows)
            except StopIteration as end:
                value: T = end.value
                break
            text = query if isinstance(query, str) else query.text
            rows = await self._ask(connection.fetch, connection, text, *parameters)
        if several:
            await self._ask(connection.execute, connection, "COMMIT")
        return value

    async def _ask(self, ask: Callable[..., Any], connection: asyncpg.Connection, *arguments: Any) -> Any:
        try:
            return await ask(*arguments)
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError) as error:
            raise _Lost from error  # a migration changed what was prepared
        except Exception as error:
            fault = fault_of(error, self._address)
            if connection.is_closed() or (fault and fault.key == _UNREACHABLE):
                raise _Lost from error
            if fault:
                raise fault from error
            raise

    def _give_doubtful(self, pool: Pool[asyncpg.Connection], connection: asyncpg.Connection | None) -> None:
        if connection is None or connection.is_closed():
            pool.give(None)
        else:
            task = asyncio.create_task(self._mend(pool, connection))
            self._mending.add(task)
            task.add_done_callback(self._mending.discard)

    async def _mend(self, pool: Pool[asyncpg.Connection], connection: asyncpg.Connection) -> None:
        # What was cancelled is first cancelled at the server, by the driver.
        fit = False
        try:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.execute("ROLLBACK", timeout=self._patience)
                fit = True
        finally:
            if not fit:
                connection.terminate()
            pool.give(connection if fit else None)

    def _pool_here(self) -> Pool[asyncpg.Connection]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._pool = Pool(CONNECTIONS, self._patience)
        return self._pool

    async def _connect(self) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(**self._arguments)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise (fault_of(error, self._address) or self._unreachable()) from error

    def _unreachable(self) -> Fault:
        return DatabaseUnavailable(_UNREACHABLE, place=place_of(self._address))

    async def close(self) -> None:
        """See Reader.close."""
        for task in self._mending:
            task.cancel()
        await asyncio.gather(*self._mending, return_exceptions=True)
        while self._pool.idle:
            self._pool.idle.pop().terminate()


_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_UNREACHABLE = "error.database_unreachable"


class SqliteReader:
    """Runs reads on sqlite3's connections: quick ones where the event loop runs, slow ones in a thread."""

    def __init__(self, address: URL, patience: float) -> None:
        self._address = address
        self._patience = patience
        self._quick: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []

    async def fetch(self, steps: Callable[[], Steps[T]], *, several: bool, slow: bool) -> T:
        """See Database.fetch."""
        if not slow:
            try:
                if self._quick is None:
                    self._quick = self._connect(0)
                return self._run(self._quick, steps(), several)
            except DatabaseBusy:
                pass  # to wait for a lock is for a thread
        return await asyncio.to_thread(self._run_slow, steps, several)

    def _run_slow(self, steps: Callable[[], Steps[T]], several: bool) -> T:
        connection = self._idle.pop() if self._idle else self._connect(self._patience)
        try:
            return self._run(connection, steps(), several)
        finally:
            self._idle.append(connection)

    def _connect(self, patience: float) -> sqlite3.Connection:
        try:
            return connect_to_read(str(self._address.database), patience)
        except sqlite3.Error as error:
            if fault := fault_of(error, self._address):
                raise fault from error
            raise

    def _run(self, connection: sqlite3.Connection, steps: Steps[T], several: bool) -> T:
        if several:
            self._ask(connection, "BEGIN")
        try:
            rows: Any = None
            while True:
                try:
                    query, parameters = steps.send(rows)
                except StopIteration as end:
                    value: T = end.value
                    return value
                rows = self._ask(connection, query if isinstance(query, str) else query.text, parameters)
        finally:
            if several:
                self._ask(connection, "ROLLBACK")

    def _ask(self, connection: sqlite3.Connection, text: str, parameters: Any = ()) -> list[Any]:
        try:
            return connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            if fault := fault_of(error, self._address):
                raise fault from error
            raise

    async def close(self) -> None:
        """See Reader.close."""
        for connection in [*self._idle, *([self._quick] if self._quick else [])]:
            connection.close()
        self._quick = None
        self._idle.clear()
