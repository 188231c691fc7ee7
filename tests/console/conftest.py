"""A browser for the tests: the whole application in this process, with the demo city."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from console.pages import pages
from schema.schema import schema
from server.app import create_app
from server.settings import Settings
from tests.conftest import Content, SqliteFiles

SITE = "http://127.0.0.1"


@asynccontextmanager
async def browsing(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with cookies that is told about redirects and does not follow them."""
    app = create_app(Settings(database_url=url, **settings), schema, pages)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            yield client


@pytest.fixture
async def browser(city_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The same, on a database of its own on SQLite and on PostgreSQL."""
    async with browsing(city_url) as client:
        yield client


@pytest.fixture(scope="session")
def settled_url(sqlite_files: SqliteFiles) -> Iterator[str]:
    """One city for all tests that store nothing."""
    url = sqlite_files.filled(Content.CITY)
    yield url
    sqlite_files.drop(url)


@pytest.fixture
async def visitor(settled_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser whose requests store nothing, whatever the database is."""
    async with browsing(settled_url) as client:
        yield client
