"""Subscriptions over WebSockets: what does not keep to the protocol is closed with its code, and the server
goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.subscriptions import socket as protocol
from tests.conftest import Content, SqliteFiles
from tests.server.subscriptions.listener import (
    CHANGES,
    PATIENCE_SECONDS,
    PROTOCOL,
    Hub,
    bare,
    hub,
    subscriber,
)

INIT = '{"type":"connection_init"}'
SUBSCRIBE = json.dumps({"type": "subscribe", "id": "1", "payload": {"query": CHANGES}})


@pytest.fixture
def url(sqlite_files: SqliteFiles) -> str:
    return sqlite_files.filled(Content.CITY)


@pytest.fixture
async def server(url: str) -> AsyncIterator[Hub]:
    async with hub(
        url, socket_init_seconds=1, subscriptions_per_connection=3, max_body_bytes=65_536
    ) as found:
        yield found


def payload(**members: Any) -> str:
    return json.dumps({"type": "subscribe", "id": "1", "payload": members})


BROKEN: dict[str, tuple[Sequence[str | bytes], int]] = {
    "no JSON": (["nothing"], 4400),
    "bytes": ([b"\x00\x01"], 4400),
    "a list": (["[]"], 4400),
    "no type": (["{}"], 4400),
    "an unknown type": ([INIT, '{"type":"start"}'], 4400),
    "deep JSON": (["[" * 5_000], 4400),
    "no payload": ([INIT, '{"type":"subscribe","id":"1"}'], 4400),
    "no id": ([INIT, '{"type":"subscribe","payload":{"query":"subscription{x}"}}'], 4400),
    "a number for an id": ([INIT, '{"type":"complete","id":1}'], 4400),
    "a long id": ([INIT, json.dumps({"type": "complete", "id": "x" * 101})], 4400),
    "a text for a payload": (['{"type":"connection_init","payload":"x"}'], 4400),
    "a number for a credential": (['{"type":"connection_init","payload":{"authorization":1}}'], 4400),
    "a credential that no header can hold": (
        ['{"type":"connection_init","payload":{"authorization":"凭据"}}'],
        4400,
    ),
    "an account that there cannot be": (
        ['{"type":"connection_init","payload":{"lianxi-account":"a b"}}'],
        4403,
    ),
    "too early": ([SUBSCRIBE], 4401),
    "twice the same id": ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
    "two beginnings": ([INIT, INIT], 4429),
    "silence": ([], 4408),
    "pings only": (['{"type":"ping"}'] * 3, 4408),
    "a megabyte": ([INIT, "x" * 1_000_000], 1009),
}


async def test_what_breaks_the_protocol_is_closed_with_its_code(server: Hub) -> None:
    async def code(messages: Sequence[str | bytes]) -> int:
        async with bare(server) as client:
            for message in messages:
                await client.socket.send(message)
            return await client.code()

    codes = await asyncio.gather(*(code(messages) for messages, _ in BROKEN.values()))
    assert dict(zip(BROKEN, codes, strict=True)) == {name: code for name, (_, code) in BROKEN.items()}
    await _goes_on(server)


PAGES = " ".join(
    f"d{at}: mergedDisputes {{ events(first: 100) {{ type actor occurredAt details {{ name value }} }} }}"
    for at in range(20)
)
MUCH = f"subscription {{ disputeChanged {{ dispute {{ {PAGES} }} }} }}"
REFUSED: dict[str, tuple[str, str]] = {
    "a query": (payload(query="{ viewer { account } }"), "BAD_USER_INPUT"),
    "a change": (payload(query="mutation { submitDispute { errors { code } } }"), "BAD_USER_INPUT"),
    "no query": (payload(), "BAD_USER_INPUT"),
    "no text": (payload(query=1), "BAD_USER_INPUT"),
    "no syntax": (payload(query="subscription {"), "BAD_USER_INPUT"),
    "an unknown field": (payload(query="subscription { nothing }"), "BAD_USER_INPUT"),
    "two fields": (
        payload(query="subscription { a: disputeChanged { number } b: policyPublished { number } }"),
        "BAD_USER_INPUT",
    ),
    "a bad variable": (payload(query=CHANGES, variables={"after": "x"}), "BAD_USER_INPUT"),
    "a bad filter": (payload(query=CHANGES, variables={"filter": {"nothing": 1}}), "BAD_USER_INPUT"),
    "a number to come": (payload(query=CHANGES, variables={"after": 99}), "BAD_USER_INPUT"),
    "a number below nothing": (payload(query=CHANGES, variables={"after": -1}), "BAD_USER_INPUT"),
    "too much": (payload(query=MUCH), "QUERY_TOO_COMPLEX"),
}


async def test_what_cannot_be_subscribed_to_is_told_and_the_connection_goes_on(server: Hub) -> None:
    async with subscriber(server) as client:
        for name, (message, code) in REFUSED.items():
            await client.socket.send(message)
            told = await client.next()
            assert (told["type"], told["id"]) == ("error", "1"), name
            assert told["payload"][0]["extensions"]["code"] == code, name
        await client.listen(CHANGES)
        dispute = await server.submit()
        assert (await client.heard())["dispute"]["id"] == dispute["id"]


async def test_a_connection_has_so_many_subscriptions_and_an_ended_one_makes_room(server: Hub) -> None:
    async with subscriber(server) as client:
        ids = [await client.listen(CHANGES) for _ in range(3)]
        over = await client.subscribe(CHANGES)
        told = await client.next()
        assert (told["id"], told["payload"][0]["extensions"]["code"]) == (over, "RATE_LIMITED")
        await client.tell(type="complete", id=ids[0])
        await client.tell(type="complete", id="never")
        last = await client.listen(CHANGES)
        await server.submit()
        heard = [(await client.next())["id"] for _ in range(9)]
        assert sorted(set(heard)) == sorted([*ids[1:], last])


async def test_an_account_has_so_many_subscriptions_and_who_is_cut_frees_them(url: str) -> None:
    async with hub(url, subscriptions_per_account=2) as server:
        async with subscriber(server) as one:
            await one.subscribe(CHANGES)
            await one.subscribe(CHANGES)
            await one.settled()
            async with subscriber(server) as other:
                await other.subscribe(CHANGES)
                assert (await other.next())["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert "lianxi_subscriptions 2.0" in await counted(server)
            one.socket.transport.abort()
        while "lianxi_subscriptions 0.0" not in await counted(server):
            pass  # until the server has noticed
        async with subscriber(server) as again:
            await again.listen(CHANGES)
            await server.submit()
            assert (await again.heard())["number"] > 0
            found = await counted(server)
        assert "lianxi_subscriptions 1.0" in found
        assert "lianxi_subscription_events_total 0.0" not in found


async def counted(server: Hub) -> list[str]:
    """The lines of the server's metrics."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        return (await client.get(f"{server.address}/metrics")).text.splitlines()


async def test_a_client_that_takes_nothing_is_cut_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SEND_SECONDS", 0.1)
    texts = " ".join(f"d{at}: description" for at in range(25))
    long = f"subscription {{ disputeChanged(after: 0) {{ dispute {{ {texts} }} }} }}"
    async with hub(url, sockets=1) as server:
        # Little is under way at a time, so that the server soon notices.
        server.listener.setsockopt(SOL_SOCKET, SO_SNDBUF, 4_096)
        for _ in range(3):
            await server.submit(description="小区楼下的烧烤店油烟很大,熏得没法开窗。" * 100)
        async with subscriber(server) as deaf:
            deaf.socket.transport.pause_reading()
            for _ in range(20):
                await deaf.subscribe(long)
            status = 503
            while status == 503:  # until the server has noticed
                try:
                    async with bare(server):
                        status = 101
                except InvalidStatus as refused:
                    status = refused.response.status_code
            assert status == 101
            deaf.socket.transport.abort()


async def test_a_flood_is_borne(server: Hub) -> None:
    async with subscriber(server) as client:
        for _ in range(2_000):
            await client.tell(type="pong")
        for at in range(300):
            query = f"subscription {{ nothing{at} }}"
            await client.tell(type="subscribe", id=f"f{at}", payload={"query": query})
        codes = [(await client.next())["payload"][0]["extensions"]["code"] for _ in range(300)]
        assert set(codes) <= {"BAD_USER_INPUT", "RATE_LIMITED"}
        await _goes_on(server)


async def test_other_sites_open_nothing(server: Hub) -> None:
    port = int(server.address.rpartition(":")[2])
    foreign = {
        "a page of another site": ({"origin": "https://elsewhere.example"}, server.socket_url, 403),
        "a page of a file": ({"origin": "null"}, server.socket_url, 403),
        "another name for this machine": ({}, f"ws://elsewhere.example:{port}/graphql", 421),
    }
    for name, (options, url, status) in foreign.items():
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, subprotocols=[PROTOCOL], host="127.0.0.1", port=port, **options)  # type: ignore[list-item, arg-type]
        assert refused.value.response.status_code == status, name
        error = json.loads(refused.value.response.body)["errors"][0]
        assert error["extensions"]["code"] == "FORBIDDEN", name


async def test_a_page_of_this_site_may_connect(server: Hub) -> None:
    async with bare(server, origin=server.address) as client:
        await client.tell(type="connection_init")
        assert (await client.next())["type"] == "connection_ack"


async def test_the_older_protocol_is_not_taken(server: Hub) -> None:
    async with connect(server.socket_url) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4406


async def test_there_are_so_many_connections(url: str) -> None:
    async with hub(url, sockets=1) as server, bare(server):
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.socket_url, subprotocols=[PROTOCOL])  # type: ignore[list-item]
        assert refused.value.response.status_code == 503


async def test_an_account_has_so_many_connections(url: str) -> None:
    async with hub(url, sockets_per_account=1) as server, subscriber(server), bare(server) as second:
        await second.tell(type="connection_init")
        assert await second.code() == 1013
        async with subscriber(server, {"Lianxi-Account": "clerk-a"}) as other:
            await other.settled()


async def test_a_server_that_stops_says_so(url: str) -> None:
    async with hub(url) as server, subscriber(server) as client:
        await client.listen(CHANGES)
        server.server.should_exit = True
        assert await client.code() == 1001


async def test_messages_are_in_the_language_that_the_client_asks_for(server: Hub) -> None:
    for language, words in (("en", "The query"), ("zh", "查询")):
        async with subscriber(server, {"Accept-Language": language}) as client:
            await client.subscribe("subscription {")
            assert (await client.next())["payload"][0]["message"].startswith(words)


async def _goes_on(server: Hub) -> None:
    async with subscriber(server) as client:
        await client.listen(CHANGES)
        await server.submit()
        assert (await client.heard())["number"] > 0
