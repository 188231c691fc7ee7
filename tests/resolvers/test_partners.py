"""The example partners beside the hub: their schemas take from it what it has, and a gateway's way between
the hub and the partner in Python, step by step."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLObjectType,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    parse,
    print_ast,
)

from schema.schema import schema
from tests.resolvers.api import Api

PARTNERS = Path(__file__).parents[2] / "examples" / "partners"
ON_NODE = ("ecology", "urban_management", "transport", "port")
ROOTS = ("Query", "Mutation", "Subscription")
VALUE_TYPES = ("Fact",)
"""Types of the hub that have no key."""
KEYS = ("id", "code")
"""What partners know the hub's objects by."""


def _farms() -> ModuleType:
    """The partner in Python, loaded as uvicorn would."""
    spec = importlib.util.spec_from_file_location("farms", PARTNERS / "agriculture" / "farms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["farms"] = module  # its types name each other by its name
    spec.loader.exec_module(module)
    return module


FARMS = _farms()


def _sdl(name: str) -> DocumentNode:
    if name == "agriculture":
        return parse(FARMS.schema.as_str())
    return parse((PARTNERS / name / "schema.graphql").read_text(encoding="utf-8"))


def _types_of_the_hub(name: str) -> Iterator[tuple[ObjectTypeDefinitionNode, GraphQLObjectType]]:
    """The types of a partner that are the hub's, each with the hub's own."""
    for node in _sdl(name).definitions:
        if isinstance(node, ObjectTypeDefinitionNode) and not node.name.value.startswith(("_", *ROOTS)):
            own = schema._schema.type_map.get(node.name.value)
            if isinstance(own, GraphQLObjectType):
                yield node, own


def _directive(node: Any, name: str) -> DirectiveNode | None:
    return next((each for each in node.directives or () if each.name.value == name), None)


@pytest.mark.parametrize("name", [*ON_NODE, "agriculture"])
def test_partners_take_from_the_hub_what_it_has(name: str) -> None:
    met = 0
    for node, own in _types_of_the_hub(name):
        met += 1
        key = _directive(node, "key")
        assert (key is None) is (own.name in VALUE_TYPES)
        if key is not None:
            (head,) = re.findall(rf"^type {own.name} .*", schema.as_str(), re.MULTILINE)
            assert print_ast(key).removesuffix(", resolvable: false)").rstrip(")") in head
        for field in node.fields or ():
            ours = own.fields.get(field.name.value)
            if ours is None:
                told = f"{own}.{field.name.value}: what a partner adds is null when it does not answer"
                assert not isinstance(field.type, NonNullTypeNode), told
            else:
                assert print_ast(field.type) == str(ours.type), f"{own}.{field.name.value}"
            taken = ours is not None and field.name.value not in KEYS
            assert (_directive(field, "external") is not None) is taken
    assert met > 0


async def test_a_gateways_way_from_the_hub_to_a_partner_and_back(settled: Api) -> None:
    asked = "{ disputes(first: 100) { nodes { __typename id region { code } facts { field words } } } }"
    disputes = (await settled.ask(asked))["disputes"]["nodes"]
    farms = """query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Dispute { id farms {
        code name region { __typename code }
      } } }
    }"""
    answer = await FARMS.schema.execute(farms, variable_values={"representations": _copies(disputes)})
    assert answer.errors is None
    found = answer.data["_entities"]
    assert [each["id"] for each in found] == [each["id"] for each in disputes]
    about = [{"field": "sector", "words": ["agriculture"]} in each["facts"] for each in disputes]
    assert [[farm["code"] for farm in each["farms"]] for each in found] == [
        ["f-105"] if farming else [] for farming in about
    ]
    assert 0 < sum(about) < len(about)

    places = [farm["region"] for each in found for farm in each["farms"]]
    back = """query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Region { code name } }
    }"""
    regions = (await settled.ask(back, representations=places))["_entities"]
    assert regions == [{"code": "990104100", "name": "铁砧镇"}] * len(places)


async def test_a_partner_asked_for_no_more_than_the_key_needs_no_more() -> None:
    query = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Dispute { id } } }"
    answer = await FARMS.schema.execute(
        query, variable_values={"r": [{"__typename": "Dispute", "id": "RGlzcHV0ZTox"}]}
    )
    assert answer.errors is None
    assert answer.data == {"_entities": [{"__typename": "Dispute", "id": "RGlzcHV0ZTox"}]}


async def test_what_a_partner_does_not_know_is_null() -> None:
    query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Farm { name } } }"
    answer = await FARMS.schema.execute(query, variable_values={"r": [{"__typename": "Farm", "code": "f-0"}]})
    assert (answer.data, answer.errors) == ({"_entities": [None]}, None)


def _copies(representations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # Strawberry's own resolver of entities takes `__typename` out of what it is given.
    return [dict(each) for each in representations]
