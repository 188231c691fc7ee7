"""A client of the whole application, as a partner's front end would be one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from schema.schema import schema
from server.app import create_app
from server.settings import Settings


class Client:
    """Asks the API over HTTP and expects it to answer without faults."""

    def __init__(self, http: httpx.AsyncClient, account: str | None = None) -> None:
        self.http = http
        self.headers = {"Lianxi-Account": account} if account else {}

    def of(self, account: str) -> Client:
        """The same for somebody else."""
        return Client(self.http, account)

    async def post(self, document: str, **variables: Any) -> httpx.Response:
        """The answer to an operation, whatever it is."""
        asked = {"query": document, "variables": variables}
        return await self.http.post("/graphql", json=asked, headers=self.headers)

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an operation."""
        answer = await self.post(document, **variables)
        body = answer.json()
        assert (answer.status_code, body.get("errors")) == (200, None), body
        return body["data"]


@asynccontextmanager
async def serving(url: str, **settings: Any) -> AsyncIterator[Client]:
    """The application on a database, started and in the end stopped."""
    app = create_app(Settings(database_url=url, **settings), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield Client(http)
