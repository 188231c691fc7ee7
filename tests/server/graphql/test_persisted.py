"""Documents that clients register by the hash of their text, as Apollo's automatic persisted queries do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.faults import GRAPHQL_RESPONSE
from server.graphql.document import Documents, Unacceptable
from server.settings import Settings
from tests.server.tiny import schema, tiny_client

TEXT = "query Hello($n:Int){hello(times:$n)}"
MISSING = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}


def hash_of(text: str) -> str:
    """The hash that a client computes."""
    return sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    """What Apollo's clients send instead of, or beside, a text."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(text)}}}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with tiny_client() as client:
        yield client


async def post(client: httpx.AsyncClient, **asked: Any) -> Any:
    """The answer to a POST."""
    return (await client.post("/graphql", json=asked)).json()


async def test_the_round_of_apollos_clients(client: httpx.AsyncClient) -> None:
    assert await post(client, **persisted(TEXT)) == {"errors": [MISSING]}
    first = await post(client, **persisted(TEXT), query=TEXT, variables={"n": 2})
    assert first == {"data": {"hello": "xx"}}
    assert await post(client, **persisted(TEXT), variables={"n": 3}) == {"data": {"hello": "xxx"}}


async def test_the_same_by_get(client: httpx.AsyncClient) -> None:
    asked = {"extensions": json.dumps(persisted(TEXT)["extensions"])}
    missing = await client.get("/graphql", params=asked)
    assert (missing.status_code, missing.json()) == (200, {"errors": [MISSING]})
    registered = await client.get("/graphql", params={**asked, "query": TEXT})
    assert registered.json() == {"data": {"hello": "x"}}
    assert (await client.get("/graphql", params={**asked, "variables": '{"n":2}'})).json() == {
        "data": {"hello": "xx"}
    }


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_clients_know_a_miss_by_its_words_in_every_language(
    client: httpx.AsyncClient, language: str
) -> None:
    headers = {"accept": GRAPHQL_RESPONSE, "accept-language": language}
    answer = await client.post("/graphql", json=persisted(TEXT), headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"errors": [MISSING]})


async def test_what_was_registered_has_the_id_of_a_trusted_document(client: httpx.AsyncClient) -> None:
    id = f"sha256:{hash_of(TEXT)}"
    assert await post(client, documentId=id) == {"errors": [MISSING]}
    await post(client, **persisted(TEXT), query=TEXT)
    assert await post(client, documentId=id) == {"data": {"hello": "x"}}


async def test_a_change_is_registered_and_still_not_by_get(client: httpx.AsyncClient) -> None:
    text = "mutation{change(to:1)}"
    extensions = json.dumps(persisted(text)["extensions"])
    refused = await client.get("/graphql", params={"query": text, "extensions": extensions})
    assert refused.status_code == 405
    assert await post(client, **persisted(text), query=text) == {"data": {"change": 1}}
    assert (await client.get("/graphql", params={"extensions": extensions})).status_code == 405
    assert await post(client, **persisted(text)) == {"data": {"change": 1}}


async def test_a_text_that_is_refused_is_not_registered(client: httpx.AsyncClient) -> None:
    assert "errors" in await post(client, **persisted("{helo}"), query="{helo}")
    assert await post(client, **persisted("{helo}")) == {"errors": [MISSING]}


async def test_where_only_trusted_documents_are_answered_nothing_is_registered(tmp_path: Path) -> None:
    manifest = tmp_path / "trusted.json"
    manifest.write_text(json.dumps({"hello": "{hello}"}))
    async with tiny_client(trusted_documents=str(manifest), trusted_only=True) as client:
        for asked in ({**persisted(TEXT), "query": TEXT}, persisted(TEXT)):
            (error,) = (await post(client, **asked))["errors"]
            assert error["extensions"]["code"] in {"FORBIDDEN", "BAD_USER_INPUT"}
        assert await post(client, **persisted("{hello}")) == {"data": {"hello": "x"}}


def test_a_text_is_read_once_whether_it_comes_or_is_named() -> None:
    documents = Documents(schema, Settings())
    read = documents.read(TEXT, hash_of(TEXT))
    assert documents.read_again(hash_of(TEXT)) is read
    assert documents.read(TEXT) is read


@given(st.lists(st.integers(0, 30), max_size=60))
def test_what_is_forgotten_is_asked_for_again_and_memory_is_bounded(order: list[int]) -> None:
    documents = Documents(schema, Settings(graphql_cache_characters=100))
    for number in order:
        text = f"{{a{number}:hello}}"
        documents.read(text, hash_of(text))
    kept = 0
    for number in range(31):
        with suppress(Unacceptable):
            documents.read_again(hash_of(f"{{a{number}:hello}}"))
            kept += 1
    assert kept * len("{a1:hello}") <= 100
    assert bool(kept) is bool(order)
    if order:
        text = f"{{a{order[-1]}:hello}}"
        assert documents.read(text) is documents.read(text, hash_of(text))
