"""Clients that keep to no protocol at all: bare frames over TCP, and what the server keeps of them."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, socket

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.subscriptions import stream
from server.subscriptions.wire import GuardedSocket
from tests.conftest import Content, SqliteFiles
from tests.server.subscriptions.listener import CHANGES, PATIENCE_SECONDS, PROTOCOL, Hub, hub, subscriber

HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Protocol: {PROTOCOL}\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
CONT, TEXT, PING, FIN = 0, 1, 9, 0x80
KEPT = 1 << 19
"""Bytes that may wait for a client: what is answered while asyncio reads once, and its own mark."""


@pytest.fixture
def url(sqlite_files: SqliteFiles) -> str:
    return sqlite_files.filled(Content.CITY)


@pytest.fixture
async def server(url: str) -> AsyncIterator[Hub]:
    async with hub(url, sockets=1) as found:
        yield found


def frame(head: int, payload: bytes = b"") -> bytes:
    """A frame of a client, of which the mask is nothing but noughts."""
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
    return bytes([head]) + size + bytes(4) + payload


@asynccontextmanager
async def opened(server: Hub) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A WebSocket whose client has said nothing yet; little fits into what is under way."""
    reader, writer = await asyncio.open_connection(sock=_narrow(server), limit=4_096)
    try:
        writer.write(HANDSHAKE.encode())
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


def _narrow(server: Hub) -> socket:
    """A connection on which little is under way."""
    server.listener.setsockopt(SOL_SOCKET, SO_SNDBUF, 4_096)
    raw = socket()
    for buffer in (SO_RCVBUF, SO_SNDBUF):
        raw.setsockopt(SOL_SOCKET, buffer, 4_096)
    raw.connect(server.listener.getsockname())
    return raw


async def _makes_room(server: Hub) -> None:
    """The only place is free again, sooner or later, and whoever takes it is served."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with subscriber(server) as client:
                    await client.listen(CHANGES)
                    await server.submit()
                    assert (await client.heard())["number"] > 0
                    return
            except InvalidStatus as refused:
                if refused.response.status_code != 503:
                    raise


async def test_pongs_are_not_kept_for_who_takes_none(server: Hub) -> None:
    async with opened(server) as (_, writer):
        writer.write(frame(FIN | TEXT, b'{"type":"connection_init"}'))
        pings = frame(FIN | PING, bytes(125)) * 500
        sent = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sent < 4 * KEPT:
                writer.write(pings)
                sent += len(pings)
                await writer.drain()
        (waiting,) = (
            each.transport.get_write_buffer_size()
            for each in server.server.server_state.connections
            if isinstance(each, GuardedSocket)
        )
        assert 0 < waiting < KEPT
    await _makes_room(server)


async def test_who_takes_no_farewell_is_cut_off(server: Hub) -> None:
    async with (
        opened(server) as (_, writer),
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        (kept,) = (each for each in server.server.server_state.connections if isinstance(each, GuardedSocket))
        while not kept.transport.get_write_buffer_size():
            writer.write(frame(FIN | PING, bytes(125)) * 50)
            await client.get(f"{server.address}/healthz")  # which is answered after them
        kept.close_timeout = 0.1
        writer.write(frame(FIN | TEXT, b"nothing"))
        while kept in server.server.server_state.connections:
            await client.get(f"{server.address}/healthz")
    await _makes_room(server)


async def test_a_message_has_so_many_pieces(server: Hub) -> None:
    async with opened(server) as (reader, writer):
        writer.write(frame(TEXT) + frame(CONT) * 100_000)
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = await reader.read()
        assert struct.pack("!H", 1009) in said
    await _makes_room(server)


PARTS = {
    "a head": frame(FIN | TEXT, b'{"type":"ping"}')[:1],
    "a payload": frame(FIN | TEXT, b'{"type":"ping"}')[:-3],
    "a message": frame(TEXT, b'{"type":'),
    "a head of more than there may be": bytes([FIN | TEXT, 0xFF]) + struct.pack("!Q", 1 << 62),
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
async def test_who_is_cut_off_in_the_middle_makes_room(server: Hub, part: bytes) -> None:
    async with opened(server) as (_, writer):
        writer.write(frame(FIN | TEXT, b'{"type":"connection_init"}') + part)
        await writer.drain()
    await _makes_room(server)


async def test_a_stream_that_nobody_takes_is_cut_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SEND_SECONDS", 0.1)
    texts = " ".join(f"d{at}: description" for at in range(25))
    query = f"subscription {{ disputeChanged(after: 0) {{ dispute {{ {texts} }} }} }}"
    async with hub(url, sockets=1) as server:
        for _ in range(3):
            await server.submit(description="小区楼下的烧烤店油烟很大,熏得没法开窗。" * 100)
        with _narrow(server) as raw:
            asked = httpx.Request(
                "POST",
                f"{server.address}/graphql",
                json={"query": query},
                headers={"accept": "text/event-stream"},
            )
            heads = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items())
            raw.sendall(f"POST /graphql HTTP/1.1\r\n{heads}\r\n".encode() + asked.content)
            async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
                lines: list[str] = []
                while "lianxi_subscriptions 1.0" not in lines:  # until it has begun
                    lines = (await client.get(f"{server.address}/metrics")).text.splitlines()
                while "lianxi_subscriptions 0.0" not in lines:  # until the server has noticed
                    lines = (await client.get(f"{server.address}/metrics")).text.splitlines()


async def test_a_refusal_is_no_fault(server: Hub, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(server):
        with pytest.raises(InvalidStatus):
            await connect(server.socket_url, subprotocols=[PROTOCOL])  # type: ignore[list-item]
    assert "ASGI callable" not in caplog.text
