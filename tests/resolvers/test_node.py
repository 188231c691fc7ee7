"""Objects by their id."""

from __future__ import annotations

import pytest
from graphql import GraphQLInterfaceType

from resolvers.identity import global_id
from resolvers.node import KINDS
from schema.schema import schema
from tests.resolvers.api import Api
from tests.resolvers.city import UNKNOWN

ONE_OF_EACH = """
{
  disputes(first: 1, filter: {channel: [WEB]}) { nodes {
    id region { id policy { id currentVersion { id } rules(first: 1) { id } } } leadDepartment { id }
    decision { id } assignments { id } conferences { id conference { id } } parties { id } events { id }
    objections { id }
  } }
  policyDrafts(first: 1) { id simulations(first: 1) { id } }
  webhooks { id }
  webhookDeliveries(first: 1) { nodes { id } }
}
"""


def ids_in(data: object) -> list[str]:
    if isinstance(data, dict):
        own = [data["id"]] if "id" in data else []
        return own + [found for value in data.values() for found in ids_in(value)]
    return [found for value in data for found in ids_in(value)] if isinstance(data, list) else []


def test_every_node_type_can_be_found() -> None:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {type_.name for type_ in schema._schema.get_possible_types(node)} == set(KINDS)


async def test_every_id_leads_back_to_its_object(settled: Api) -> None:
    ids = ids_in(await settled.ask(ONE_OF_EACH))
    found = (await settled.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids))[
        "nodes"
    ]
    assert [node["id"] for node in found] == ids
    assert {node["__typename"] for node in found} == set(KINDS)
    one = await settled.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=ids[0])
    assert one["node"] == found[0]


@pytest.mark.parametrize(
    "id_",
    ["", "x", "\x00", "RGlzcHV0ZTox", global_id("Dispute", UNKNOWN), global_id("Query", "x")]
    + [global_id(type_, "nothing") for type_ in KINDS]
    + [global_id("PolicyRule", f"{UNKNOWN}:nothing"), "a" * 10_000],
    ids=lambda id_: id_[:30],
)
async def test_ids_of_nothing_are_null(settled: Api, id_: str) -> None:
    query = """
    query ($id: ID!) {
      node(id: $id) { id } dispute(id: $id) { id }
      jointConference(id: $id) { id } routingPolicy(id: $id) { id }
    }
    """
    found = await settled.ask(query, id=id_)
    assert set(found.values()) == {None}


async def test_too_many_ids_are_refused(settled: Api) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await settled.refused(query, ids=["x"] * 101) == "BAD_USER_INPUT"
    assert (await settled.ask(query, ids=["x"] * 100))["nodes"] == [None] * 100
