"""Who is shown the counters and what the server found about itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.types import Scope

from schema.schema import schema
from server.app import create_app
from server.insiders import Insiders
from server.settings import Settings
from tests.conftest import Content, SqliteFiles

SIGNED_IN = {
    "sign_in": "required",
    "metrics_networks": "10.0.3.0/24, fd00:3::/32",
    "trusted_proxies": "10.0.0.5",
}
# The address, the headers, whether people sign in, whether they are shown more.
ASKED: dict[str, tuple[str, dict[str, str], bool, bool]] = {
    "nobody signs in": ("192.0.2.1", {}, False, True),
    "this machine": ("127.0.0.1", {}, True, True),
    "this machine by IPv6": ("::1", {}, True, True),
    "a network that is named": ("10.0.3.7", {}, True, True),
    "one of IPv6": ("fd00:3::7", {}, True, True),
    "elsewhere": ("192.0.2.1", {}, True, False),
    "nobody knows where": ("", {}, True, False),
    "elsewhere, and lies": ("192.0.2.1", {"x-forwarded-for": "127.0.0.1"}, True, False),
    "our proxy, from elsewhere": ("10.0.0.5", {"x-forwarded-for": "10.0.3.7, 192.0.2.1"}, True, False),
    "our proxy, from a network that is named": ("10.0.0.5", {"x-forwarded-for": "10.0.3.7"}, True, True),
    "our proxy, from who knows where": ("10.0.0.5", {"x-forwarded-for": "unknown"}, True, False),
    "a proxy here that is not listed": ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, True, False),
    "another kind of it": ("127.0.0.1", {"forwarded": "for=192.0.2.1"}, True, False),
}


def _scope(address: str, headers: dict[str, str]) -> Scope:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (address, 1) if address else None, "headers": sent}


@pytest.mark.parametrize(("address", "headers", "signs_in", "shown"), ASKED.values(), ids=ASKED)
def test_who_is_one(address: str, headers: dict[str, str], signs_in: bool, shown: bool) -> None:
    chosen: dict[str, Any] = SIGNED_IN if signs_in else {}
    assert Insiders(Settings(**chosen)).has(_scope(address, headers)) is shown


@pytest.fixture
def url(sqlite_files: SqliteFiles) -> str:
    return sqlite_files.filled(Content.CITY)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_to_others_there_is_nothing(url: str, language: str) -> None:
    settings = Settings(database_url=url, **SIGNED_IN)  # type: ignore[arg-type]
    app = create_app(settings, schema)
    told = {"accept-language": language}

    async def asked(address: str, method: str, path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=told
        ) as client:
            return await client.request(method, path)

    async with app.router.lifespan_context(app):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            nothing = await asked("192.0.2.1", method, "/nothing")
            for path in ("/metrics", "/metrics/"):
                hidden = await asked("192.0.2.1", method, path)
                assert (hidden.status_code, hidden.content) == (404, nothing.content), (method, path)
                assert hidden.headers.keys() == nothing.headers.keys()
        assert "lianxi_http_responses" in (await asked("10.0.3.7", "GET", "/metrics")).text
        ready = await asked("192.0.2.1", "GET", "/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
        assert "checks" in (await asked("10.0.3.7", "GET", "/readyz")).json()
        assert (await asked("192.0.2.1", "GET", "/healthz")).json() == {"status": "ok"}
