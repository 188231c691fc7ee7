"""A database: read from it, write to it. The one place of the product that commits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.dialect import STATEMENT_SECONDS, Engines, address_of, dialect_of, fault_of, open_engines
from db.reading import Reader, Steps, open_reader

PATIENCE_SECONDS = 10.0
"""How long to wait for a server, a free connection or a lock."""

T = TypeVar("T")


class Database:
    """An open database, SQLite or PostgreSQL. Made by `open`; `close` it in the event loop that used it."""

    def __init__(self, address: URL, engines: Engines, reader: Reader) -> None:
        self._address = address
        self._engines = engines
        self._reader = reader
        self.dialect: Dialect = dialect_of(address)
        """What statements for `fetch` are compiled for."""
        self.kept: dict[str, Any] = {}
        """What others have read of it and keep as long as it is open, by names of their own."""

    @classmethod
    def open(
        cls, url: str, *, patience: float = PATIENCE_SECONDS, statement_seconds: int = STATEMENT_SECONDS
    ) -> Database:
        """Open the database of an SQLAlchemy URL: `sqlite:///var/lianxi.db`, `postgresql://user@host/name`.

        `statement_seconds` is how long a statement of a read may take that is not slow by nature.
        A SQLite file and its folder are made where missing, for the owner alone. Nothing is connected yet.
        Raises DatabaseUnavailable for an address that makes no sense or a file that cannot be made.
        """
        address = address_of(url)
        reader = open_reader(address, patience, statement_seconds)
        return cls(address, open_engines(address, patience), reader)

    def fetch(
        self, steps: Callable[[], Steps[T]], *, several: bool = True, slow: bool = False
    ) -> Coroutine[Any, Any, T]:
        """What the steps of a read return, run by the bare driver.

        With `several` statements, all see the same moment; without, the caller promises that there is one.
        `slow` is for reads of more than a page, for which SQLite has a thread: others hold the event loop
        for the few microseconds that they take there. `steps` makes the steps, anew where a connection
        turned out to be dead. What they raise comes out as it is, and they must do nothing but read.
        Raises DatabaseUnavailable, DatabaseBusy, DatabaseSlow.
        """
        return self._reader.fetch(steps, several=several, slow=slow)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that can only read; all its statements see the same moment.

        Raises DatabaseUnavailable, DatabaseBusy.
        """
        async with self._transaction(self._engines.readers) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose changes are kept, all of them, if the block ends well; otherwise none is.

        On SQLite one writer works at a time and the others wait. Do not open one inside another.
        Raises DatabaseUnavailable, DatabaseBusy.
        """
        async with self._transaction(self._engines.writers) as connection:
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        # What is not committed when the connection goes back to its pool is rolled back there.
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(engine.connect())
                await connection.begin()
            except Exception as error:
                if fault := fault_of(error, self._address):
                    raise fault from error
                raise
            try:
                yield connection
            except DBAPIError as error:
                if fault := fault_of(error, self._address):
                    raise fault from error
                raise

    async def close(self) -> None:
        """Give all connections back."""
        await self._reader.close()
        await self._engines.readers.dispose()
        await self._engines.writers.dispose()
