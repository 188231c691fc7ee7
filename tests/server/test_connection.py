"""What is written to a connection goes out whole, in order, in as few pieces as can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from server.connection import Connection, Pairing


class _Pieces(asyncio.Transport):
    """A transport that keeps each piece it was to send."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.pieces.append(b"".join(list_of_data))

    def close(self) -> None:
        self.open = False

    abort = close


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (["head", "body"], ["headbody"]),
        (["head"], ["head"]),
        (["head", "a", "b"], ["heada", "b"]),
        (["head", "body", "head", "body"], ["headbody", "headbody"]),
        ([], []),
    ],
)
async def test_two_writes_are_one_piece(written: list[str], sent: list[str]) -> None:
    pieces = _Pieces()
    pairing = Pairing(pieces, asyncio.get_running_loop())
    for data in written:
        pairing.write(data.encode())
    await asyncio.sleep(0)
    assert pieces.pieces == [piece.encode() for piece in sent]


async def test_writes_with_a_pause_between_them_are_not_held() -> None:
    pieces = _Pieces()
    pairing = Pairing(pieces, asyncio.get_running_loop())
    for data in (b"head", b"first", b"second"):
        pairing.write(data)
        await asyncio.sleep(0)
    assert pieces.pieces == [b"head", b"first", b"second"]


async def test_what_is_held_goes_out_before_the_end_but_not_when_all_is_given_up() -> None:
    loop = asyncio.get_running_loop()
    for end, sent in (("close", [b"last"]), ("abort", [])):
        pieces = _Pieces()
        pairing = Pairing(pieces, loop)
        pairing.write(b"last")
        getattr(pairing, end)()
        await asyncio.sleep(0)
        assert (pieces.pieces, pieces.open) == (sent, False)
    pieces = _Pieces()
    pairing = Pairing(pieces, loop)
    pairing.write(b"a")
    pairing.writelines([b"b", b"c"])
    assert pieces.pieces == [b"a", b"bc"]


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with as many pieces as the path says, of as many bytes."""
    count, size = map(int, scope["path"].strip("/").split("/"))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number in range(count):
        await send({"type": "http.response.body", "body": b"%d" % (number % 10) * size, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(_app, http=Connection, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    listening = await asyncio.get_running_loop().create_server(
        lambda: Connection(config, state, {}), "127.0.0.1", 0
    )
    async with listening:
        host, port = listening.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        yield reader, writer
        writer.close()
        await writer.wait_closed()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 5), (7, 3), (300, 60_000)])
async def test_answers_arrive_whole_on_a_connection_that_is_kept(count: int, size: int) -> None:
    async with _connected() as (reader, writer):
        request = f"GET /{count}/{size} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for requests in (1, 3):  # one, then three without waiting
            writer.write(request * requests)
            for _ in range(requests):
                assert await _body(reader) == b"".join(b"%d" % (n % 10) * size for n in range(count))
