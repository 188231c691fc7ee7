"""Documents that the operator trusts: asked for by id, read at the start, alone if so wished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.graphql.document import Documents
from server.graphql.trusted import BadManifest, trusted_documents
from server.settings import Settings
from tests.cli.running import run_process
from tests.server.tiny import schema, tiny_client
from wording.catalogue import Language

HELLO = "query Hello($n:Int){hello(times:$n)}"
CHANGE = "mutation{change(to:1)}"
HASH = hashlib.sha256(HELLO.encode()).hexdigest()


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "trusted.json"
    path.write_text(json.dumps({"hello": HELLO, "change": CHANGE}))
    return str(path)


@pytest.fixture
async def client(manifest: str) -> AsyncIterator[httpx.AsyncClient]:
    async with tiny_client(trusted_documents=manifest) as client:
        yield client


@pytest.fixture
async def strict(manifest: str) -> AsyncIterator[httpx.AsyncClient]:
    async with tiny_client(trusted_documents=manifest, trusted_only=True) as client:
        yield client


WAYS: dict[str, dict[str, Any]] = {
    "its id": {"documentId": "hello"},
    "its hash": {"documentId": f"sha256:{HASH}"},
    "as Apollo's clients ask": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
    "its text": {"query": HELLO},
    "its text and hash": {"query": HELLO, "extensions": {"persistedQuery": {"sha256Hash": HASH}}},
}


@pytest.mark.parametrize("asked", WAYS.values(), ids=WAYS)
async def test_a_trusted_document_is_answered_however_it_is_named(
    strict: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    answer = await strict.post("/graphql", json={**asked, "variables": {"n": 3}})
    assert answer.json() == {"data": {"hello": "xxx"}}


async def test_get_names_one_too_and_still_changes_nothing(client: httpx.AsyncClient) -> None:
    read = await client.get("/graphql", params={"documentId": "hello", "variables": '{"n":2}'})
    assert read.json() == {"data": {"hello": "xx"}}
    extensions = json.dumps({"persistedQuery": {"sha256Hash": HASH}})
    assert (await client.get("/graphql", params={"extensions": extensions})).json()["data"]
    assert (await client.get("/graphql", params={"documentId": "change"})).status_code == 405


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown id": ({"documentId": "helo"}, 200, "“helo”"),
    "endless id": ({"documentId": "x" * 10_000}, 200, "“" + "x" * 80 + "”"),
    "empty id": ({"documentId": ""}, 400, "query"),
    "id of a wrong type": ({"documentId": 7}, 400, "documentId"),
    "hash of a wrong type": ({"extensions": {"persistedQuery": {"sha256Hash": 7}}}, 400, "query"),
    "persistedQuery of a wrong type": ({"extensions": {"persistedQuery": []}}, 400, "query"),
    "id and text": ({"documentId": "hello", "query": HELLO}, 400, "documentId"),
    "text and the hash of another": (
        {"query": "{hello}", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
        400,
        "sha256Hash",
    ),
    "text and a hash of a wrong type": (
        {"query": HELLO, "extensions": {"persistedQuery": {"sha256Hash": [HASH]}}},
        400,
        "sha256Hash",
    ),
    "text and a hash in capitals": (
        {"query": HELLO, "extensions": {"persistedQuery": {"sha256Hash": HASH.upper()}}},
        400,
        "sha256Hash",
    ),
}


@pytest.mark.parametrize(("asked", "status", "told"), REFUSED.values(), ids=REFUSED)
async def test_what_names_no_document_is_refused(
    client: httpx.AsyncClient, asked: dict[str, Any], status: int, told: str
) -> None:
    answer = await client.post("/graphql", json=asked)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]) == (status, {"code": "BAD_USER_INPUT"})
    assert told in error["message"]


async def test_without_a_manifest_every_id_is_unknown() -> None:
    async with tiny_client() as client:
        answer = await client.post("/graphql", json={"documentId": "hello"})
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_other_documents_are_refused_only_where_none_but_trusted_ones_are_wanted(
    client: httpx.AsyncClient, strict: httpx.AsyncClient
) -> None:
    asked = {"query": "{__schema{queryType{name}}}"}
    assert "data" in (await client.post("/graphql", json=asked)).json()
    refused = (await strict.post("/graphql", json=asked)).json()
    assert refused["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert "data" not in refused


def test_trusted_documents_are_read_at_the_start_and_never_make_room(manifest: str) -> None:
    settings = Settings(trusted_documents=manifest, graphql_cache_characters=0)
    documents = Documents(schema, settings)
    trusted = trusted_documents(settings, documents)
    documents.read("{hello}")
    assert trusted.named("hello") is trusted.named(f"sha256:{HASH}")
    assert trusted.of_text(HELLO) is trusted.named("hello")
    assert [document.operations[0].label for document in trusted.all()] == ["hello", "change"]


BAD_MANIFESTS = {
    "no JSON": "{",
    "a list": "[]",
    "a number for a document": '{"a": 1}',
    "an empty id": '{"": "{hello}"}',
    "a document that does not fit": '{"good": "{hello}", "wrong": "{helo}"}',
    "a document beyond a limit": json.dumps({"wrong": "{" + "hello " * 2_000 + "}"}),
}


@pytest.mark.parametrize("content", BAD_MANIFESTS.values(), ids=BAD_MANIFESTS)
def test_a_bad_manifest_is_told_in_one_line_with_its_place(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    settings = Settings(trusted_documents=str(path))
    with pytest.raises(BadManifest) as bad:
        trusted_documents(settings, Documents(schema, settings))
    for language in Language:
        message = bad.value.message(language)
        assert str(path) in message
        assert "\n" not in message
        assert ("wrong" in content) is ("wrong" in message)


@pytest.mark.parametrize("path", ["/proc/no/such/file.json", "/"])
def test_a_manifest_that_cannot_be_read_stops_the_start(sqlite_url: str, path: str) -> None:
    variables = {"LIANXI_DATABASE_URL": sqlite_url, "LIANXI_TRUSTED_DOCUMENTS": path}
    ran = run_process("serve", "--port", "0", **variables)
    assert (ran.status, ran.out) == (2, "")
    assert path in ran.err
    assert "LIANXI_TRUSTED_DOCUMENTS" in ran.err
    assert "Traceback" not in ran.err
