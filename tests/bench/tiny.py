"""An HTTP server that says what it is told, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Reply = Callable[[int, bytes], list[bytes] | None]
"""What to send for the request with a number, counted from 0, and a body; None: hang up."""


def http(body: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer with a length."""
    return b"HTTP/1.1 %s\r\ncontent-type: application/json\r\nCONTENT-length: %d\r\n\r\n%s" % (
        status,
        len(body),
        body,
    )


@contextmanager
def speaking(reply: Reply) -> Iterator[int]:
    """The port of a server that answers each request with the pieces of `reply`, sent one by one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, reply), daemon=True).start()
        yield listener.getsockname()[1]
        # Wakes the thread, which ends then.
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, reply: Reply) -> None:
    numbers = iter(range(1 << 30))
    while True:
        try:
            accepted, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(accepted, reply, numbers), daemon=True).start()


def _answer(accepted: socket.socket, reply: Reply, numbers: Iterator[int]) -> None:
    with accepted, accepted.makefile("rb") as stream:
        try:
            while line := stream.readline():
                length = 0
                while line != b"\r\n":
                    name, _, value = line.partition(b":")
                    length = int(value) if name == b"Content-Length" else length
                    line = stream.readline()
                pieces = reply(next(numbers), stream.read(length))
                if pieces is None:
                    return
                for piece in pieces:
                    accepted.sendall(piece)
        except OSError:
            return  # the client has what it wanted
