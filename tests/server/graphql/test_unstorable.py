"""Characters that PostgreSQL cannot store, in every text of every operation: told, never a fault."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from schema.schema import schema
from server.app import create_app
from server.settings import Settings

SAMPLES = {
    "Int": "1",
    "Float": "1.5",
    "Boolean": "true",
    "DateTime": '"2026-03-15T01:30:00Z"',
    "Date": '"2026-03-15"',
    "_Any": '{__typename: "Dispute", number: "\\u0000"}',
}
DEEPEST = 4
LEFT_OUT = frozenset({"exportPolicy", "importPolicyDraft", "startPolicySimulation"})
"""They start processes, which take seconds."""


def value(given: GraphQLInputType, text: str, depth: int = 0) -> str:
    """A value of an input type, with `text` for every text in it."""
    type_: Any = get_nullable_type(given)
    if is_list_type(type_):
        return f"[{value(type_.of_type, text, depth)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        inside = (
            f"{name}: {value(each.type, text, depth + 1)}"
            for name, each in type_.fields.items()
            if depth < DEEPEST
        )
        return f"{{{' '.join(inside)}}}"
    return SAMPLES.get(str(type_.name), text)


def operation(kind: str, name: str, field: GraphQLField, text: str) -> str:
    """A field with all of its arguments."""
    given = " ".join(f"{each}: {value(argument.type, text)}" for each, argument in field.args.items())
    inside = "" if is_leaf_type(get_nullable_type(field.type)) else "{__typename}"
    return f"{kind}{{{name}{f'({given})' if given else ''}{inside}}}"


def operations(text: str) -> list[str]:
    """All fields of the roots that take something."""
    roots: tuple[tuple[str, Any], ...] = (
        ("query", schema._schema.query_type),
        ("mutation", schema._schema.mutation_type),
    )
    return [
        operation(kind, name, field, text)
        for kind, root in roots
        for name, field in root.fields.items()
        if field.args and name not in LEFT_OUT
    ]


@pytest.mark.parametrize("text", ['"\\u0000"', '"demo-administrator\\u0000"', '"\\uFFFE\\u202E"'])
async def test_nothing_that_is_written_is_a_fault(city_url: str, text: str) -> None:
    app = create_app(Settings(database_url=city_url), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for query in operations(text):
                answer = (await client.post("/graphql", json={"query": query})).json()
                codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
                assert "INTERNAL" not in codes, query
                assert "QUERY_TOO_COMPLEX" not in codes, query
