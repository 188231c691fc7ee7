"""Requests that nobody would write: documents that the schema allows, valid ones that were spoilt, and noise.

All come from a seed. Documents are made by hypothesis-graphql; half of the rest is of the right shape
(`bench.shapes`), the other half made by hand from the operations of the guide and from what was made before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from graphql import GraphQLSchema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as gql

from bench.bad_requests import got, posted, raw
from bench.shapes import ODD_TEXT, ODD_VALUES, Shapes

GUIDE: Final = Path(__file__).parents[1] / "docs" / "api.md"
LEFT_OUT: Final = re.compile(r"ebhook")
"""What would have the server call somebody as the guide shows it."""
SHAPED_SHARE: Final = 0.5
INTACT_SHARE: Final = 0.85
"""Of the requests of the right shape; the others are spoilt like the rest."""
TOKEN: Final = re.compile(r'"""|"(?:\\.|[^"\\])*"|\.\.\.|[\w$@]+|\s+|.', re.DOTALL)
MOMENTS = st.sampled_from(
    ["2026-03-15T01:30:00Z", "2026-01-01T00:00:00+08:00", "0001-01-01T00:00:00+14:00", "yesterday", ""]
).map(nodes.String)
DAYS = st.sampled_from(["2026-03-15", "9999-12-31", "2026-02-30", ""]).map(nodes.String)
ODD_JSON: Final = (b"NaN", b"1e999", b'"\\ud800"', b"\xff", b"-", b"01", b'{"a":1,"a":2}', b"[" * 300)
HEADERS: Final = (
    {"content_type": "text/plain"},
    {"content_type": "application/json; charset=utf-16"},
    {"content_type": ""},
    {"content_encoding": "br"},
    {"accept": "image/*"},
    {"accept": "application/json;q=2, */*;q=-1"},
    {"accept_language": "zz;q=x, en"},
    {"accept_language": "," * 300},
    {"lianxi_account": "a b"},
    {"lianxi_account": "clerk-a"},
    {"host": "127.0.0.1:99999"},
    {"authorization": "Bearer " + "a." * 500},
    {"x_forwarded_for": "::1, 1, , ,"},
    {"cookie": "=;;=;lianxi_session=%"},
    {"if_none_match": 'W/"' + "*" * 99},
)


def documents(schema: GraphQLSchema, count: int, number: int) -> list[str]:
    """Documents that the schema allows, a third of them mutations."""
    scalars = {"DateTime": MOMENTS, "Date": DAYS, "_Any": st.just(nodes.String("x"))}
    made: list[str] = []
    kinds = (
        (gql.queries(schema, custom_scalars=scalars), count - count // 3),
        (gql.mutations(schema, custom_scalars=scalars), count // 3),
    )
    for strategy, wanted in kinds:
        made += _examples(strategy, wanted, number)
    return made


def _examples(strategy: st.SearchStrategy[Any], count: int, number: int) -> list[str]:
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(document: str) -> None:
        found.append(document)

    collect()
    return found


def operations() -> list[str]:
    """The operations that the guide shows, but for those that are left out."""
    blocks = re.findall(r"```graphql\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [each for each in blocks if each.startswith(("query", "mutation")) and not LEFT_OUT.search(each)]


def requests(made: Sequence[str], count: int, number: int, shapes: Shapes) -> Iterator[bytes]:
    """Requests of HTTP, one by one: each document of `made` as it is, then those of the right shape and all
    of them spoilt."""
    random = Random(number)
    shown = operations()
    bodies: list[dict[str, Any]] = [{"query": text, "variables": _variables(text, random)} for text in shown]
    bodies += [{"query": text} for text in made]
    for body in bodies[:count]:
        yield _sent(body)
    sent = min(count, len(bodies))
    ways = (_body_spoilt, _tokens_spoilt, _values_spoilt, _bytes_spoilt, _by_get, _with_headers, _noise)
    for at in range(count - sent):
        if random.random() < SHAPED_SHARE:
            body = shapes.request()
            if random.random() < INTACT_SHARE:
                yield _sent(body)
                continue
        elif at % 3 == 0:
            text = random.choice(shown)
            body = {"query": text, "variables": _variables(text, random)}
        else:
            body = dict(random.choice(bodies))
        yield random.choice(ways)(body, random)


def _sent(body: dict[str, Any]) -> bytes:
    return posted(json.dumps(body, ensure_ascii=False).encode(errors="replace"))


def _variables(text: str, random: Random) -> dict[str, Any]:
    names = re.findall(r"\$(\w+)\s*:", text)
    return {name: _odd(random) for name in names if random.random() < 0.9}


def _odd(random: Random) -> Any:
    kind = random.random()
    if kind < 0.4:
        return random.choice(ODD_TEXT)
    if kind < 0.7:
        return random.choice(ODD_VALUES)
    if kind < 0.85:
        names = (
            "id",
            "regionCode",
            "description",
            "channel",
            "text",
            "clientMutationId",
            "policyKey",
            "rows",
        )
        return {name: _odd(random) for name in random.sample(names, 3)}
    return [_odd(random) for _ in range(random.choice((0, 1, 2, 5)))]


def _body_spoilt(body: dict[str, Any], random: Random) -> bytes:
    """Members of a wrong type, missing, too many."""
    name = random.choice(("query", "variables", "operationName", "extensions", "documentId", "id", ""))
    if random.random() < 0.2:
        body.pop(name, None)
    elif name == "extensions":
        hash_ = random.choice((random.randbytes(32).hex(), None, 7, "x"))
        body[name] = {"persistedQuery": {"version": 1, "sha256Hash": hash_}, "cost": True}
    else:
        body[name] = _odd(random)
    return _sent(body)


def _tokens_spoilt(body: dict[str, Any], random: Random) -> bytes:
    """A document with tokens left out, doubled, swapped, from elsewhere."""
    tokens = TOKEN.findall(body["query"])
    for _ in range(random.choice((1, 1, 2, 5))):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        match random.randrange(6):
            case 0:
                tokens[at] = ""
            case 1:
                tokens[at] *= random.choice((2, 3, 40))
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at] = random.choice(
                    ("{", "}", "(", ")", "...", "$a", "@skip", "null", "-0", "1e9", "#")
                )
            case 4:
                tokens[at] = json.dumps(random.choice(ODD_TEXT)[:200])
            case _:
                tokens[at] = tokens[at].swapcase()
    return _sent({**body, "query": "".join(tokens)})


def _values_spoilt(body: dict[str, Any], random: Random) -> bytes:
    """Values in the text that are of another kind or beyond every bound."""
    text = re.sub(
        r'"(?:\\.|[^"\\])*"|(?<![\w$])-?\d+(?:\.\d+)?\b',
        lambda found: (
            json.dumps(_odd_scalar(random), ensure_ascii=False) if random.random() < 0.5 else found[0]
        ),
        body["query"],
    )
    return _sent({**body, "query": text, "variables": _variables(text, random)})


def _odd_scalar(random: Random) -> Any:
    return random.choice((*ODD_TEXT[:12], None, True, -1, 2**31 - 1, 2**31, 10**30, 0.1))


def _bytes_spoilt(body: dict[str, Any], random: Random) -> bytes:
    """A body in which bytes were changed on the way."""
    spoilt = bytearray(json.dumps(body).encode())
    for _ in range(random.choice((1, 1, 3, 30))):
        at = random.randrange(len(spoilt))
        match random.randrange(4):
            case 0:
                spoilt[at] = random.randrange(256)
            case 1:
                del spoilt[at : at + random.choice((1, 10, 10_000))]
                spoilt = spoilt or bytearray(b"{")
            case 2:
                spoilt[at:at] = spoilt[at : at + random.choice((1, 10, 100))]
            case _:
                spoilt[at:at] = random.choice(ODD_JSON)
    return posted(bytes(spoilt))


def _by_get(body: dict[str, Any], random: Random) -> bytes:
    """The same by GET."""
    told = {"query": body["query"][:8_000], "variables": json.dumps(body.get("variables", {}))[:4_000]}
    if random.random() < 0.5:
        told[random.choice(("extensions", "documentId", "operationName", "variables"))] = str(_odd(random))[
            :500
        ]
    request = got(**{name: value.encode(errors="replace").decode() for name, value in told.items()})
    if random.random() < 0.3:
        cut = random.randrange(15, len(request) - 100) if len(request) > 120 else 14
        request = request[:cut] + bytes([random.choice(b"%&=+;x")]) + request[cut:]
    return request


def _with_headers(body: dict[str, Any], random: Random) -> bytes:
    """With headers that mean something else, or nothing."""
    sent = json.dumps(body).encode()
    method = random.choice(("POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
    path = random.choice(("/graphql", "/graphql", "/graphql/", "/graphql?query={a}", "/nowhere", "/%00"))
    return raw(method, path, sent, **random.choice(HEADERS))


def _noise(_: dict[str, Any], random: Random) -> bytes:
    """Bytes without any sense."""
    return posted(random.randbytes(random.choice((0, 1, 7, 100, 3_000))))
