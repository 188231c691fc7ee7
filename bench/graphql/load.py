"""The load: as many connections as there are, each with one request under way, as fast as the server answers.

One thread polls the sockets itself and sends bytes that were made before, so that the generator costs a small
part of the core that it shares with the database.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter

CONNECTIONS = 16
MOST_AT_ONCE = 1 << 18
"""Bytes that are taken from a socket at once; little enough that no memory has to be mapped for it."""
PATIENCE_SECONDS = 60.0
"""How long to wait for any answer at all."""

REQUEST = (
    b"POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


class BadAnswer(Exception):
    """The server hung up, or sent what is no HTTP/1.1 answer with a length."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a server did in a stretch of time. `latencies` are in seconds, one for each good answer; `errors`
    are answers of another status than 200, with GraphQL errors, or of another length than before; `sent` are
    all requests, with those whose answers came too late to count."""

    seconds: float
    latencies: Sequence[float]
    errors: int
    sent: int

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True, slots=True)
class Request:
    """A request's bytes, and how long the body of its answer has to be."""

    wire: bytes
    expected: int


class Connection:
    """A keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # With a time limit, every call would poll the socket first.
        self.socket.settimeout(None)
        self.buffer = memoryview(bytearray(MOST_AT_ONCE))
        self.received = b""
        self.length = -1
        self.head = b""
        self.sent_at = 0.0
        self.expected = 0

    def send(self, request: Request) -> None:
        """Send one request."""
        self.expected = request.expected
        self.sent_at = perf_counter()
        self.socket.sendall(request.wire)

    def receive(self) -> bytes | None:
        """The body, once all of it is there."""
        size = self.socket.recv_into(self.buffer)
        if not size:
            raise BadAnswer("the server hung up")
        self.received += self.buffer[:size]
        if self.length < 0:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.head = self.received[:end]
            self.length = _length(self.head)
            self.received = self.received[end + 4 :]
        if len(self.received) < self.length:
            return None
        body, self.received, self.length = self.received, b"", -1
        return body

    def good(self, body: bytes) -> bool:
        """Whether the answer is the one that was expected."""
        return (
            self.head.startswith(b"HTTP/1.1 200 ") and len(body) == self.expected and b'"errors":' not in body
        )


def wire(port: int, body: bytes) -> bytes:
    """The request with a body."""
    return REQUEST % (b"127.0.0.1:%d" % port, len(body), body)


def ask(port: int, bodies: Sequence[bytes]) -> list[bytes]:
    """The answer to each body, one after the other. Raises BadAnswer for anything but status 200."""
    connection = Connection(port)
    answers = []
    with connection.socket:
        for body in bodies:
            connection.send(Request(wire(port, body), 0))
            while (answer := connection.receive()) is None:
                pass
            if not connection.head.startswith(b"HTTP/1.1 200 "):
                raise BadAnswer(f"{connection.head.decode()}\n{answer[:1000].decode(errors='replace')}")
            answers.append(answer)
    return answers


def load(port: int, requests: Sequence[Request], seconds: float, least: int = 0) -> Taken:
    """Send the requests in turn for some seconds, and on until `least` answers have come. Only what comes
    within that time counts, but every answer is waited for: a server that is still at work would slow the
    next one down. Raises BadAnswer."""
    upcoming = cycle(requests)
    poll = select.epoll()
    connections = {}
    try:
        for _ in range(CONNECTIONS):
            connection = Connection(port)
            connections[connection.socket.fileno()] = connection
            poll.register(connection.socket, select.EPOLLIN)
            connection.send(next(upcoming))
        return _measure(poll, connections, upcoming, seconds, least)
    finally:
        for connection in connections.values():
            connection.socket.close()
        poll.close()


def _measure(
    poll: select.epoll,
    connections: dict[int, Connection],
    upcoming: Iterator[Request],
    seconds: float,
    least: int,
) -> Taken:
    latencies: list[float] = []
    errors = 0
    begun = now = perf_counter()
    while now - begun < seconds or len(latencies) + errors < least:
        for connection, body in _answered(poll, connections):
            now = perf_counter()
            if connection.good(body):
                latencies.append(now - connection.sent_at)
            else:
                errors += 1
            connection.send(next(upcoming))
    waiting = len(connections)
    while waiting:
        waiting -= sum(1 for _ in _answered(poll, connections))
    return Taken(now - begun, latencies, errors, len(latencies) + errors + len(connections))


def _answered(poll: select.epoll, connections: dict[int, Connection]) -> Iterator[tuple[Connection, bytes]]:
    ready = poll.poll(PATIENCE_SECONDS)
    if not ready:
        raise BadAnswer(f"no answer for {PATIENCE_SECONDS:.0f} s")
    for number, _ in ready:
        connection = connections[number]
        if (body := connection.receive()) is not None:
            yield connection, body


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise BadAnswer(f"an answer without a length:\n{head.decode(errors='replace')}")
