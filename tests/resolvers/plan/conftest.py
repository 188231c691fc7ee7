"""A city that the tests of plans may damage; each damages a dispute of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from casework.desk import Desk
from tests.conftest import PostgresDatabases, SqliteFiles
from tests.resolvers.conftest import desk_at, prepared


@pytest.fixture(scope="module")
def worn_url(servers: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A city whose rows may be changed behind casework's back."""
    yield from prepared(servers, 1)


@pytest.fixture
async def desk(worn_url: str) -> AsyncIterator[Desk]:
    """A desk of that city."""
    opened = desk_at(worn_url)
    yield opened
    await opened.close()
