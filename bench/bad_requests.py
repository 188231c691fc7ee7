"""Forty attacks as they come over the wire, each with the status and the code that refuse it. `bench.attacks`
sends them to a server that does not describe its schema; the suite sends them, too.

`bench.bad_documents` has more documents, which are tried without a network.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from bench.bad_documents import BAD, CASES, COMPLEX

FORBIDDEN = "FORBIDDEN"
NEWER: Final = "application/graphql-response+json"
CHANGE = 'mutation{resolveDispute(input:{id:"x",reply:"y"}){errors{code}}}'
READ = "{viewer{account}}"


@dataclass(frozen=True, slots=True)
class Attack:
    """Bytes for one connection, in the pieces that they are sent in, and what has to come of them. None of
    `hidden` may be in the answer."""

    pieces: tuple[bytes, ...]
    status: int
    code: str = BAD
    hidden: tuple[str, ...] = ()


def raw(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request of HTTP/1.1. The names of headers have underscores for hyphens; an empty value leaves one
    out."""
    told = {
        "host": "127.0.0.1",
        "accept": NEWER,
        "content-type": "application/json" if method == "POST" else "",
        "content-length": str(len(body)) if body else "",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def asked(query: str, **more: Any) -> bytes:
    """A request as clients send it."""
    return raw("POST", "/graphql", json.dumps({"query": query, **more}).encode())


def posted(body: bytes, **headers: str) -> bytes:
    """A POST of any bytes."""
    return raw("POST", "/graphql", body, **headers)


def got(**parameters: str) -> bytes:
    """A GET with a query string."""
    return raw("GET", "/graphql?" + urlencode(parameters))


def _document(name: str) -> Attack:
    case = CASES[name]
    return Attack((asked(case.query, variables=case.variables),), 400, case.code)


_FORM = b"query=" + quote(CHANGE).encode()
_PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
    b'{"query":"mutation($f:Upload!){importPolicyDraft(file:$f){errors{code}}}","variables":{"f":null}}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.f"]}\r\n--x--\r\n'
)
_CHUNKED = raw("POST", "/graphql", transfer_encoding="chunked", content_length="")
_HEAD = raw("GET", "/graphql")[:-2]
_TWO = "query A{viewer{account}} query B{departments{code}}"

DOCUMENTS = (
    "10,000 short aliases",
    "aliases through fragments",
    "nested too deeply",
    "a chain of 2,000 fragments",
    "fragments that double 30 times",
    "fragments in a circle, inline between",
    "100 fragments in one circle",
    "one field 990 times",
    "a list in lists",
    "a number of 60,000 digits",
    "400 representations under ten names",
    "5,000 representations",
    "10,000 ids",
    "a page of more than an Int",
    "a page of a million",
    "pages in pages",
    "a deep variable",
    "lists in lists in a variable",
)

ATTACKS: dict[str, Attack] = {
    **{name: _document(name) for name in DOCUMENTS},
    "30,000 directives": Attack((asked("{viewer" + "@a" * 30_000 + "{account}}"),), 400, COMPLEX),
    "an array of operations": Attack((posted(json.dumps([{"query": READ}] * 100).encode()),), 400),
    "the schema": Attack((asked("{__schema{types{fields{type{fields{name}}}}}}"),), 400),
    "a type": Attack((asked('{__type(name:"Query"){fields{name}}}'),), 400),
    "the schema by GET": Attack((got(query="{__schema{types{name}}}"),), 400),
    "the subgraph's schema ten times": Attack(
        (asked("{" + " ".join(f"a{at}:_service{{sdl}}" for at in range(10)) + "}"),), 400
    ),
    "fishing for names": Attack(
        (asked("{disptes{nodes{id}} departmnts{cod}}"),), 400, hidden=("disputes", "departments", "mean")
    ),
    "a change by GET": Attack((got(query=CHANGE),), 405),
    "a change by GET, with another method in a header": Attack(
        (raw("GET", "/graphql?" + urlencode({"query": CHANGE}), x_http_method_override="POST"),), 405
    ),
    "a form": Attack((posted(_FORM, content_type="application/x-www-form-urlencoded"),), 415),
    "plain text of another site": Attack(
        (
            posted(
                json.dumps({"query": CHANGE}).encode(),
                content_type="text/plain",
                origin="https://evil.example",
            ),
        ),
        415,
    ),
    "a form with files": Attack((posted(_PARTS, content_type="multipart/form-data; boundary=x"),), 415),
    "no type at all": Attack((posted(json.dumps({"query": CHANGE}).encode(), content_type=""),), 415),
    "leave for another site": Attack(
        (
            raw(
                "OPTIONS",
                "/graphql",
                origin="https://evil.example",
                access_control_request_method="POST",
            ),
        ),
        405,
        hidden=("access-control",),
    ),
    "a name that points here": Attack(
        (raw("POST", "/graphql", json.dumps({"query": READ}).encode(), host="evil.example"),), 421, FORBIDDEN
    ),
    "a bomb of gzip": Attack(
        (posted(gzip.compress(b'{"query":"' + b" " * 2**24 + b'"}'), content_encoding="gzip"),), 415
    ),
    "chunks without end": Attack((_CHUNKED, *[b"4000\r\n" + b" " * 0x4000 + b"\r\n"] * 17), 413),
    "a length of a terabyte": Attack((raw("POST", "/graphql", content_length=str(2**40)),), 413),
    "two ways to tell the length": Attack(
        (raw("POST", "/graphql", b"0\r\n\r\n", transfer_encoding="chunked", content_length="5"),), 400
    ),
    "headers without end": Attack((_HEAD, *[b"X-A: " + b"x" * 16_000 + b"\r\n"] * 17), 431),
    "an address of 300,000 characters": Attack((raw("GET", "/graphql?query=" + "x" * 300_000),), 400),
    "two queries of one name": Attack(
        (posted(b'{"query":"{viewer{account}}","query":"{__schema{types{name}}}"}'),), 400
    ),
    "two queries of one name by GET": Attack((raw("GET", "/graphql?query={a}&query={b}"),), 400),
    "objects 50,000 deep": Attack((posted(b'{"a":' * 50_000),), 400),
    "half of a surrogate": Attack((posted(b'{"query":"{viewer{account}} #\\ud800"}'),), 400),
    "letters that only look alike": Attack((asked("{viewеr{account}}"),), 400),
    "a character of no width": Attack((asked("{viewer\u200b{account}}"),), 400),
    "not a number": Attack((posted(b'{"query":"{viewer{account}}","variables":{"n":NaN}}'),), 400),
    "which of two operations": Attack((asked(_TWO),), 400),
    "an operation of nobody's": Attack((asked(_TWO, operationName="a"),), 400),
    "the hash of another text": Attack(
        (asked(READ, extensions={"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}),), 400
    ),
    "a trusted document that is not": Attack((asked(READ, documentId="../../etc/passwd"),), 400),
    "no HTTP": Attack((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",), 400),
}
"""By name."""
