"""Credentials of requests: whose they are, for how long that is believed, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from casework.account_list import list_keys
from casework.actor import DEMO_ADMINISTRATOR, NOBODY, Actor, Role
from casework.api_key import IssueApiKey, RevokeApiKey, issue_api_key, revoke_api_key
from casework.desk import Desk
from casework.sign_in import Proof, sign_in
from db.database import Database
from schema.schema import schema
from server.app import create_app
from server.faults import Refusal
from server.settings import Settings
from server.sign_in.credentials import KEPT_SECONDS, LONGEST, MOST_KEPT, SignIn
from tests.casework.accounts import KEEPER, PASSWORD, Clock, add, desk_with, hash_quickly

VIEWER = {"query": "{viewer{account role}}"}


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(database: Database, clock: Clock) -> Desk:
    desk = desk_with(database, clock)
    await add(desk, "clerk-a", Role.CLERK, password=PASSWORD)
    return desk


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def _at(desk: Desk, ticks: Ticks, **settings: Any) -> SignIn:
    found = SignIn(Settings(**{"sign_in": "required", **settings}), None, ticks)
    found.open(desk)
    return found


async def _key(desk: Desk, expires: timedelta | None = None) -> str:
    end = None if expires is None else desk.clock() + expires
    issued = (await issue_api_key(desk, KEEPER, IssueApiKey("clerk-a", "x", (Role.CLERK,), end))).value
    assert issued is not None
    assert issued.secret is not None
    return issued.secret


def _by_key(key: str) -> dict[bytes, bytes]:
    return {b"x-api-key": key.encode()}


async def test_who_is_known_is_not_looked_up_again(office: Desk, ticks: Ticks) -> None:
    signing_in = _at(office, ticks)
    key = await _key(office)
    headers = _by_key(key)
    assert signing_in.at_once(headers) is None
    clerk = await signing_in.actor(headers)
    assert clerk == Actor.of("clerk-a", Role.CLERK)
    await signing_in.close()
    await revoke_api_key(office, KEEPER, RevokeApiKey(key[3:11]))
    ticks.now += KEPT_SECONDS - 0.1
    assert signing_in.at_once(headers) == clerk
    ticks.now += 0.1
    assert signing_in.at_once(headers) is None
    with pytest.raises(Refusal) as refused:
        await signing_in.actor(headers)
    assert refused.value.status == 401


async def test_what_ends_sooner_is_believed_no_longer(office: Desk, ticks: Ticks, clock: Clock) -> None:
    signing_in = _at(office, ticks)
    headers = _by_key(await _key(office, timedelta(seconds=2)))
    assert await signing_in.actor(headers) is not None
    await signing_in.close()
    ticks.now += 2
    clock.pass_by(timedelta(seconds=2))
    assert signing_in.at_once(headers) is None
    with pytest.raises(Refusal):
        await signing_in.actor(headers)


async def test_use_is_written_down_after_the_answer(office: Desk, ticks: Ticks, clock: Clock) -> None:
    signing_in = _at(office, ticks)
    key = await _key(office)
    await signing_in.actor(_by_key(key))
    await signing_in.close()
    async with office.database.read() as connection:
        assert [head.last_used_at for head in await list_keys(connection)] == [clock.now]


async def test_a_session_counts_where_nothing_else_is_shown(office: Desk, ticks: Ticks) -> None:
    signing_in = _at(office, ticks)
    secret = await sign_in(office, Proof("clerk-a", PASSWORD))
    assert secret is not None
    cookie = {b"cookie": f"a=b; lianxi_session={secret}; c=d".encode()}
    assert (await signing_in.actor(cookie)).id == "clerk-a"
    with pytest.raises(Refusal):
        await signing_in.actor({**cookie, b"authorization": b"Bearer x"})
    with pytest.raises(Refusal):
        await signing_in.actor({**cookie, b"x-api-key": b""})
    for other in (b"xlianxi_session=" + secret.encode(), b"", b"lianxi=1"):
        assert await signing_in.actor({b"cookie": other}) is NOBODY
    with pytest.raises(Refusal):
        await signing_in.actor({b"cookie": b"lianxi_session=" + secret.encode() + b"x"})


async def test_with_https_the_cookie_is_another_one(office: Desk, ticks: Ticks) -> None:
    signing_in = _at(office, ticks, public_url="https://lianxi.example/")
    secret = await sign_in(office, Proof("clerk-a", PASSWORD))
    assert secret is not None
    assert await signing_in.actor({b"cookie": f"lianxi_session={secret}".encode()}) is NOBODY
    assert (await signing_in.actor({b"cookie": f"__Host-lianxi={secret}".encode()})).id == "clerk-a"


async def test_only_so_many_are_remembered(
    office: Desk, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.sign_in.credentials.MOST_KEPT", 2)
    assert MOST_KEPT > 2
    signing_in = _at(office, ticks)
    keys = [_by_key(await _key(office)) for _ in range(3)]
    for headers in keys:
        await signing_in.actor(headers)
    await signing_in.close()
    assert [signing_in.at_once(headers) is None for headers in keys] == [True, False, False]
    signing_in.forget()
    assert all(signing_in.at_once(headers) is None for headers in keys)


@pytest.mark.parametrize(
    "value", [b"", b"x", b"lx_", b"\xff\xfe", b"a" * (LONGEST + 1), b"lx_aaaaaaaa_" + b"A" * 43]
)
@pytest.mark.parametrize("header", [b"x-api-key", b"authorization"])
async def test_what_is_no_credential_is_refused(
    sqlite_url: str, ticks: Ticks, header: bytes, value: bytes
) -> None:
    database = Database.open(sqlite_url)
    signing_in = _at(desk_with(database, Clock()), ticks)
    for shown in (value, b"Bearer " + value, b"bearer  " + value):
        with pytest.raises(Refusal) as refused:
            await signing_in.actor({header: shown})
        assert refused.value.status == 401
    await database.close()


def test_where_nobody_signs_in_credentials_do_not_count() -> None:
    signing_in = SignIn(Settings())
    assert signing_in.at_once({b"authorization": b"Bearer x"}) is DEMO_ADMINISTRATOR
    named = signing_in.at_once({b"lianxi-account": b"clerk-a"})
    assert named == Actor.of("clerk-a", Role.ADMINISTRATOR)


@asynccontextmanager
async def api(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server where people sign in."""
    app = create_app(Settings(**{"database_url": url, "sign_in": "required", **settings}), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client


async def test_at_the_api(office: Desk, database_url: str) -> None:
    key = await _key(office)
    async with api(database_url) as client:
        nobody = await client.post("/graphql", json=VIEWER, headers={"lianxi-account": "clerk-a"})
        assert nobody.json() == {"data": {"viewer": {"account": "public", "role": "public"}}}
        for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
            answer = await client.post("/graphql", json=VIEWER, headers=headers)
            assert answer.json() == {"data": {"viewer": {"account": "clerk-a", "role": "clerk"}}}
        bad = await client.post("/graphql", json=VIEWER, headers={"x-api-key": key[:-1]})
        assert bad.status_code == 401
        assert bad.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert bad.headers["www-authenticate"] == 'Bearer realm="lianxi", error="invalid_token"'
        got = await client.get("/graphql", params=VIEWER, headers={"x-api-key": key[:-1]})
        assert got.status_code == 401
        assert (await client.get("/healthz", headers={"x-api-key": "x"})).status_code == 200


async def test_a_lookup_that_fails_is_neither_401_nor_500(
    office: Desk, ticks: Ticks, sqlite_url: str
) -> None:
    database = Database.open(sqlite_url)
    signing_in = _at(desk_with(database, Clock()), ticks)
    key = await _key(office)
    _spoil(sqlite_url.removeprefix("sqlite:///"))
    with pytest.raises(Refusal) as refused:
        await signing_in.actor(_by_key(key))
    assert (refused.value.status, refused.value.headers["retry-after"]) == (503, "5")
    await database.close()


def _spoil(path: str) -> None:
    Path(path).write_bytes(b"this is no database" * 1_000)
