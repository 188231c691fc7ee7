"""One attempt: to the address that was checked and to no other, and what is made of every answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.receiver import Receiver
from casework.desk import Desk
from casework.secret import seal
from casework.webhooks.queue import Outcome, Parcel
from casework.webhooks.signature import new_webhook_secret
from casework.webhooks.state import Problem
from db.database import Database
from db.feed import Message
from db.tables.base import new_key
from server.webhooks import sending
from server.webhooks.sending import MOST_READ, Resolve, Sender
from tests.casework.webhooks.hooks import CITY, LOOPBACK, verified
from tests.conftest import NOW
from tests.server.webhooks.certificates import contexts

SECRET = new_webhook_secret()
NAME = "partner.example"
KEY = "k" * 40


def always(*addresses: str) -> Resolve:
    """A name server that knows one answer."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


async def never(host: str, port: int) -> Sequence[str]:
    """A name server that knows nothing."""
    raise OSError(host, port)


Try = Callable[..., Any]


@pytest.fixture
async def attempt(tmp_path: Path) -> AsyncIterator[Try]:
    """Sends one message to a URL."""
    database = Database.open(f"sqlite:///{tmp_path / 'unused.db'}")

    async def attempt(
        url: str,
        resolve: Resolve = never,
        networks: Any = LOOPBACK,
        tls: ssl.SSLContext | None = None,
        secret: str = SECRET,
        sealing_key: str = "",
    ) -> Outcome:
        desk = Desk(database, clock=lambda: NOW, webhook_networks=networks, sealing_key=sealing_key)
        message = Message(1, new_key(), CITY, "lianxi.dispute.assigned.v1", "s1", NOW, {"sequence": 1})
        async with Sender(desk, tls or ssl.create_default_context(), resolve) as sender:
            return await sender.send(Parcel(new_key(), new_key(), 1, url, (secret,), message))

    yield attempt
    await database.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok", Outcome(None, 202)),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Outcome(Problem.STATUS, 500)),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", Outcome(Problem.STATUS, 404)),
        (b"", Outcome(Problem.PROTOCOL)),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Outcome(Problem.PROTOCOL)),
        # Longer than it ever gets: nobody waits for the rest.
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * MOST_READ,
            Outcome(None, 200),
        ),
        (
            b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
            Outcome(Problem.STATUS, 503, timedelta(seconds=120)),
        ),
        (
            b"HTTP/1.1 503 Busy\r\nRetry-After: Sat, 21 Nov 2026 02:03:00 GMT\r\nContent-Length: 0\r\n\r\n",
            Outcome(Problem.STATUS, 503, timedelta(seconds=180)),
        ),
        (
            b"HTTP/1.1 503 Busy\r\nRetry-After: %b\r\nContent-Length: 0\r\n\r\n" % (b"9" * 400),
            Outcome(Problem.STATUS, 503),
        ),
        (
            b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
            Outcome(Problem.STATUS, 503),
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else "",
)
async def test_what_is_made_of_an_answer(attempt: Try, answer: bytes, outcome: Outcome) -> None:
    async with Receiver(lambda _: answer) as receiver:
        assert await attempt(receiver.url) == outcome


async def test_no_redirect_is_followed(attempt: Try) -> None:
    async with Receiver() as inside:
        head = f"HTTP/1.1 307 There\r\nLocation: {inside.url}\r\nContent-Length: 0\r\n\r\n"
        async with Receiver(lambda _: head.encode()) as receiver:
            assert await attempt(receiver.url) == Outcome(Problem.REDIRECT, 307)
        assert inside.got == []


async def test_who_never_answers_is_not_waited_for(attempt: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.05)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side hangs up
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await attempt(f"http://127.0.0.1:{port}/") == Outcome(Problem.TIMEOUT)
    server.close()
    await server.wait_closed()


async def test_nobody_listens(attempt: Try) -> None:
    async with Receiver() as receiver:
        url = receiver.url
    assert await attempt(url) == Outcome(Problem.UNREACHABLE)


@pytest.mark.parametrize(
    ("host", "resolve", "problem"),
    [
        (NAME, always("127.0.0.1"), Problem.REFUSED_ADDRESS),
        (NAME, always("::1"), Problem.REFUSED_ADDRESS),
        (NAME, always("169.254.169.254"), Problem.REFUSED_ADDRESS),
        (NAME, always("::ffff:127.0.0.1"), Problem.REFUSED_ADDRESS),
        (NAME, always("8.8.8.8", "10.0.0.1"), Problem.REFUSED_ADDRESS),
        (NAME, always(), Problem.REFUSED_ADDRESS),
        (NAME, never, Problem.UNRESOLVABLE),
        ("127.0.0.1", never, Problem.REFUSED_ADDRESS),
        ("2130706433", always("127.0.0.1"), Problem.REFUSED_ADDRESS),
    ],
)
async def test_what_leads_inside_is_not_connected_to(
    attempt: Try, host: str, resolve: Resolve, problem: Problem
) -> None:
    async with Receiver() as receiver:
        url = f"https://{host}:{receiver.port}/"
        assert await attempt(url, resolve, networks=()) == Outcome(problem)
        assert receiver.connections == 0


async def test_nor_is_this_machine_by_the_name_that_the_system_knows(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'unused.db'}")
    message = Message(1, new_key(), CITY, "t", "s", NOW, {})
    async with Receiver() as receiver, Sender(Desk(database), ssl.create_default_context()) as sender:
        parcel = Parcel(new_key(), new_key(), 1, f"https://localhost:{receiver.port}/", (SECRET,), message)
        assert await sender.send(parcel) == Outcome(Problem.REFUSED_ADDRESS)
        assert receiver.connections == 0
    await database.close()


async def test_a_name_is_resolved_once_and_the_connection_goes_there(attempt: Try) -> None:
    asked: list[tuple[str, int]] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async with Receiver() as receiver:
        url = f"http://{NAME}:{receiver.port}/in?x=1"
        assert await attempt(url, rebinding) == Outcome(None, 204)
    (got,) = receiver.got
    assert asked == [(NAME, receiver.port)]
    assert (got.path, got.headers["host"]) == ("/in?x=1", f"{NAME}:{receiver.port}")


async def test_the_certificate_has_to_be_that_of_the_name(attempt: Try, tmp_path: Path) -> None:
    server, client = contexts(tmp_path, NAME)
    async with Receiver(tls=server) as receiver:
        own, other = (f"https://{name}:{receiver.port}/" for name in (NAME, "other.example"))
        assert await attempt(own, always("127.0.0.1"), tls=client) == Outcome(None, 204)
        assert await attempt(other, always("127.0.0.1"), tls=client) == Outcome(Problem.TLS)
        assert await attempt(own, always("127.0.0.1")) == Outcome(Problem.TLS)
        assert len(receiver.got) == 1


async def test_a_secret_that_was_sealed_signs(attempt: Try) -> None:
    sealed = seal(SECRET, KEY)
    async with Receiver() as receiver:
        assert await attempt(receiver.url, secret=sealed, sealing_key=KEY) == Outcome(None, 204)
        assert await attempt(receiver.url, secret=sealed, sealing_key="z" * 40) == Outcome(Problem.SEALED)
    (got,) = receiver.got
    assert verified(SECRET, got.headers, got.body)
