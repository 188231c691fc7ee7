"""What a working account with few rights finds out of what it may not see, by asking in roundabout ways."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
import pytest
from starlette.types import Scope

from casework.actor import DEMO_ADMINISTRATOR, Actor, Role
from db import feed
from resolvers.context import Context
from resolvers.criteria import DisputeCriteria
from resolvers.identity import global_id
from resolvers.subscription import Hearing, assignments_to, dispute_changes
from schema.schema import schema
from server.graphql.execution import GraphQL
from server.graphql.guard import BY_HASH, GraphQLRequest
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.identity import ACTOR, actor_of
from tests.resolvers.api import Api, Way
from tests.resolvers.city import FARM, TOWNS, UNKNOWN
from wording.catalogue import Language

LEAD = Actor.of("lead-a", Role.UNIT_LEAD, unit="990102-ecology")
CLERK = Actor.of("clerk-a", Role.CLERK, region=TOWNS[3])
PARTNER = Actor.of("partner-a", Role.PARTNER_SYSTEM, region="990102")
FEW = (LEAD, CLERK, PARTNER)
LIST = """query ($filter: DisputeFilter, $order: DisputeOrder, $after: String, $before: String) {
  disputes(first: 100, filter: $filter, orderBy: $order, after: $after) {
    totalCount nodes { number } pageInfo { hasNextPage }
  }
  back: disputes(last: 100, filter: $filter, orderBy: $order, before: $before) {
    nodes { number } pageInfo { hasPreviousPage }
  }
}"""
EACH = """{ disputes(first: 100) { edges { cursor node {
  id number title status channel receivedAt region { code } leadDepartment { code functions { code } }
  coDepartments { code } decision { flags triageReason } objections { id } conferences { id }
} } } }"""


class Served:
    """The API of one server, asked by whoever."""

    def __init__(self, api: Api, **settings: Any) -> None:
        self.graphql = GraphQL(
            schema,
            Settings(graphql_plans=api.way is Way.PLANS, graphql_max_cost=10**8, **settings),
            Metrics(),
            lambda scope, language: Context(api.desk, actor_of(scope), language),
        )

    async def ask(self, actor: Actor, text: str, name: str | None = None, **variables: Any) -> Any:
        """The answer to an operation."""
        return await self.answer(actor, GraphQLRequest(text, variables, name))

    async def answer(self, actor: Actor, request: GraphQLRequest) -> Any:
        """The answer to a request."""
        scope: Scope = {"type": "http", "headers": [], ACTOR: actor}
        return await self.graphql.execute(scope, request, Language.ZH)


@pytest.fixture
def served(settled: Api) -> Served:
    return Served(settled)


async def numbers(served: Served, actor: Actor, **variables: Any) -> list[str]:
    """The disputes that somebody finds."""
    answer = await served.ask(actor, LIST, **variables)
    return [each["number"] for each in answer["data"]["disputes"]["nodes"]]


async def everything(served: Served) -> list[dict[str, Any]]:
    """All disputes with their cursors, as whoever may see all of it sees them."""
    found: list[dict[str, Any]] = (await served.ask(DEMO_ADMINISTRATOR, EACH))["data"]["disputes"]["edges"]
    return found


def filters(dispute: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Filters that a dispute passes, each by another trait."""
    lead, decision = dispute["leadDepartment"], dispute["decision"]
    found = [
        {"text": dispute["title"]},
        {"text": dispute["number"]},
        {"status": [dispute["status"]], "channel": [dispute["channel"]]},
        {"region": dispute["region"]["code"], "receivedFrom": dispute["receivedAt"]},
        *({"flags": [flag]} for flag in decision["flags"]),
        *({"coDepartment": each["code"]} for each in dispute["coDepartments"]),
    ]
    if lead is not None:
        found += [{"leadDepartment": lead["code"]}, {"function": lead["functions"][0]["code"]}]
    if decision["triageReason"] is not None:
        found.append({"triageReason": decision["triageReason"]})
    return found


async def test_no_filter_order_or_cursor_tells_of_what_is_out_of_reach(served: Served) -> None:
    """What a filter finds, counts and pages through are those of the reader's own that pass it."""
    there = await everything(served)
    for actor in FEW:
        own = await numbers(served, actor)
        assert 0 < len(own) < len(there)
        foreign = [edge for edge in there if edge["node"]["number"] not in own]
        for edge in {edge["node"]["title"][:3]: edge for edge in foreign}.values():
            for wanted in filters(edge["node"]):
                order = {"field": "NUMBER", "direction": "ASC"}
                answer = (await served.ask(actor, LIST, filter=wanted, order=order))["data"]
                whole = await numbers(served, DEMO_ADMINISTRATOR, filter=wanted, order=order)
                expected = [number for number in whole if number in own]
                listed, back = answer["disputes"], answer["back"]
                assert edge["node"]["number"] in whole
                assert [each["number"] for each in listed["nodes"]] == expected, wanted
                assert [each["number"] for each in back["nodes"]] == expected
                assert listed["totalCount"] == len(expected)
                assert not listed["pageInfo"]["hasNextPage"]
                assert not back["pageInfo"]["hasPreviousPage"]
        places = [edge["node"]["number"] for edge in there]
        for edge in foreign[::9]:
            at = places.index(edge["node"]["number"])
            rest = await numbers(served, actor, after=edge["cursor"])
            assert rest == [number for number in places[at:] if number in own]
            other = await served.ask(actor, LIST, after=edge["cursor"], filter={"status": ["TRIAGE"]})
            assert other["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


MIXED = """query ($own: ID!, $foreign: ID!, $ids: [ID!]!, $all: [_Any!]!) {
  a: dispute(id: $own) { number } b: dispute(id: $foreign) { number }
  c: node(id: $foreign) { ... on Node { id } ... on RoutingOutcome { flags } ... on Dispute { number } }
  nodes(ids: $ids) { id } _entities(representations: $all) { ... on Dispute { number } }
}"""


async def test_beside_what_is_within_reach_nothing_else_is_told(served: Served) -> None:
    there = [edge["node"] for edge in await everything(served)]
    for actor in FEW:
        own = await numbers(served, actor)
        mine = next(each for each in there if each["number"] in own)
        foreign = next(each for each in there if each["number"] not in own and each["conferences"])
        below = [each["id"] for part in ("conferences", "objections") for each in foreign[part]]
        given = {
            "own": mine["id"],
            "foreign": foreign["id"],
            "ids": [foreign["id"], mine["id"], *below],
            "all": [
                {"__typename": "Dispute", "number": foreign["number"]},
                {"__typename": "Dispute", "id": mine["id"], "number": foreign["number"]},
                {"__typename": "Dispute", "id": foreign["id"], "number": mine["number"]},
            ],
        }
        answer = await served.ask(actor, MIXED, **given)
        assert answer == {
            "data": {
                "a": {"number": mine["number"]},
                "b": None,
                "c": None,
                "nodes": [None, {"id": mine["id"]}, *[None for _ in below]],
                "_entities": [None, {"number": mine["number"]}, None],
            }
        }


OPTIONAL = """query ($few: Int = 100, $no: Boolean = false) { disputes(first: $few) {
  totalCount nodes { number title @skip(if: $no) channel @include(if: $no) }
} }"""


async def test_what_is_kept_of_a_document_is_of_nobody(served: Served) -> None:
    """One document, asked by turns and at once with other rights and variables: each gets their own."""
    asked: list[tuple[Actor, dict[str, Any]]] = [
        (actor, variables)
        for variables in ({}, {"no": True}, {"few": 1}, {"few": 1, "no": True})
        for actor in (DEMO_ADMINISTRATOR, *FEW, Actor.of("lead-b", Role.UNIT_LEAD, unit="990103-ecology"))
    ]
    apart = [await served.ask(actor, f"{OPTIONAL} # {at}", **v) for at, (actor, v) in enumerate(asked)]
    assert len({orjson.dumps(each) for each in apart}) > 12
    for _ in range(2):
        assert [await served.ask(actor, OPTIONAL, **v) for actor, v in asked] == apart
    at_once = [served.ask(actor, OPTIONAL, **v) for actor, v in reversed(asked)]
    assert await asyncio.gather(*at_once) == apart[::-1]


PARTIES = "query Parties { disputes(first: 100) { nodes { number parties { phone } } } }"
SEVERAL = f"{PARTIES} query Numbers {{ disputes(first: 100) {{ nodes {{ number }} }} }}"


async def test_what_a_mightier_one_registered_gives_nobody_its_rights(served: Served) -> None:
    hash = sha256(PARTIES.encode()).hexdigest()
    by_hash = GraphQLRequest("", document_id=BY_HASH + hash)
    told = await served.answer(DEMO_ADMINISTRATOR, GraphQLRequest(PARTIES, hash=hash))
    assert await served.answer(DEMO_ADMINISTRATOR, by_hash) == told
    (error,) = (await served.answer(PARTNER, by_hash))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    listed = (await served.answer(CLERK, by_hash))["data"]["disputes"]["nodes"]
    assert [each["number"] for each in listed] == await numbers(served, CLERK)


async def test_of_several_operations_each_has_its_own_rights(served: Served) -> None:
    assert "errors" in await served.ask(PARTNER, SEVERAL, "Parties")
    listed = (await served.ask(PARTNER, SEVERAL, "Numbers"))["data"]["disputes"]["nodes"]
    assert [each["number"] for each in listed] == await numbers(served, PARTNER)
    assert "errors" in await served.ask(PARTNER, SEVERAL)


async def test_who_subscribes_hears_of_what_is_within_reach_now(settled: Api, served: Served) -> None:
    """Whatever is asked for: all, a region or a unit of others, what came long ago."""
    async with settled.desk.database.read() as connection:
        messages = await feed.after(connection, 0, 500)
    for actor in FEW:
        own = set(await numbers(served, actor))
        hearing = Hearing(settled.desk, actor, Language.ZH)
        for wanted in (
            dispute_changes(hearing, DisputeCriteria(), 0),
            dispute_changes(hearing, DisputeCriteria(region="990104"), 0),
            assignments_to(hearing, "990103-urban-management", 0),
        ):
            taken = [message for message in messages if wanted.takes(message)]
            async with hearing.operation():
                found = await wanted.find(hearing, taken)
            heard = {each.number for each in found}
            assert {each.subject for each in taken if each.position in heard} <= own
            assert len(taken) > len(found)


UNKNOWN_DISPUTE = global_id("Dispute", UNKNOWN)
CHANGES: Mapping[str, tuple[Actor, Mapping[str, Any], tuple[str, ...]]] = {
    "reassignDispute": (CLERK, {"leadDepartmentCode": "990100-water", "reason": "改派"}, ("id",)),
    "resolveDispute": (CLERK, {"reply": "已整改。"}, ("id",)),
    "splitDispute": (CLERK, {"reason": "另一件事"}, ("id",)),
    "confirmRepeat": (CLERK, {}, ("id", "earlierId")),
    "withdrawRepeat": (CLERK, {"reason": "并非重复"}, ("id", "earlierId")),
    "mergeDisputes": (CLERK, {"reason": "同一件事"}, ("id", "duplicateIds")),
    "objectToAssignment": (LEAD, {"departmentCode": "990102-ecology", "reason": "非本单位职责"}, ("id",)),
    "conveneConference": (
        Actor.of("office-a", Role.CONFERENCE_OFFICE, region=TOWNS[3]),
        {"domain": "environment"},
        ("id",),
    ),
}
"""Changes that name disputes: by whom they are tried, what else is given, and where disputes are named."""


@pytest.mark.parametrize("verb", CHANGES)
async def test_a_change_of_what_is_out_of_reach_is_as_of_what_is_not_there(
    settled: Api, served: Served, verb: str
) -> None:
    """In words, codes, paths and in what the database is asked; wherever the foreign one stands."""
    actor, given, names = CHANGES[verb]
    there = [edge["node"] for edge in await everything(served)]
    own = await numbers(served, actor)
    mine = next(each["id"] for each in there if each["number"] in own)
    foreign = next(each["id"] for each in there if each["number"] not in own)
    name = f"{verb[0].upper()}{verb[1:]}Input"
    text = f"mutation ($input: {name}!) {{ {verb}(input: $input) {{ errors {{ code message path }} }} }}"
    for place in names:
        tried = []
        for id in (foreign, UNKNOWN_DISPUTE):
            named = {each: id if each == place else mine for each in names}
            if "duplicateIds" in named:
                named["duplicateIds"] = [named["duplicateIds"]]
            settled.others.clear()
            answer = await served.ask(actor, text, input={**given, **named})
            tried.append((answer, list(settled.others)))
        assert tried[0] == tried[1]
        assert "UNKNOWN_DISPUTE" in orjson.dumps(tried[0][0]).decode()


SUBMIT = """mutation ($input: SubmitDisputeInput!) { submitDispute(input: $input) {
  clientMutationId dispute { number } errors { code message }
} }"""


async def test_a_key_of_anothers_change_is_a_key_like_any_other(busy: Api) -> None:
    """Nobody gets an answer that was somebody else's, nor one's own for which one has no right any more."""
    served = Served(busy)
    complaint = {"description": FARM, "regionCode": TOWNS[3], "channel": "WEB", "clientMutationId": "one-key"}
    clerk, other = CLERK, Actor.of("clerk-b", Role.CLERK, region=TOWNS[3])

    async def submitted(actor: Actor) -> Any:
        return (await served.ask(actor, SUBMIT, input=complaint))["data"]["submitDispute"]

    first, second = await submitted(clerk), await submitted(other)
    assert first["errors"] == second["errors"] == []
    assert first["dispute"] != second["dispute"]
    assert await submitted(clerk) == first
    elsewhere = await submitted(Actor.of("clerk-a", Role.CLERK, region=TOWNS[0]))
    assert elsewhere == {"clientMutationId": "one-key", "dispute": None, "errors": []}
    for nobody in (Actor("clerk-a", ()), Actor.of("clerk-a", Role.AUDITOR)):
        assert "data" not in await served.ask(nobody, SUBMIT, input=complaint)
