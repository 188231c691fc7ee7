"""The door: what nobody foresaw."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from console.door import Door
from console.form import read_form
from console.turned import Turned
from tests.console.html import read
from wording.catalogue import Language


class SmallHost:
    """A server whose API says nothing but that nobody may do anything."""

    most_bytes = 100
    body_seconds = 0.01
    reception = None
    secure = False

    def language(self, scope: Scope) -> Language:
        return Language.EN

    def wait(self, scope: Scope) -> int:
        return 0

    def request_id(self, scope: Scope) -> str:
        return "0123abcd"

    async def execute(
        self, scope: Scope, document: str, variables: Mapping[str, Any], language: Language
    ) -> Mapping[str, Any]:
        return {"data": {"viewer": {"may": [], "grants": []}}}


async def _broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("a secret of the inside")


async def _broken_midway(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("half of it")(scope, receive, send)
    raise ZeroDivisionError("a secret of the inside")


async def test_an_unforeseen_error_is_told_by_its_number() -> None:
    app = Starlette(routes=[Route("/", Door(_broken, SmallHost()))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        with capture_logs() as logs:
            answer = await client.get("/")
    assert answer.status_code == 500
    assert "0123abcd" in read(answer.text).one(id="main").text
    assert "secret" not in answer.text
    assert [(log["request_id"], str(log["exc_info"])) for log in logs] == [
        ("0123abcd", "a secret of the inside")
    ]


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    app = Starlette(routes=[Route("/", Door(_broken_midway, SmallHost()))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        with pytest.raises(ZeroDivisionError):
            await client.get("/")


async def test_a_form_that_never_arrives_is_given_up() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "method": "POST", "headers": headers, "query_string": b""}, never)
    with pytest.raises(Turned) as turned:
        await read_form(SmallHost(), request)
    assert turned.value.status == 408
