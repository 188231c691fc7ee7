"""A server on a port of its own, within the test's process, and clients who subscribe at it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from cli.serve import Announcing, address_of, bind, configuration
from db import feed
from schema.schema import schema
from server.app import Application, create_app
from server.settings import Settings

PATIENCE_SECONDS = 30
PROTOCOL = "graphql-transport-ws"
TOWN = "990102001"
COMPLAINT = {"description": "小区楼下的烧烤店油烟很大,熏得没法开窗。", "regionCode": TOWN, "channel": "WEB"}
SUBMIT = """
mutation($input: SubmitDisputeInput!) {
  submitDispute(input: $input) { dispute { id number leadDepartment { code } } errors { code } }
}
"""
CHANGES = """
subscription($filter: DisputeFilter, $after: Int) {
  disputeChanged(filter: $filter, after: $after) {
    number type occurredAt dispute { id number status leadDepartment { code } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Hub:
    """A server that answers. `address` has no path."""

    app: Application
    server: Announcing
    listener: socket.socket
    address: str

    @property
    def socket_url(self) -> str:
        """Where WebSockets are opened."""
        return self.address.replace("http", "ws") + "/graphql"

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an operation."""
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            body = {"query": document, "variables": variables}
            answer = (await client.post(f"{self.address}/graphql", json=body)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def newest(self) -> int:
        """The number of the newest event."""
        database = self.app.desk.database
        while await feed.number(database):
            pass
        return await feed.newest(database)

    async def submit(self, **complaint: str) -> Any:
        """A new dispute."""
        data = await self.ask(SUBMIT, input=COMPLAINT | complaint)
        assert data["submitDispute"]["errors"] == []
        return data["submitDispute"]["dispute"]


@asynccontextmanager
async def hub(url: str, **settings: Any) -> AsyncIterator[Hub]:
    """A server on a free port; stopped at the end, if it has not been before."""
    chosen = Settings(database_url=url, port=0, **settings)
    app = create_app(chosen, schema)
    with closing(bind(chosen)) as listener:
        async with app.router.lifespan_context(app):
            server = Announcing(configuration(app, chosen), app, address_of(listener), "")
            # Whoever connects before it serves waits in line.
            serving = asyncio.create_task(server.serve([listener]))
            try:
                yield Hub(app, server, listener, server.address)
            finally:
                server.should_exit = True
                await serving


class Subscriber:
    """A WebSocket at a hub."""

    def __init__(self, hub: Hub, socket: ClientConnection) -> None:
        self.hub = hub
        self.socket = socket
        self._ids = count(1)

    async def tell(self, **message: Any) -> None:
        """Send a message of the protocol."""
        await self.socket.send(json.dumps(message))

    async def next(self) -> Any:
        """The next message of the server."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return json.loads(await self.socket.recv())

    async def subscribe(self, query: str, **variables: Any) -> str:
        """Subscribe; the id under which the answers come."""
        id = str(next(self._ids))
        await self.tell(type="subscribe", id=id, payload={"query": query, "variables": variables})
        return id

    async def listen(self, query: str, **variables: Any) -> str:
        """Subscribe to all that happens from now on, however soon that is; the id."""
        return await self.subscribe(query, after=await self.hub.newest(), **variables)

    async def heard(self, field: str = "disputeChanged") -> Any:
        """The next thing that happened."""
        message = await self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"][field]

    async def settled(self) -> None:
        """All that was sent before has been taken in: messages are taken one after the other."""
        await self.tell(type="ping")
        assert (await self.next())["type"] == "pong"

    async def code(self) -> int:
        """The code with which the server closes the connection, whatever it says before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def bare(hub: Hub, protocol: str = PROTOCOL, **options: Any) -> AsyncIterator[Subscriber]:
    """A WebSocket whose client has said nothing yet."""
    async with connect(hub.socket_url, subprotocols=[protocol], **options) as socket:  # type: ignore[list-item]
        yield Subscriber(hub, socket)


@asynccontextmanager
async def subscriber(hub: Hub, payload: Mapping[str, str] | None = None) -> AsyncIterator[Subscriber]:
    """A WebSocket whose client has been let in."""
    async with bare(hub) as found:
        await found.tell(type="connection_init", payload=payload)
        assert (await found.next())["type"] == "connection_ack"
        yield found
