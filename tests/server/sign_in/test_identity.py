"""Only this machine may ask where everybody is an administrator."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.settings import Settings, SignInMode
from server.sign_in.identity import (
    NotLoopback,
    ThisMachineOnly,
    addresses_of,
    listening_address,
    loopback_address,
    names_us,
)

NAMES = {
    "mine": ["127.0.0.1", "::1"],
    "mixed": ["127.0.0.1", "192.0.2.7"],
    "theirs": ["192.0.2.7"],
    "nobody": [],
}


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("127.8.9.10", "127.8.9.10"), ("::1", "::1"), ("mine", "127.0.0.1")],
)
def test_loopback_is_listened_on(host: str, address: str) -> None:
    assert loopback_address(host, NAMES.__getitem__) == address


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.7", "::ffff:192.0.2.7", "mixed", "theirs", "nobody"]
)
def test_anything_else_is_refused(host: str) -> None:
    with pytest.raises(NotLoopback):
        loopback_address(host, lambda name: NAMES.get(name, [name]))


@pytest.mark.parametrize(
    ("host", "address"), [("theirs", "192.0.2.7"), ("mixed", "127.0.0.1"), ("nobody", None)]
)
def test_where_people_sign_in_others_may_be_listened_to(host: str, address: str | None) -> None:
    settings = Settings(host=host, sign_in=SignInMode.REQUIRED)
    assert listening_address(settings, NAMES.__getitem__) == address
    with pytest.raises(NotLoopback):
        listening_address(Settings(host=host), NAMES.__getitem__)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("lianxi.example", True),
        ("lianxi.example:443", True),
        ("localhost:8000", True),
        ("evil.example", False),
    ],
)
def test_a_site_has_its_own_name(host: str, ours: bool) -> None:
    for mode in SignInMode:
        assert names_us(host, Settings(sign_in=mode, public_url="https://lianxi.example")) is ours
    assert names_us(host, Settings(sign_in=SignInMode.REQUIRED)), "who signs in may call it what they like"


def test_the_system_resolves_localhost_to_loopback() -> None:
    assert loopback_address("localhost") in {"127.0.0.1", "::1"}
    assert addresses_of("no-such-host.invalid") == []
    assert addresses_of("." * 300) == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("127.0.0.1", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("my-machine:8000", 200),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:80", 421),
        ("192.0.2.7:8000", 421),
        ("", 421),
    ],
)
async def test_a_foreign_name_for_this_machine_is_refused(host: str, status: int) -> None:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("secret")

    guard = Middleware(ThisMachineOnly, settings=Settings(host="my-machine"))
    app = Starlette(routes=[Route("/", page)], middleware=[guard])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = await client.get("/", headers={"host": host})
        assert answer.status_code == status
        assert ("secret" in answer.text) is (status == 200)
