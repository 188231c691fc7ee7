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
    GraphQLList,
    GraphQLObjectType,
    build_schema,
    get_nullable_type,
    value_from_ast_untyped,
)

import schema as room
from resolvers.page import PAGE_SIZES
from schema.schema import schema

SDL = Path(room.__file__).parent / "schema.graphql"
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
OF_THE_FEDERATION = ("__", "_Any", "_Entity", "_FieldSet", "link__")
FEDERATION = """
directive @link(url: String!, import: [String!]) on SCHEMA
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT
directive @shareable on OBJECT | FIELD_DEFINITION
directive @authenticated on OBJECT | FIELD_DEFINITION
directive @requiresScopes(scopes: [[String!]!]!) on OBJECT | FIELD_DEFINITION
directive @listSize(
  assumedSize: Int
  slicingArguments: [String!]
  sizedFields: [String!]
  requireOneSlicingArgument: Boolean = true
) on FIELD_DEFINITION
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
    imported = {"@authenticated", "@key", "@listSize", "@requiresScopes", "@shareable"}
    assert set(re.findall(r'"(@\w+)"', sdl.split("{")[0])) == imported


def test_gateways_are_told_what_page_sizes_are_for() -> None:
    types = build_schema(FEDERATION + schema.as_str()).type_map
    told = 0
    for name, field in (
        (f"{type_}.{name}", field)
        for type_, definition in types.items()
        if isinstance(definition, GraphQLObjectType) and not type_.startswith("__")
        for name, field in definition.fields.items()
    ):
        assert field.ast_node is not None
        says = [node for node in field.ast_node.directives or () if node.name.value == "listSize"]
        sizes = [size for size in PAGE_SIZES if size in field.args]
        assert len(says) == bool(sizes), name
        if sizes:
            given = {node.name.value: value_from_ast_untyped(node.value) for node in says[0].arguments or ()}
            assert given["slicingArguments"] == sizes, name
            assert given["requireOneSlicingArgument"] is False, name
            answer = get_nullable_type(field.type)
            assert isinstance(answer, GraphQLList) == ("sizedFields" not in given), name
            for list_ in given.get("sizedFields", ()):
                assert isinstance(answer, GraphQLObjectType)
                assert isinstance(get_nullable_type(answer.fields[list_].type), GraphQLList), name
            told += 1
    assert told > 15


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
