"""GraphQL over HTTP: the 61 audits of graphql-http's server suite, by their codes, as a table of cases.

The suite itself runs against a hub with `make conformance`; every SHOULD and MAY of it is a must here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from server.faults import GRAPHQL_RESPONSE, JSON
from tests.server.tiny import tiny_client

TYPENAME = "{__typename}"
OF_TYPE = "query Type($name:String!){__type(name:$name){name}}"
AS_JSON = {"content-type": JSON}
MEDIA = (GRAPHQL_RESPONSE, JSON)
# Not executed: 200 under the older media type, 400 under the newer one.
FAILING: dict[tuple[str, ...], Any] = {
    ("572B", "865D", "556A", "D586"): {"query": "{"},
    ("FDE2", "51FE", "74FF", "5E5B"): {"query": "{8f31403dfe404bccbb0e835f2629c6a7}"},
    ("7B9B", "86EE"): {"query": "query Coerce($id:ID!){__typename}", "variables": {"id": None}},
}
NOT_TEXT: tuple[Any, ...] = ({"obj": "ect"}, 0, False, ["array"])
NOT_A_MAP: tuple[Any, ...] = ("string", 0, False, ["array"])


@dataclass(frozen=True, slots=True)
class Audit:
    """A request and what its answer must be: `data`, or else errors and no `data`."""

    code: str
    body: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: AS_JSON)
    query_string: str | None = None
    media: str = JSON
    data: bool = True


def posted(code: str, asked: Any, status: int = 200, accept: str | None = None) -> Audit:
    """A POST with a JSON object as its body, and its answer in the type that was asked for."""
    headers = AS_JSON if accept is None else {**AS_JSON, "accept": accept}
    return Audit(code, json.dumps(asked).encode(), status, headers, media=accept or JSON, data=status == 200)


def got(code: str, accept: str | None, status: int = 200, **asked: str) -> Audit:
    """A GET with a query string."""
    headers = {} if accept is None else {"accept": accept}
    return Audit(code, None, status, headers, urlencode(asked), accept or JSON, status == 200)


def audits() -> Iterator[Audit]:
    """All of them, in the suite's order."""
    hello = {"query": TYPENAME}
    yield posted("22EB", hello, accept=GRAPHQL_RESPONSE)
    yield posted("4655", hello, accept=JSON)
    yield Audit("47DE", json.dumps(hello).encode(), headers={**AS_JSON, "accept": "*/*"})
    yield posted("80D8", hello)
    yield posted("82A3", hello)
    # A name that no type can have is looked for, and not found.
    runners = json.dumps({"query": '{__type(name:"Run🏃Swim🏊"){name}}'}, ensure_ascii=False).encode()
    yield Audit("BF61", runners, headers={"content-type": "application/json; charset=utf-8"})
    yield posted("78D5", hello)
    yield posted("2C94", hello)
    yield got("5A70", None, query=TYPENAME)
    yield got("9C48", GRAPHQL_RESPONSE, 405, query="mutation{__typename}")
    plain = {"content-type": "text/plain;charset=UTF-8"}
    yield Audit("9ABE", json.dumps(hello).encode(), 415, plain, data=False)
    yield posted("03D4", hello)
    yield Audit("A5BF", b"", 400, data=False)
    newer = {**AS_JSON, "accept": GRAPHQL_RESPONSE}
    # What is no request of GraphQL is answered in plain JSON.
    yield Audit("423L", json.dumps({"notquery": TYPENAME}).encode(), 400, newer, data=False)
    for at, wrong in enumerate(NOT_TEXT):
        yield posted(f"LKJ{at}", {"query": wrong}, 400)
    yield from in_both(("34A2", "13EE"), hello)
    for at, wrong in enumerate(NOT_TEXT):
        yield posted(f"6C0{at}", {**hello, "operationName": wrong}, 400)
    yield from in_both(("8161", "B8B3"), {"query": "query Query{__typename}", "operationName": "Query"})
    for at, name in enumerate(("variables", "operationName", "extensions")):
        yield from in_both((f"94B{at}", f"022{at}"), {**hello, name: None})
    for at, wrong in enumerate(NOT_A_MAP):
        yield posted(f"476{at}", {**hello, "variables": wrong}, 400)
    yield from in_both(("2EA1", "28B9"), {"query": OF_TYPE, "variables": {"name": "sometype"}})
    for code, accept in zip(("D6D5", "6A70"), MEDIA, strict=True):
        yield got(code, accept, query=OF_TYPE, variables='{"name":"sometype"}')
    for at, wrong in enumerate(NOT_A_MAP):
        yield posted(f"58B{at}", {**hello, "extensions": wrong}, 400)
    yield from in_both(("428F", "1B7A"), {**hello, "extensions": {"some": "value"}})
    for code, headers in (("B6DC", AS_JSON), ("BCF8", {**AS_JSON, "accept": JSON}), ("B7N8", newer)):
        yield Audit(code, b'{ "not a JSON', 400, headers, data=False)
    for code in ("8764", "3E3A"):
        yield posted(code, {"qeury": TYPENAME}, 400)
    for (older, *codes), asked in FAILING.items():
        yield Audit(older, json.dumps(asked).encode(), headers={**AS_JSON, "accept": JSON}, data=False)
        for code in codes:
            yield posted(code, asked, 400, GRAPHQL_RESPONSE)


def in_both(codes: tuple[str, str], asked: Any) -> Iterator[Audit]:
    """The same in both media types."""
    for code, accept in zip(codes, MEDIA, strict=True):
        yield posted(code, asked, accept=accept)


AUDITS = list(audits())


def test_they_are_all_there() -> None:
    assert len({audit.code for audit in AUDITS}) == len(AUDITS) == 61


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.code)
async def test_audit(audit: Audit) -> None:
    async with tiny_client() as client:
        del client.headers["accept"]
        if audit.query_string is not None:
            answer = await client.get(f"/graphql?{audit.query_string}", headers=audit.headers)
        else:
            answer = await client.post("/graphql", content=audit.body, headers=audit.headers)
    body = json.loads(answer.content.decode("utf-8"))
    assert answer.status_code == audit.status
    assert answer.headers["content-type"] == f"{audit.media}; charset=utf-8"
    assert ("data" in body, "errors" in body) == (audit.data, not audit.data)
