"""Databases for the tests: each test that asks gets its own, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import URL

from bench.postgres import postgres_server
from casework.demo import load_city
from casework.desk import Desk
from casework.shelf import PolicyShelf
from db.database import Database
from db.migrate import upgrade
from db.reference_data import REFERENCE, load_reference
from tests.shipped import shipped_policy

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
"""The present of the tests: a Saturday morning in China."""


ADDRESS_VARIABLE = "LIANXI_TEST_POSTGRES_URL"
"""Names a PostgreSQL server to use instead of one that the suite starts."""

POLICIES = PolicyShelf()
"""Shared by all tests of a session, as compiling takes most of a second: a published version never changes,
and its key is its own."""


def desk_on(database: Database) -> Desk:
    """A desk whose clock stands at NOW. Close its database, not the desk: the policies are shared."""
    return Desk(database, policies=POLICIES, clock=lambda: NOW)


class Content(StrEnum):
    """What a filled database holds."""

    REFERENCE = "reference"  # functions, demo city, conferences
    CITY = "city"  # and the shipped policies, of which the city runs `municipal`


def _fill(url: str, content: Content) -> None:
    async def run() -> None:
        desk = desk_on(Database.open(url))
        try:
            await upgrade(desk.database)
            if content is Content.CITY:
                await load_city(desk, read=shipped_policy)
            else:
                async with desk.database.write() as connection:
                    await load_reference(connection, REFERENCE)
        finally:
            await desk.database.close()

    asyncio.run(run())


class SqliteFiles:
    """Hands out SQLite files, empty or copied from one that was made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count()

    def empty(self) -> str:
        """A file that does not exist yet."""
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"

    def filled(self, content: Content) -> str:
        """A copy of the file that was migrated and loaded once."""
        template = self.folder / f"{content}.db"
        if not template.exists():
            _fill(f"sqlite:///{template}", content)
        url = self.empty()
        shutil.copy(template, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        """Take a file away, and the files beside it."""
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)


class PostgresDatabases:
    """Hands out databases of one server, empty or copied from one that was made once."""

    def __init__(self, server: URL, runner: asyncio.Runner) -> None:
        self.server = server
        self.runner = runner
        self.numbers = count()
        self.templates: dict[Content, str] = {}
        self.connection = self._run(self._connect())

    def empty(self) -> str:
        """A new database without tables."""
        return self._create("template1")

    def filled(self, content: Content) -> str:
        """A copy of the database that was migrated and loaded once."""
        if content not in self.templates:
            url = self._create("template1")
            _fill(url, content)
            self.templates[content] = self._name(url)
        return self._create(self.templates[content])

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        self._run(self.connection.execute(f'DROP DATABASE "{self._name(url)}" WITH (FORCE)'))

    def close(self) -> None:
        """Leave the server as it was found."""
        for template in self.templates.values():
            self._run(self.connection.execute(f'DROP DATABASE "{template}" WITH (FORCE)'))
        self._run(self.connection.close())

    def _create(self, template: str) -> str:
        name = f"lianxi_test_{os.getpid()}_{next(self.numbers)}"
        self._run(self.connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return self.server.set(database=name).render_as_string(hide_password=False)

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            **self.server.translate_connect_args(username="user"), **self.server.query
        )

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(coroutine)

    @staticmethod
    def _name(url: str) -> str:
        return url.split("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Where the SQLite files of this session come from."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Where the PostgreSQL databases of this session come from. Fails when there is no PostgreSQL."""
    with postgres_server(ADDRESS_VARIABLE, "max_wal_size=128MB") as server, asyncio.Runner() as runner:
        databases = PostgresDatabases(server, runner)
        yield databases
        databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> SqliteFiles | PostgresDatabases:
    """Every test that needs a database runs twice."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_databases"
    found: SqliteFiles | PostgresDatabases = request.getfixturevalue(name)
    return found


@pytest.fixture
def empty_database_url(databases: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A database without tables."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def sqlite_url(sqlite_files: SqliteFiles) -> Iterator[str]:
    """A SQLite database with the reference data, for what only SQLite does."""
    url = sqlite_files.filled(Content.REFERENCE)
    yield url
    sqlite_files.drop(url)


@pytest.fixture
def postgresql_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A PostgreSQL database without tables, for what only PostgreSQL does."""
    url = postgres_databases.empty()
    yield url
    postgres_databases.drop(url)


@pytest.fixture
def database_url(databases: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A database of the program's version with the reference data: functions, demo city, conferences."""
    url = databases.filled(Content.REFERENCE)
    yield url
    databases.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def city_url(databases: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A database of the program's version with the demo city and the shipped policies."""
    url = databases.filled(Content.CITY)
    yield url
    databases.drop(url)


@pytest.fixture
async def desk(city_url: str) -> AsyncIterator[Desk]:
    """A desk in the demo city; its clock stands at NOW."""
    opened = desk_on(Database.open(city_url))
    yield opened
    await opened.database.close()
