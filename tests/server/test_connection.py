"""What passes by ASGI's messages is what they would have sent, on a real connection to uvicorn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from server.connection import TOGETHER
from server.metrics import Metrics
from server.settings import Settings
from tests.server.tiny import tiny_app

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = tuple[bytes, dict[bytes, bytes], bytes]
"""Status line, headers, body."""
Protocol = type[HttpToolsProtocol] | type[H11Protocol]


@asynccontextmanager
async def _listening(metrics: Metrics, protocol: Protocol = HttpToolsProtocol) -> AsyncIterator[int]:
    """The port of uvicorn with the tiny application."""
    app = tiny_app(Settings(), metrics)
    config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Sun, 22 Nov 2026 08:00:00 GMT"), (b"x-of-server", b"1")]
    listening = await asyncio.get_running_loop().create_server(
        lambda: protocol(config, state, {}), "127.0.0.1", 0
    )
    async with listening:
        yield listening.sockets[0].getsockname()[1]


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()


def _request(
    query: str, *headers: str, version: str = "1.1", method: str = "POST", host: str = "127.0.0.1"
) -> bytes:
    body = json.dumps({"query": query}).encode()
    lines = [
        f"{method} /graphql HTTP/{version}",
        f"host: {host}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert len(headers) == len(lines)
    return status, headers, await reader.readexactly(int(headers[b"content-length"]))


async def test_both_ways_send_the_same() -> None:
    async with _listening(Metrics()) as port:
        answers = []
        for asked in ([], ["connection: close"]):
            async with _connected(port) as (reader, writer):
                writer.write(_request("{hello}", *asked))
                answers.append(await _answer(reader))
        async with _listening(Metrics(), H11Protocol) as other, _connected(other) as (reader, writer):
            writer.write(_request("{hello}"))
            answers.append(await _answer(reader))
    for _, headers, _ in answers:
        assert len(headers.pop(b"x-request-id")) == 32
    assert answers[1][1].pop(b"connection") == b"close"
    assert answers[0] == answers[1]
    assert [status for status, _, _ in answers] == [b"HTTP/1.1 200 OK"] * 3
    assert answers[0][2] == answers[2][2] == b'{"data":{"hello":"x"}}'
    assert answers[0][1] == {name.lower(): value for name, value in answers[2][1].items()}


@pytest.mark.parametrize("size", [1, TOGETHER - 22, TOGETHER, 10 * TOGETHER, 3_000_000])
async def test_answers_arrive_whole_on_a_connection_that_is_kept(size: int) -> None:
    async with _listening(Metrics()) as port, _connected(port) as (reader, writer):
        request = _request(f"{{hello(times:{size})}}")
        for requests in (1, 3):  # one, then three without waiting
            writer.write(request * requests)
            for _ in range(requests):
                status, _, body = await _answer(reader)
                assert status == b"HTTP/1.1 200 OK"
                assert body == b'{"data":{"hello":"%b"}}' % (b"x" * size)


@pytest.mark.parametrize("protocol", [HttpToolsProtocol, H11Protocol])
@pytest.mark.parametrize("pieces", [1, 2, 7])
async def test_a_request_may_come_in_pieces(protocol: Protocol, pieces: int) -> None:
    request = _request("{hello}", "expect: 100-continue")
    step = -(-len(request) // pieces)
    async with _listening(Metrics(), protocol) as port, _connected(port) as (reader, writer):
        for at in range(0, len(request), step):
            writer.write(request[at : at + step])
            await writer.drain()
            await asyncio.sleep(0)
        first = await reader.readuntil(b"\r\n\r\n")
        if first.startswith(b"HTTP/1.1 100 "):
            first = await reader.readuntil(b"\r\n\r\n")
        assert first.startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(22) == b'{"data":{"hello":"x"}}'


@pytest.mark.parametrize(
    ("version", "header", "kept"),
    [("1.1", "x-a: b", True), ("1.1", "connection: close", False), ("1.0", "x-a: b", False)],
)
async def test_a_connection_is_kept_or_closed_as_asked(version: str, header: str, kept: bool) -> None:
    async with _listening(Metrics()) as port, _connected(port) as (reader, writer):
        writer.write(_request("{hello}", header, version=version))
        _, headers, _ = await _answer(reader)
        assert headers.get(b"connection") == (None if kept else b"close")
        if kept:
            writer.write(_request("{hello}"))
            await _answer(reader)
        else:
            assert await reader.read() == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (_request("{hello}", host="evil.example"), b"421"),
        (_request("{hello}", method="PUT"), b"405"),
        (_request("x" * 300_000), b"413"),
        (_request("{"), b"200"),
    ],
)
async def test_refusals_go_out_too(request_: bytes, status: bytes) -> None:
    async with _listening(Metrics()) as port, _connected(port) as (reader, writer):
        writer.write(request_)
        line, headers, body = await _answer(reader)
        assert line.split()[1] == status
        assert headers[b"x-frame-options"] == b"DENY"
        assert b'"errors":' in body


async def test_a_head_request_gets_no_body() -> None:
    async with _listening(Metrics()) as port, _connected(port) as (reader, writer):
        writer.write(_request("{hello}", "connection: close", method="HEAD"))
        assert (await reader.read()).endswith(b"\r\n\r\n")


async def test_a_client_that_takes_nothing_holds_up_nobody_else() -> None:
    metrics = Metrics()
    async with _listening(metrics) as port, _connected(port) as (_, deaf):
        deaf.write(_request("{hello(times:9000000)}") * 3)
        async with _connected(port) as (reader, writer):
            for _ in range(3):
                writer.write(_request("{hello}"))
                assert (await _answer(reader))[2] == b'{"data":{"hello":"x"}}'
        deaf.transport.abort()
