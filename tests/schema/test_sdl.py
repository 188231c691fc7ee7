"""The printed schema: committed, complete for gateways and code generators, described to the last word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)

import schema as room
from schema.schema import schema

SDL = Path(room.__file__).parent / "schema.graphql"
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
OF_THE_FEDERATION = ("__", "_Any", "_Entity", "_FieldSet", "link__")
FEDERATION = """
directive @link(url: String!, import: [String!]) on SCHEMA
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT
directive @shareable on OBJECT | FIELD_DEFINITION
"""


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that a partner can see, with its description."""
    for name, type_ in schema._schema.type_map.items():
        if name.startswith(OF_THE_FEDERATION):
            continue
        if name not in ("String", "Int", "Float", "Boolean", "ID"):
            yield name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", found.description) for value, found in type_.values.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", found.description) for field, found in type_.fields.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, found in type_.fields.items():
                if field == "_entities":
                    continue
                yield f"{name}.{field}", found.description
                for argument, given in found.args.items():
                    yield f"{name}.{field}({argument})", given.description


def test_everything_is_described_in_both_languages() -> None:
    told = dict(described())
    assert len(told) > 300
    assert [name for name, words in told.items() if not words or not LATIN.search(words)] == []
    assert [name for name, words in told.items() if not words or not HAN.search(words)] == []


def test_the_committed_sdl_is_that_of_the_schema() -> None:
    told = (
        "schema/schema.graphql is stale: write it anew with `lianxi schema export -o schema/schema.graphql`"
    )
    assert SDL.read_text(encoding="utf-8") == schema.as_str() + "\n", told


def test_the_sdl_can_be_built_from() -> None:
    built = build_schema(FEDERATION + schema.as_str())
    assert built.query_type is not None
    assert set(built.type_map) >= {"Dispute", "Department", "JointConference", "Region"}


async def test_the_service_tells_the_same() -> None:
    result = await schema.execute("{ _service { sdl } }")
    assert result.errors is None
    assert result.data == {"_service": {"sdl": schema.as_str()}}
    assert schema.sdl is schema.sdl


def test_the_federation_is_one_that_every_composer_accepts() -> None:
    sdl = schema.as_str()
    assert 'url: "https://specs.apollo.dev/federation/v2.9"' in sdl
    assert set(re.findall(r'"(@\w+)"', sdl.split("{")[0])) == {"@key", "@shareable"}


@pytest.mark.parametrize(
    ("type_", "keys"),
    [
        ("Dispute", ["id", "number"]),
        ("Department", ["code"]),
        ("Region", ["code"]),
        ("JointConference", ["id"]),
    ],
)
def test_entities_have_their_keys(type_: str, keys: list[str]) -> None:
    (head,) = re.findall(rf"^type {type_} .*", schema.as_str(), re.MULTILINE)
    assert re.findall(r'@key\(fields: "(\w+)"\)', head) == keys


def test_custom_scalars_say_where_they_are_specified() -> None:
    scalars = re.findall(r"^scalar (.*)", schema.as_str(), re.MULTILINE)
    assert [scalar.split()[0] for scalar in scalars] == ["Date", "DateTime", "_Any"]
    assert all("@specifiedBy" in scalar for scalar in scalars if not scalar.startswith("_"))


def test_the_fixed_names_are_there() -> None:
    query, dispute = schema._schema.type_map["Query"], schema._schema.type_map["Dispute"]
    assert isinstance(query, GraphQLObjectType)
    assert isinstance(dispute, GraphQLObjectType)
    assert set(query.fields) >= {
        "node",
        "dispute",
        "disputes",
        "departments",
        "department",
        "regions",
        "jointConferences",
        "jointConference",
        "routingPolicies",
        "routingPolicy",
        "previewRouting",
        "explainRouting",
        "viewer",
    }
    assert set(dispute.fields) >= {
        "number",
        "title",
        "description",
        "status",
        "severity",
        "channel",
        "receivedAt",
        "region",
        "facts",
        "leadDepartment",
        "coDepartments",
        "territorialOwner",
        "decision",
        "assignments",
        "conferences",
        "events",
    }
