"""Whom the schema is described to: in a query, to a gateway, and as a file."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from casework.actor import NOBODY, Actor, Role
from schema.schema import schema
from server.app import create_app
from server.graphql.document import Documents
from server.graphql.rights import refusal
from server.settings import Settings, SignInMode

QUESTIONS = {
    "the schema": "{__schema{types{name}}}",
    "a type": '{__type(name:"Query"){name}}',
    "in a fragment": "{...F} fragment F on Query{... on Query{s:__schema{types{name}}}}",
    "for a gateway": "{_service{sdl}}",
}
DEVELOPERS = {Role.ADMINISTRATOR, Role.PARTNER_SYSTEM}


def read(text: str) -> Any:
    """The document, and its only operation."""
    document = Documents(schema, Settings()).read(text)
    return document, document.operations[0]


@pytest.mark.parametrize("text", QUESTIONS.values(), ids=QUESTIONS)
def test_the_schema_is_described_to_those_who_build_upon_it(text: str) -> None:
    document, operation = read(text)
    assert operation.roles == DEVELOPERS
    for role in Role:
        if role not in DEVELOPERS:
            actor = NOBODY if role is Role.PUBLIC else Actor.of("somebody", role)
            problem = refusal(schema._schema, document.node, operation.node, actor)
            assert problem.code == ("UNAUTHENTICATED" if role is Role.PUBLIC else "FORBIDDEN")
            assert problem.path is not None


def test_the_name_of_a_type_is_nobodys_secret() -> None:
    _, operation = read("{__typename departments{__typename}}")
    assert Role.PUBLIC in operation.roles


@pytest.mark.parametrize(("sign_in", "status"), [("none", 200), ("required", 401)])
async def test_the_file_is_for_the_same_people(sqlite_url: str, sign_in: str, status: int) -> None:
    app = create_app(Settings(database_url=sqlite_url, sign_in=SignInMode(sign_in)), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/graphql/schema.graphql")
            asked = await client.get("/graphql", params={"query": "{__schema{queryType{name}}}"})
    assert answer.status_code == status
    assert ("type Query" in answer.text) is (status == 200)
    assert ("data" in asked.json()) is (status == 200)
    assert asked.headers["cache-control"] == "no-store"
