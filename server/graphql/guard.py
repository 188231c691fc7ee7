"""The guard before GraphQL: only a well-formed request passes; every other one is refused with a reason.

It takes what GraphQL over HTTP allows (POST with a JSON object, GET with a query string), measures it before
it is parsed, and makes a typed request of it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from server.faults import Refusal
from server.settings import Settings

BY_HASH: Final = "sha256:"
"""Before the SHA-256 of a document's text, as an id that every trusted document has beside its own."""
MEMBERS = ("query", "variables", "operationName", "extensions")
POSITION = re.compile(r"line (\d+) column (\d+)")
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class GraphQLRequest(NamedTuple):
    """One operation asked for over HTTP. `reads_only` when it came by GET, which may change nothing."""

    query: str
    variables: Mapping[str, Any] = NOTHING
    operation_name: str | None = None
    reads_only: bool = False
    document_id: str | None = None
    """Names a trusted document; `query` is empty then."""
    from_inside: bool = False
    """Whether this process itself asks, for its pages."""
    hash: str | None = None
    """The SHA-256 of `query`, under which the client wants to name it from now on."""
    tells_cost: bool = False
    """Whether the answer is to tell what the operation cost."""


def content_fault(content_type: str | None, encoding: str | None = None) -> str | None:
    """Why a body is not plain JSON in UTF-8 by its headers, as the key of a message; None when it is.

    A web page of another site can send forms and plain text here without asking; JSON it cannot.
    """
    media_type, _, parameters = (content_type or "").partition(";")
    if media_type.strip().lower() != "application/json":
        return "request.content_type"
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8"}:
            return "request.charset"
    if encoding is not None and encoding.strip().lower() != "identity":
        return "request.encoding"
    return None


async def read_body(receive: Receive, most: int, seconds: float) -> bytes:
    """A body of at most `most` bytes. Raises Refusal for one that is larger or takes longer than `seconds`,
    and ClientDisconnect."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while _more(body, await receive(), most):
                pass
    except TimeoutError:
        raise Refusal(408, "request.slow", {"seconds": seconds}, headers={"connection": "close"}) from None
    return bytes(body)


def too_large(most: int) -> Refusal:
    """The refusal of a body of more than `most` bytes; the rest of it is not waited for."""
    return Refusal(413, "request.too_large", {"most": most}, headers={"connection": "close"})


def _more(body: bytearray, message: Message, most: int) -> bool:
    """Take in what was received; whether more is to come."""
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    body += message.get("body", b"")
    if len(body) > most:
        raise too_large(most)
    more: bool = message.get("more_body", False)
    return more


def from_body(body: bytes, settings: Settings) -> GraphQLRequest:
    """The request in a POST body. Raises Refusal."""
    asked = _parsed(body, "request.not_json", settings.max_body_depth)
    if _may_repeat(body):
        _check_repeated(body)
    if isinstance(asked, list):
        raise _bad("request.batch")
    if not isinstance(asked, dict):
        raise _bad("request.not_object")
    return _request(asked, reads_only=False)


def from_message(asked: dict[str, Any], settings: Settings) -> GraphQLRequest:
    """The request in a message that was JSON. Raises Refusal."""
    if nesting(asked) > settings.max_body_depth:
        raise _bad("request.too_deep", most=settings.max_body_depth)
    return _request(asked, reads_only=False)


def _may_repeat(body: bytes) -> bool:
    """Whether a member may be there twice, for all that can be told at a glance. Of two, the parser takes the
    last; whoever looks at requests on the way may take the first."""
    count = body.count
    return (
        count(b'"query"') > 1
        or count(b'"variables"') > 1
        or count(b'"operationName"') > 1
        or count(b'"extensions"') > 1
        or count(b'"documentId"') > 1
        or b"\\u00" in body
    )


def _check_repeated(body: bytes) -> None:
    outermost: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        # The outermost object is read to its end last.
        outermost[:] = [name for name, _ in pairs]

    with suppress(RecursionError):
        json.loads(body, object_pairs_hook=note)
    for name in (*MEMBERS, "documentId"):
        if outermost.count(name) > 1:
            raise _bad("request.twice", name=name)


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
        _check_utf8(text)
        found = POSITION.search(str(error))
        line, column = found.groups() if found else ("1", "1")
        raise _bad(key, line=line, column=column) from None
    # What opens at most `most` objects and lists in all need not be searched for how deep they go.
    if text.count(b"{") + text.count(b"[") > most and nesting(value) > most:
        raise _bad("request.too_deep", most=most)
    return value


def _check_utf8(text: bytes) -> None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad("request.not_utf8", position=error.start) from None


def nesting(value: object) -> int:
    """How many objects and lists contain the innermost value; 0 for a bare one."""
    depth, level = 0, _containers([value])
    while level:
        depth += 1
        level = [inside for outer in level for inside in _containers(outer)]
    return depth


def _containers(value: Any) -> list[Any]:
    inside = value.values() if type(value) is dict else value
    return [one for one in inside if type(one) is dict or type(one) is list]


def _request(asked: dict[str, Any], *, reads_only: bool) -> GraphQLRequest:
    query, variables, name, extensions = map(asked.get, MEMBERS)
    document_id = hash = None
    tells_cost = False
    if "query" not in asked or "documentId" in asked:
        query, document_id = "", _document_id(asked)
    elif not isinstance(query, str):
        raise _bad("request.query_type")
    elif not query.strip():
        raise _bad("request.no_query")
    if variables is not None and not isinstance(variables, dict):
        raise _bad("request.variables_type")
    if name is not None and not isinstance(name, str):
        raise _bad("request.operation_name_type")
    if extensions is not None:
        if not isinstance(extensions, dict):
            raise _bad("request.extensions_type")
        tells_cost = extensions.get("cost") is True
        if document_id is None and "persistedQuery" in extensions:
            hash = _hash(query, extensions["persistedQuery"])
    return GraphQLRequest(
        query, variables or NOTHING, name or None, reads_only, document_id, hash=hash, tells_cost=tells_cost
    )


def _document_id(asked: dict[str, Any]) -> str:
    """The trusted document that a request without `query` names: by `documentId`, or as Apollo's clients do,
    by the hash of its text."""
    if "documentId" in asked:
        id = asked["documentId"]
        if not isinstance(id, str) or "query" in asked:
            raise _bad("request.document_id")
    else:
        extensions = asked.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        id = BY_HASH + found if isinstance(found, str) else ""
    if not id:
        raise _bad("request.no_query")
    return id


def _hash(query: str, persisted: object) -> str | None:
    """The hash that Apollo's clients send beside a text so that it can be named by it, checked."""
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if found is None:
        return None
    if found != sha256(query.encode()).hexdigest():
        raise _bad("request.persisted_hash")
    return str(found)


def _bad(key: str, **values: object) -> Refusal:
    return Refusal(400, key, values)
