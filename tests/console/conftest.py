"""A browser for the tests: the whole application in this process, with the demo city."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from console.pages import pages
from schema.schema import schema
from server.app import create_app
from server.settings import Settings

SITE = "http://127.0.0.1"


@asynccontextmanager
async def browsing(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with cookies that is told about redirects and does not follow them."""
    app = create_app(Settings(database_url=url), schema, pages)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            yield client


@pytest.fixture
async def browser(city_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The same, on a database of its own on SQLite and on PostgreSQL."""
    async with browsing(city_url) as client:
        yield client
