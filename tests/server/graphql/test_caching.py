"""What caches may keep of answers to GET, and the schema as a file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from graphql import parse

from schema.schema import schema
from server.app import create_app
from server.graphql.caching import REGISTERS, holds, is_public, tag
from server.settings import Settings
from tests.conftest import Content, SqliteFiles

DEPARTMENTS = "{departments{code name region{code}}}"
PUBLIC = [
    DEPARTMENTS,
    "{__typename}",
    "{__schema{types{name}}}",
    "{_service{sdl}}",
    "query($c:String!){region(code:$c){...R}} fragment R on Region{children{code departments{id}}}",
    "{jointConferences{name members{aliases functions{__typename}}} functions{code}}",
]
OWN = [
    "{viewer{account}}",
    "{disputes{totalCount}}",
    "{jointConferences{name sessions{id}}}",
    '{node(id:"x"){... on Department{code}}}',
    '{region(code:"990100"){policy{key}}}',
    "{_entities(representations:[]){__typename}}",
    "{departments{code}...F} fragment F on Query{routingPolicies{key}}",
    "query A{departments{code}} query B{viewer{account}}",
]


@pytest.fixture(scope="module")
def city(sqlite_files: SqliteFiles) -> Iterator[str]:
    """One city for tests that store nothing."""
    url = sqlite_files.filled(Content.CITY)
    yield url
    sqlite_files.drop(url)


@asynccontextmanager
async def serving(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application."""
    app = create_app(Settings(database_url=url, **settings), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client


def caching(answer: httpx.Response) -> tuple[str | None, ...]:
    """What an answer says to caches."""
    return tuple(answer.headers.get(name) for name in ("cache-control", "vary", "etag"))


@pytest.mark.parametrize(("query", "public"), [*((q, True) for q in PUBLIC), *((q, False) for q in OWN)])
def test_what_is_public(query: str, public: bool) -> None:
    assert is_public(schema._schema, parse(query)) is public


def test_the_registers_are_types_of_the_schema() -> None:
    assert set(schema._schema.type_map) > REGISTERS


@pytest.mark.parametrize(
    ("known", "has"),
    [
        (None, False),
        (b"", False),
        (b'W/"a"', True),
        (b'"a"', True),
        (b'"b", W/"a"', True),
        (b"*", True),
        (b'W/"ab"', False),
        (b"a", False),
        (b"\xff, ,", False),
    ],
)
def test_if_none_match(known: bytes | None, has: bool) -> None:
    assert holds(known, b'W/"a"') is has


async def test_a_public_answer_is_asked_for_once(city: str) -> None:
    async with serving(city) as client:
        first = await client.get("/graphql", params={"query": DEPARTMENTS})
        control, vary, found = caching(first)
        assert (control, vary) == ("public, max-age=60", "accept, accept-language, authorization")
        assert found == tag(first.content).decode()
        again = await client.get("/graphql", params={"query": DEPARTMENTS}, headers={"if-none-match": found})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", found)
        assert "content-length" not in again.headers
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        other = await client.get(
            "/graphql", params={"query": "{functions{code}}"}, headers={"if-none-match": found}
        )
        assert (other.status_code, other.headers["etag"] != found) == (200, True)


@pytest.mark.parametrize(
    "query", ["{viewer{account}}", "{disputes{totalCount}}", "{departments{nothing}}", "{departments{code}"]
)
async def test_what_is_anybodys_and_what_fails_is_kept_nowhere(city: str, query: str) -> None:
    async with serving(city) as client:
        answer = await client.get("/graphql", params={"query": query}, headers={"if-none-match": "*"})
        assert (answer.status_code, caching(answer)) == (200, ("no-store", "accept, accept-language", None))


async def test_only_get_is_cached(city: str) -> None:
    async with serving(city) as client:
        answer = await client.post("/graphql", json={"query": DEPARTMENTS}, headers={"if-none-match": "*"})
        assert (answer.status_code, caching(answer)[0]) == (200, "no-store")


async def test_the_schema_is_a_file(city: str) -> None:
    async with serving(city) as client:
        file = await client.get("/graphql/schema.graphql")
        assert file.headers["content-type"] == "text/plain; charset=utf-8"
        assert file.text == schema.as_str() + "\n"
        assert file.headers["cache-control"] == "public, max-age=300"
        known = {"if-none-match": file.headers["etag"]}
        again = await client.get("/graphql/schema.graphql", headers=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", file.headers["etag"])
        head = await client.head("/graphql/schema.graphql")
        assert (head.status_code, head.content) == (200, b"")
        assert (await client.post("/graphql/schema.graphql")).status_code == 405


async def test_the_schema_is_hidden_where_introspection_is_off(city: str) -> None:
    async with serving(city, graphql_introspection=False) as client:
        file = await client.get("/graphql/schema.graphql", headers={"accept-language": "en"})
        (error,) = json.loads(file.content)["errors"]
        assert (file.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
        assert "schema" in error["message"]
