"""Requests that are meant to hurt are refused with a code, soon, and before the database hears of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import process_time
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.bad_documents import DOCUMENTS, FIELDS, Case
from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from db.database import Database
from resolvers.context import Context
from schema.schema import schema
from server.faults import GRAPHQL_RESPONSE
from server.graphql.endpoint import Endpoint
from server.graphql.execution import GraphQL
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.credentials import SignIn

SECONDS = 1.0
"""Far more than any refusal takes: what explodes takes minutes."""


class Watched(Database):
    """A database that counts how often it is asked."""

    asked = 0

    async def fetch(self, *arguments: Any, **options: Any) -> Any:
        """Count, then fetch."""
        self.asked += 1
        return await super().fetch(*arguments, **options)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Count, then read."""
        self.asked += 1
        async with super().read() as connection:
            yield connection


def watched(url: str) -> Watched:
    """The database of a URL, not connected yet."""
    database = Watched.open(url)
    assert isinstance(database, Watched)
    return database


@asynccontextmanager
async def client_of(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API over a database."""
    desk = Desk(database)
    # Bodies that the guard would refuse for their size go on to the limits behind it.
    settings = Settings(max_body_bytes=2**20)
    metrics = Metrics()
    graphql = GraphQL(
        schema, settings, metrics, lambda _, language: Context(desk, DEMO_ADMINISTRATOR, language)
    )
    transport = httpx.ASGITransport(Endpoint(graphql, settings, metrics, SignIn(settings)))
    headers = {"accept": GRAPHQL_RESPONSE}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        yield client
    await desk.close()


async def refused(client: httpx.AsyncClient, case: Case) -> httpx.Response:
    """The answer to a request, which has to be its refusal."""
    begun = process_time()
    answer = await client.post("/graphql", json={"query": case.query, "variables": case.variables})
    assert process_time() - begun < SECONDS
    errors = answer.json()["errors"]
    assert {error["extensions"]["code"] for error in errors} == {case.code}
    assert all(0 < len(error["message"]) < 500 for error in errors)
    assert len(answer.content) < 20_000
    return answer


@pytest.mark.parametrize("case", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_bad_document_is_refused_before_it_is_executed(case: Case, tmp_path: Path) -> None:
    database = watched(f"sqlite:///{tmp_path / 'never.db'}")
    async with client_of(database) as client:
        answer = await refused(client, case)
        assert answer.status_code == 400
        assert "data" not in answer.json()
    assert database.asked == 0


async def test_a_bad_argument_is_refused_before_its_field_asks(database_url: str) -> None:
    database = watched(database_url)
    async with client_of(database) as client:
        await client.post("/graphql", json={"query": "{departments{code}}"})
        before = database.asked
        await client.post("/graphql", json={"query": "{viewer{account}}"})
        # Every operation looks whether the resident register is still the newest.
        unasked = database.asked - before
        for what, case in FIELDS.items():
            before = database.asked
            await refused(client, case)
            assert database.asked - before <= unasked, what
