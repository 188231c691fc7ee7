"""Subscriptions over plain HTTP: events and parts, and what becomes of clients who go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from server.subscriptions import stream
from server.subscriptions.stream import EVENTS, PARTS, Framing, framing
from tests.conftest import Content, SqliteFiles
from tests.server.subscriptions.listener import CHANGES, PATIENCE_SECONDS, Hub, hub

KINDS = [f"lianxi.dispute.{kind}.v1" for kind in ("submitted", "routed", "assigned")]
SSE = "text/event-stream"
MULTIPART = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'


@pytest.fixture
def url(sqlite_files: SqliteFiles) -> str:
    return sqlite_files.filled(Content.CITY)


@pytest.fixture
async def server(url: str) -> AsyncIterator[Hub]:
    async with hub(url) as found:
        yield found


class Stream:
    """An answer that goes on, in pieces that end with `end`."""

    def __init__(self, response: httpx.Response, end: str) -> None:
        self.response = response
        self._end = end
        self._text = ""
        self._chunks = response.aiter_text()

    async def next(self) -> str:
        """The next piece."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._end not in self._text:
                self._text += await anext(self._chunks)
        piece, _, self._text = self._text.partition(self._end)
        return piece

    async def event(self) -> Any:
        """The next event that is no sign of life: its name, and its data if it has any."""
        piece = await self.next()
        while piece == ":":
            piece = await self.next()
        name, _, data = piece.partition("\ndata:")
        return name.removeprefix("event: "), json.loads(data) if data.strip() else None


@asynccontextmanager
async def asked(hub: Hub, accept: str, query: str, **variables: Any) -> AsyncIterator[Stream]:
    """An operation by POST."""
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        client.stream("POST", f"{hub.address}/graphql", json=body, headers={"accept": accept}) as response,
    ):
        yield Stream(response, "\n\n" if accept == SSE else "\r\n--graphql\r\n")


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        (None, None),
        ("application/json", None),
        ("text/event-stream", EVENTS),
        ("application/json, Text/Event-Stream;q=0.5", EVENTS),
        ("text/event-stream;q=0", None),
        ("multipart/mixed", None),
        (MULTIPART, PARTS),
        (f"{MULTIPART},text/event-stream", PARTS),
    ],
)
def test_who_takes_answers_that_go_on(accept: str | None, found: Framing | None) -> None:
    assert framing(accept) is found


async def test_events_are_told_and_go_on_after_a_number(server: Hub) -> None:
    first = await server.submit()
    async with asked(server, SSE, CHANGES, after=0) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["x-frame-options"] == "DENY"
        told = [await stream.event()]
        while told[-1][1]["data"]["disputeChanged"]["dispute"]["id"] != first["id"]:
            told.append(await stream.event())
        told = [told[-1], await stream.event(), await stream.event()]
        second = await server.submit()
        told += [await stream.event() for _ in KINDS]
    changes = [data["data"]["disputeChanged"] for name, data in told if name == "next"]
    assert [change["type"] for change in changes] == 2 * KINDS
    assert [change["dispute"]["id"] for change in changes] == 3 * [first["id"]] + 3 * [second["id"]]
    async with asked(server, SSE, CHANGES, after=changes[3]["number"]) as stream:
        assert (await stream.event())[1]["data"]["disputeChanged"] == changes[4]


async def test_parts_are_told(server: Hub) -> None:
    dispute = await server.submit()
    async with asked(server, MULTIPART, CHANGES, filter={"text": dispute["number"]}, after=0) as stream:
        assert stream.response.headers["content-type"].startswith('multipart/mixed;boundary="graphql"')
        assert await stream.next() == ""
        for kind in KINDS[:2]:
            head, _, body = (await stream.next()).partition("\r\n\r\n")
            assert head == "content-type: application/json"
            assert json.loads(body)["payload"]["data"]["disputeChanged"]["type"] == kind


async def test_an_event_source_asks_by_get(server: Hub) -> None:
    await server.submit()
    query = {"query": "subscription { disputeChanged(after: 0) { number } }"}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        client.stream("GET", f"{server.address}/graphql", params=query, headers={"accept": SSE}) as response,
    ):
        assert (await Stream(response, "\n\n").event())[1]["data"]["disputeChanged"]["number"] > 0


async def test_what_has_one_answer_is_over_after_it(server: Hub) -> None:
    for query, code in (
        ("{ viewer { account } }", None),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("subscription { nothing }", "BAD_USER_INPUT"),
        ("subscription { disputeChanged(after: 99999) { number } }", "BAD_USER_INPUT"),
    ):
        async with asked(server, SSE, query) as stream:
            assert stream.response.status_code == 200
            name, answer = await stream.event()
            assert name == "next"
            assert code == (answer["errors"][0]["extensions"]["code"] if "errors" in answer else None), query
            assert await stream.event() == ("complete", None)


async def test_without_asking_for_a_stream_a_subscription_is_refused(server: Hub) -> None:
    async with asked(server, "application/json", CHANGES) as stream:
        await stream.response.aread()
        error = stream.response.json()["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "text/event-stream" in error["message"]


async def test_silence_is_filled(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.01)
    async with asked(server, SSE, CHANGES) as silent:
        assert [await silent.next() for _ in range(3)] == [":", ":", ":"]


async def test_who_goes_makes_room_for_others(url: str) -> None:
    async with hub(url, sockets=1) as server:
        async with asked(server, SSE, CHANGES) as first:
            assert first.response.status_code == 200
            async with asked(server, SSE, CHANGES) as second:
                assert second.response.status_code == 503
        status = 503
        while status == 503:  # until the server has noticed
            async with asked(server, SSE, CHANGES) as third:
                status = third.response.status_code
        assert status == 200


async def test_a_server_that_stops_ends_its_streams(url: str) -> None:
    async with hub(url) as server, asked(server, SSE, CHANGES) as open_stream:
        server.server.should_exit = True
        assert await open_stream.event() == ("complete", None)
