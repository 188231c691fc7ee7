"""What the guard lets pass, and how it refuses everything else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from server.faults import Refusal
from server.graphql.guard import GraphQLRequest, from_body, from_query_string, nesting, read_body
from server.metrics import Metrics
from server.settings import Settings
from tests.server.tiny import tiny_app, tiny_client

SETTINGS = Settings(max_body_bytes=4096, max_body_depth=8)
QUERY = '{"query":"{hello}"'


def _scope() -> Scope:
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    return {"type": "http", "method": "POST", "path": "/graphql", "headers": headers}


BAD_BODIES = {
    "empty": (b"", 400, "request.not_json"),
    "null": (b"null", 400, "request.not_object"),
    "number": (b"1", 400, "request.not_object"),
    "string": (b'"{hello}"', 400, "request.not_object"),
    "batch": (b'[{"query":"{hello}"}]', 400, "request.batch"),
    "no query": (b"{}", 400, "request.no_query"),
    "blank query": (b'{"query":" \\n"}', 400, "request.no_query"),
    "query is null": (b'{"query":null}', 400, "request.query_type"),
    "query is a number": (b'{"query":1}', 400, "request.query_type"),
    "variables are a list": (QUERY.encode() + b',"variables":[]}', 400, "request.variables_type"),
    "variables are text": (QUERY.encode() + b',"variables":"{}"}', 400, "request.variables_type"),
    "operation name is a number": (
        QUERY.encode() + b',"operationName":5}',
        400,
        "request.operation_name_type",
    ),
    "extensions are text": (QUERY.encode() + b',"extensions":"x"}', 400, "request.extensions_type"),
    "cut off": (b'{"query":"{hello}', 400, "request.not_json"),
    "two values": (b'{"query":"{hello}"}{}', 400, "request.not_json"),
    "NaN": (QUERY.encode() + b',"variables":{"a":NaN}}', 400, "request.not_json"),
    "Infinity": (QUERY.encode() + b',"variables":{"a":-Infinity}}', 400, "request.not_json"),
    "beyond all floats": (QUERY.encode() + b',"variables":{"a":1e999}}', 400, "request.not_json"),
    "two queries": (b'{"query":"{hello}","query":"{thing{id}}"}', 400, "request.twice"),
    "two variables, one in disguise": (
        QUERY.encode() + b',"variables":{},"v\\u0061riables":{"a":1}}',
        400,
        "request.twice",
    ),
    "lone surrogate": (b'{"query":"\\ud800"}', 400, "request.not_json"),
    "not UTF-8": (b"\xff\xfe{}", 400, "request.not_utf8"),
    "UTF-8 surrogate": (b'{"query":"\xed\xa0\x80"}', 400, "request.not_utf8"),
    "UTF-16": ('{"query":"{hello}"}'.encode("utf-16"), 400, "request.not_utf8"),
    "byte order mark": (b"\xef\xbb\xbf" + QUERY.encode() + b"}", 400, "request.not_json"),
    "deep lists": (b"[" * 2000, 400, "request.not_json"),
    "deep objects": (b'{"a":' * 9 + b"1" + b"}" * 9, 400, "request.too_deep"),
}


@pytest.mark.parametrize(("body", "status", "key"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_refused_with_its_reason(body: bytes, status: int, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_body(body, SETTINGS)
    assert (refused.value.status, refused.value.problem.key) == (status, key)


def test_a_good_body_becomes_a_request() -> None:
    body = {"query": "{hello}", "variables": {"a": [1]}, "operationName": "", "extensions": None, "more": 1}
    assert from_body(json.dumps(body).encode(), SETTINGS) == GraphQLRequest("{hello}", {"a": [1]})


@pytest.mark.parametrize(
    "variables",
    [{"query": "query", "a": {"query": [{"query": 1}]}}, {"a": "\x01", "variables": {}}, {"a": [[]] * 900}],
)
def test_what_variables_hold_is_not_taken_for_a_member(variables: dict[str, Any]) -> None:
    body = json.dumps({"query": "{hello}", "variables": variables}).encode()
    settings = Settings(max_body_depth=64)
    assert from_body(body, settings) == GraphQLRequest("{hello}", variables)


BAD_URLS = {
    "no query": (b"", 400, "request.no_query"),
    "empty query": (b"query=", 400, "request.no_query"),
    "twice": (b"query={a}&query={b}", 400, "request.twice"),
    "not UTF-8": (b"query=%ff", 400, "request.bad_url"),
    "bytes beyond ASCII": ("query=中".encode(), 400, "request.bad_url"),
    "variables are no JSON": (b"query={a}&variables=x", 400, "request.variables_not_json"),
    "variables are a list": (b"query={a}&variables=[]", 400, "request.variables_type"),
    "variables are too deep": (
        b"query={a}&variables=" + b'{"a":' * 9 + b"1" + b"}" * 9,
        400,
        "request.too_deep",
    ),
    "extensions are no JSON": (b"query={a}&extensions={", 400, "request.extensions_not_json"),
    "long": (b"query=" + b"x" * 5000, 414, "request.url_too_long"),
}


@pytest.mark.parametrize(("query_string", "status", "key"), BAD_URLS.values(), ids=BAD_URLS)
def test_a_bad_query_string_is_refused_with_its_reason(query_string: bytes, status: int, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_query_string(query_string, SETTINGS)
    assert (refused.value.status, refused.value.problem.key) == (status, key)


def test_a_good_query_string_becomes_a_request_that_only_reads() -> None:
    text = urlencode({"query": "{hello}", "variables": '{"a":1}', "operationName": "", "extensions": ""})
    assert from_query_string(text.encode(), SETTINGS) == GraphQLRequest("{hello}", {"a": 1}, reads_only=True)


CONTENT = {
    "none": ({}, 415),
    "text": ({"content-type": "text/plain"}, 415),
    "form": ({"content-type": "application/x-www-form-urlencoded"}, 415),
    "multipart": ({"content-type": "multipart/form-data; boundary=x"}, 415),
    "other JSON": ({"content-type": "application/json-patch+json"}, 415),
    "other charset": ({"content-type": "application/json; charset=gbk"}, 415),
    "compressed": ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
    "JSON": ({"content-type": "application/json"}, 200),
    "JSON, said at length": ({"content-type": 'Application/JSON ; charset="UTF-8"'}, 200),
}


@pytest.mark.parametrize(("headers", "status"), CONTENT.values(), ids=CONTENT)
async def test_only_plain_json_is_read(headers: dict[str, str], status: int) -> None:
    async with tiny_client() as client:
        request = httpx.Request(
            "POST", "http://127.0.0.1/graphql", content=b'{"query":"{hello}"}', headers=headers
        )
        assert (await client.send(request)).status_code == status


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
async def test_other_methods_are_refused_with_those_allowed(method: str) -> None:
    async with tiny_client() as client:
        answer = await client.request(method, "/graphql")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("accept_language", "message"),
    [
        ("", "请求体须为 JSON 对象"),
        ("en-GB,en;q=0.9", "The body has to be a JSON object"),
        ("zh-CN", "请求体须为"),
    ],
)
async def test_a_refusal_is_a_graphql_answer_in_the_language_of_the_caller(
    accept_language: str, message: str
) -> None:
    async with tiny_client() as client:
        headers = {"content-type": "application/json", "accept-language": accept_language}
        answer = await client.post("/graphql", content=b"1", headers=headers)
        (error,) = answer.json()["errors"]
        assert error["message"].startswith(message)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert "data" not in answer.json()


@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_refused_however_it_comes(announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    async with tiny_client(max_body_bytes=4096) as client:
        content = b" " * 100_000 if announced else chunks()
        headers = {"content-type": "application/json"}
        answer = await client.post("/graphql", content=content, headers=headers)
        assert answer.status_code == 413
        assert "4096" in answer.json()["errors"][0]["message"]


async def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")

    async def send(message: Message) -> None:
        sent.append(message)

    app = tiny_app(Settings(body_seconds=1))
    await app(_scope(), never, send)
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(
    "parts", [[b"ab"], [b"", b"ab"], [b"a", b"", b"b"], [b"a", b"b", b""]], ids=lambda parts: str(len(parts))
)
async def test_a_body_is_whole_in_however_many_parts_it_comes(parts: list[bytes], waits: bool) -> None:
    left = list(parts)

    async def receive() -> Message:
        if waits:
            await asyncio.sleep(0)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    assert await read_body(receive, 2, 60) == b"ab"
    assert left == []
    left = list(parts)
    with pytest.raises(Refusal):
        await read_body(receive, 1, 60)


async def test_a_client_that_goes_in_the_middle_of_its_body_is_gone() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    with pytest.raises(ClientDisconnect):
        await read_body(receive, 10, 60)


async def test_a_client_that_is_gone_gets_no_answer() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def fail(*_: object) -> None:
        raise AssertionError("nobody is there to be answered")

    metrics = Metrics()
    await tiny_app(SETTINGS, metrics)(_scope(), gone, fail)
    assert 'path="/graphql",status="0"} 1.0' in metrics.text().decode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


def _nesting_by_hand(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_nesting_by_hand, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_nesting_by_hand, value), default=0)
    return 0


@given(json_values, st.integers(min_value=1, max_value=6))
def test_depth_is_refused_exactly_beyond_the_limit(value: object, most: int) -> None:
    body = json.dumps({"query": "{{{{{{{{hello}}}}}}}}", "variables": {"v": value}}).encode()
    settings = Settings.model_construct(max_body_depth=most)
    refused = False
    try:
        from_body(body, settings)
    except Refusal as refusal:
        refused = refusal.problem.key == "request.too_deep"
    assert refused is (_nesting_by_hand(value) + 2 > most)


@given(json_values)
def test_nesting_is_what_recursion_would_find(value: object) -> None:
    assert nesting(value) == _nesting_by_hand(value)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_request_or_refused(body: bytes) -> None:
    try:
        request = from_body(body, SETTINGS)
    except Refusal as refusal:
        status = refusal.status
    else:
        status = 200 if request.query.strip() else 500
    assert status in (200, 400)
