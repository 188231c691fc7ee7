"""Queries that the database does not answer in time are given up, and the server goes on: over HTTP, with the
real schema, while another connection keeps from everybody what they need."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import make_url

from tests.server.subscriptions.listener import PATIENCE_SECONDS, hub

ONE = '{dispute(number: "1") {number}}'
COUNTED = "{disputes(first: 1) {totalCount}}"
"""Counts have more time in the database than a statement is given otherwise."""
ELSEWHERE = "{departments {code}}"
ENDLESS = """
    ALTER TABLE dispute RENAME TO kept;
    CREATE VIEW dispute AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
        SELECT kept.* FROM n CROSS JOIN kept;
"""
AS_BEFORE = "DROP VIEW dispute; ALTER TABLE kept RENAME TO dispute;"
# Settings, what is asked, and which of the two limits it runs into: the other one would take half a minute.
LIMITS: dict[str, tuple[dict[str, int], tuple[str, ...]]] = {
    "statement": ({"statement_seconds": 1, "request_seconds": 60}, (ONE,)),
    "request": ({"statement_seconds": 30, "request_seconds": 1}, (ONE, COUNTED)),
}
WORDS = {"zh": "所需时间超过本服务器的限度", "en": "took longer than this server allows"}


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[None]:
    """While this lasts nobody gets to read disputes: by a lock, or where readers wait for none, since every
    statement about them goes on for ever."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(address.database))) as connection:
            connection.executescript(ENDLESS)
            yield
            connection.executescript(AS_BEFORE)
        return
    named = address.translate_connect_args(username="user")
    connection = await asyncpg.connect(**named, **address.query)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE dispute IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize(("limits", "queries"), LIMITS.values(), ids=LIMITS)
async def test_it_is_told_and_the_server_goes_on(
    city_url: str, limits: dict[str, int], queries: tuple[str, ...]
) -> None:
    async with (
        hub(city_url, **limits) as server,
        httpx.AsyncClient(base_url=server.address, timeout=PATIENCE_SECONDS) as client,
    ):

        async def ask(query: str, language: str) -> Any:
            told = {"accept-language": language}
            answer = await client.post("/graphql", json={"query": query}, headers=told)
            assert answer.status_code == 200
            return answer.json()

        async with kept(city_url):
            asked = [(query, language) for query in queries for language in WORDS]
            *late, elsewhere = await asyncio.gather(*(ask(*each) for each in asked), ask(ELSEWHERE, "zh"))
            for (_, language), answer in zip(asked, late, strict=True):
                (error,) = answer["errors"]
                assert error["extensions"] == {"code": "TIMEOUT"}
                assert WORDS[language] in error["message"]
            assert len(elsewhere["data"]["departments"]) > 10
        for query in queries:
            assert "errors" not in await ask(query, "zh")
