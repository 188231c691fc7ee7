"""Heads that are too large, too slow or none are refused in the words of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn

from server.heads import guarded
from server.settings import Settings
from tests.server.tiny import tiny_app

SETTINGS = Settings(max_body_bytes=4_096, body_seconds=1)
ASKED = b"GET /graphql?query={hello} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = tiny_app(SETTINGS)
    config = uvicorn.Config(app, port=0, http=guarded(SETTINGS), lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


async def send(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send a piece, and let it arrive by itself."""
    writer.write(piece)
    await writer.drain()
    for _ in range(5):
        await asyncio.sleep(0)


async def sent(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            await send(writer, piece)
        return await reader.read()
    finally:
        writer.close()


# What is sent, and how the answer begins.
REFUSED: dict[str, tuple[list[bytes], bytes, str]] = {
    "a head without end": (
        [b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: " + b"x" * 3_000, b"x" * 1_500],
        b"HTTP/1.1 431 Request Header Fields Too Large",
        "4096",
    ),
    "an address without end": ([b"GET /" + b"x" * 3_000, b"x" * 1_500], b"HTTP/1.1 431", "4096"),
    "a head that stops": ([b"GET / HTTP/1.1\r\nHost:"], b"HTTP/1.1 408 Request Timeout", "1 "),
    "no HTTP": (
        [b"\x16\x03\x01\x02\x00\x01\x00" * 10],
        b"HTTP/1.1 400 Bad Request",
        "HTTP/1.1",
    ),
    "a header of two lengths": (
        [b"POST /graphql HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
        b"HTTP/1.1 400",
        "HTTP/1.1",
    ),
    "a length below nothing": (
        [b"POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n"],
        b"HTTP/1.1 400",
        "HTTP/1.1",
    ),
}


@pytest.mark.parametrize(("pieces", "begins", "told"), REFUSED.values(), ids=REFUSED)
async def test_a_bad_head_is_refused_with_its_reason(
    port: int, pieces: list[bytes], begins: bytes, told: str
) -> None:
    answer = await sent(port, *pieces)
    assert answer.startswith(begins)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    assert b"connection: close" in head
    assert told in body.decode()
    assert b"BAD_USER_INPUT" in body


async def test_whoever_says_nothing_is_let_go(port: int) -> None:
    assert await sent(port) == b""


async def test_a_connection_is_used_again_and_each_head_has_its_time(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for pieces in ([ASKED], [ASKED[:30], ASKED[30:]], [ASKED]):
        for piece in pieces:
            await send(writer, piece)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(len(b'{"data":{"hello":"x"}}')) == b'{"data":{"hello":"x"}}'
    writer.write(ASKED[:20])
    assert (await reader.read()).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_several_heads_at_once_are_answered_in_turn(port: int) -> None:
    answer = await sent(port, ASKED * 3 + ASKED[:20])
    assert answer.count(b"HTTP/1.1 200") == 3
