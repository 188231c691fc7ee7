"""The city of the API tests, once a session on each database; tests that only read share its disputes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from casework.desk import Desk
from db.database import Database
from tests.conftest import Content, PostgresDatabases, SqliteFiles
from tests.resolvers.accounts import keep
from tests.resolvers.api import Api, Way
from tests.resolvers.city import NOW, found, merge, populate
from tests.resolvers.drafts import draft
from tests.resolvers.simulations import simulate
from tests.resolvers.webhooks import deliver, register

ROUNDS = 9


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest) -> SqliteFiles | PostgresDatabases:
    """Where the databases of these tests come from."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_databases"
    chosen: SqliteFiles | PostgresDatabases = request.getfixturevalue(name)
    return chosen


def prepared(servers: SqliteFiles | PostgresDatabases, rounds: int) -> Iterator[str]:
    url = servers.filled(Content.REFERENCE)

    async def prepare() -> None:
        desk = desk_at(url)
        await found(desk)
        if rounds:
            webhook = await register(desk)
            await keep(desk)
        await populate(desk, rounds)
        if rounds == ROUNDS:
            await merge(desk)
        if rounds:
            await draft(desk)
            await simulate(desk)
            await deliver(desk, webhook)
        await desk.close()

    asyncio.run(prepare())
    yield url
    servers.drop(url)


def desk_at(url: str) -> Desk:
    """The desk of a city whose clock stands still."""
    return Desk(Database.open(url), clock=lambda: NOW)


@pytest.fixture(scope="session")
def settled_url(servers: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A city with disputes that no test changes."""
    yield from prepared(servers, ROUNDS)


@pytest.fixture(scope="session")
def busy_url(servers: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A city in which tests submit and change disputes; each looks at its own only."""
    yield from prepared(servers, 0)


@pytest.fixture(params=list(Way))
def way(request: pytest.FixtureRequest) -> Way:
    """Every test that asks the API does so both ways."""
    chosen: Way = request.param
    return chosen


@pytest.fixture
async def settled(settled_url: str, way: Way) -> AsyncIterator[Api]:
    """The API over disputes that no test changes."""
    desk = desk_at(settled_url)
    yield Api(desk, way=way)
    await desk.close()


@pytest.fixture
async def busy(busy_url: str, way: Way) -> AsyncIterator[Api]:
    """The API over a city that other tests change too."""
    desk = desk_at(busy_url)
    yield Api(desk, way=way)
    await desk.close()
