"""The guard before GraphQL: only a well-formed request passes; every other one is refused with a reason.

It takes what GraphQL over HTTP allows (POST with a JSON object, GET with a query string), measures it before
it is parsed, and hands a typed request on.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from server.faults import Refusal
from server.language import spoken
from server.settings import Settings

REQUEST: Final = "lianxi.request"
"""Key of the ASGI scope that holds the GraphQLRequest."""
MEMBERS = ("query", "variables", "operationName", "extensions")
POSITION = re.compile(r"line (\d+) column (\d+)")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One operation asked for over HTTP. `reads_only` when it came by GET, which may change nothing."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    reads_only: bool = False


class Guard:
    """ASGI application around the GraphQL endpoint. Puts a GraphQLRequest into the scope, or refuses."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            scope[REQUEST] = await self._read(scope, headers, receive)
        except Refusal as refusal:
            language = spoken(headers.get("accept-language"), self.settings.language)
            await refusal.response(language)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self.app(scope, receive, send)

    async def _read(self, scope: Scope, headers: Headers, receive: Receive) -> GraphQLRequest:
        if scope["method"] == "GET":
            return from_query_string(scope["query_string"], self.settings)
        if scope["method"] != "POST":
            raise Refusal(405, "request.method", headers={"allow": "GET, POST"})
        check_content(headers)
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                body = await _body(headers, receive, self.settings.max_body_bytes)
        except TimeoutError:
            values = {"seconds": self.settings.body_seconds}
            raise Refusal(408, "request.slow", values, headers={"connection": "close"}) from None
        return from_body(body, self.settings)


def check_content(headers: Headers) -> None:
    """Refuse every body that is not plain JSON in UTF-8.

    A web page of another site can send forms and plain text here without asking; JSON it cannot.
    """
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise Refusal(415, "request.content_type")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8"}:
            raise Refusal(415, "request.charset")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refusal(415, "request.encoding")


async def _body(headers: Headers, receive: Receive, most: int) -> bytes:
    too_large = Refusal(413, "request.too_large", {"most": most}, headers={"connection": "close"})
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise too_large
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def from_body(body: bytes, settings: Settings) -> GraphQLRequest:
    """The request in a POST body. Raises Refusal."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad("request.not_utf8", position=error.start) from None
    asked = _parsed(body, "request.not_json", settings.max_body_depth)
    if isinstance(asked, list):
        raise _bad("request.batch")
    if not isinstance(asked, dict):
        raise _bad("request.not_object")
    return _request(asked, reads_only=False)


def from_query_string(query_string: bytes, settings: Settings) -> GraphQLRequest:
    """The request in a GET query string, where variables and extensions are JSON. Raises Refusal."""
    if len(query_string) > settings.max_body_bytes:
        raise Refusal(414, "request.url_too_long", {"most": settings.max_body_bytes})
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise _bad("request.bad_url") from None
    asked: dict[str, Any] = {}
    for name, value in pairs:
        if name in asked:
            raise _bad("request.twice", name=name[:80])
        asked[name] = value
    for name in ("variables", "extensions"):
        if asked.get(name):
            asked[name] = _parsed(asked[name].encode(), f"request.{name}_not_json", settings.max_body_depth)
        else:
            asked.pop(name, None)
    return _request(asked, reads_only=True)


def _parsed(text: bytes, key: str, most: int) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        found = POSITION.search(str(error))
        line, column = found.groups() if found else ("1", "1")
        raise _bad(key, line=line, column=column) from None
    if nesting(value) > most:
        raise _bad("request.too_deep", most=most)
    return value


def nesting(value: object) -> int:
    """How many objects and lists contain the innermost value; 0 for a bare one."""
    depth, level = 0, [value]
    while level := [inside for outer in level for inside in _contents(outer)]:
        depth += 1
    return depth


def _contents(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values()) or [None]
    if isinstance(value, list):
        return value or [None]
    return []


def _request(asked: dict[str, Any], *, reads_only: bool) -> GraphQLRequest:
    query, variables, name, extensions = (asked.get(member) for member in MEMBERS)
    if query is None and "query" not in asked:
        raise _bad("request.no_query")
    if not isinstance(query, str):
        raise _bad("request.query_type")
    if not query.strip():
        raise _bad("request.no_query")
    if not isinstance(variables, dict | None):
        raise _bad("request.variables_type")
    if not isinstance(name, str | None):
        raise _bad("request.operation_name_type")
    if not isinstance(extensions, dict | None):
        raise _bad("request.extensions_type")
    return GraphQLRequest(query, variables or {}, name or None, extensions or {}, reads_only)


def _bad(key: str, **values: object) -> Refusal:
    return Refusal(400, key, values)
