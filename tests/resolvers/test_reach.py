"""Rows by right: what an account does not reach is not there, whichever way it is asked for."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from casework.actor import NOBODY, Actor, Grant, Role
from resolvers.description import Source
from resolvers.node import KINDS
from tests.resolvers.api import Api
from tests.resolvers.city import CITY, TOWNS

LIST = "{ disputes(first: 100) { totalCount nodes { id number %s } } }"
UNITS = """
    status region { code } territorialOwner { code }
    assignments { department { code } endedAt }
    objections { department { code } state }
    mergedInto { assignments { department { code } endedAt } }
"""


def as_actor(api: Api, *grants: Grant) -> Api:
    """The same API, asked by somebody with these grants."""
    return replace(api, actor=Actor("somebody", grants))


def has(unit: str, dispute: dict[str, Any]) -> bool:
    """Whether a unit has a dispute, told from all that everybody's administrator sees of it."""
    assignments = [*dispute["assignments"], *(dispute["mergedInto"] or {"assignments": []})["assignments"]]
    return (
        any(each["department"]["code"] == unit and each["endedAt"] is None for each in assignments)
        or any(
            each["department"]["code"] == unit and each["state"] == "OPEN" for each in dispute["objections"]
        )
        or dispute["territorialOwner"]["code"] == unit
    )


@pytest.mark.parametrize("role", [Role.UNIT_LEAD, Role.CLERK, Role.PARTNER_SYSTEM])
async def test_a_unit_reaches_what_it_has(settled: Api, role: Role) -> None:
    there = (await settled.ask(LIST % UNITS))["disputes"]
    units = {each["department"]["code"] for one in there["nodes"] for each in one["assignments"]}
    units |= {one["territorialOwner"]["code"] for one in there["nodes"]}
    for unit in sorted(units):
        expected = [each["number"] for each in there["nodes"] if has(unit, each)]
        assert len(expected) < there["totalCount"]
        found = (await as_actor(settled, Grant(role, unit=unit)).ask(LIST % ""))["disputes"]
        assert [each["number"] for each in found["nodes"]] == expected, unit
        assert found["totalCount"] == len(expected)


async def test_no_event_names_a_dispute_out_of_reach(busy: Api) -> None:
    submit = """mutation ($region: String!) { submitDispute(input: {
        description: "养猪场粪水直排河道", regionCode: $region, channel: WEB}) { dispute { id number } } }"""
    main, merged = [
        (await busy.ask(submit, region=town))["submitDispute"]["dispute"] for town in (TOWNS[0], TOWNS[3])
    ]
    merging = {"id": main["id"], "duplicateIds": [merged["id"]], "reason": "同一养猪场"}
    await busy.ask(
        "mutation ($input: MergeDisputesInput!) { mergeDisputes(input: $input) { errors { code } } }",
        input=merging,
    )
    told = "query ($id: ID!) { dispute(id: $id) { events { type details { name value } } } }"

    async def named(api: Api) -> set[str]:
        events = (await api.ask(told, id=merged["id"]))["dispute"]["events"]
        return {each["value"] for event in events for each in event["details"] if each["name"] == "main"}

    assert await named(busy) == {main["number"]}
    clerk = as_actor(busy, Grant(Role.CLERK, region=TOWNS[3]))
    assert await named(clerk) == set()
    reassigning = {"id": merged["id"], "leadDepartmentCode": "990100-water", "reason": "属水体问题"}
    for api, code in ((busy, "MERGED"), (clerk, "NOT_OPEN")):
        answer = await api.ask(
            """mutation ($input: ReassignDisputeInput!) { reassignDispute(input: $input) {
            errors { code message } } }""",
            input=reassigning,
        )
        (error,) = answer["reassignDispute"]["errors"]
        assert error["code"] == code
        assert (main["number"] in error["message"]) is (api is busy)


def sources() -> dict[str, Source]:
    """All sources of rows, by the name of what they are."""
    rooms = [module for name, module in sys.modules.items() if name.startswith("resolvers.")]
    return {each.name: each for room in rooms for each in vars(room).values() if isinstance(each, Source)}


def test_all_that_belongs_to_a_dispute_is_within_reach_or_is_not_there() -> None:
    found = sources()
    assert len(found) > 20
    for source in found.values():
        leading = {name for name in source.columns if name in ("dispute_id", "main_id", "earlier_id")}
        if source.name == "Dispute":
            leading = {"key"}
        assert set(source.reach) == leading, source
    # What belongs to a session has no way to it but that session.
    assert not {"Participant", "Resolution"} & set(KINDS)


WORDED = {"title", "description", "text", "topic", "note", "reason", "complaint", "name", "phone", "address"}
"""What columns with words of persons are called."""
NOT_OF_PERSONS = {
    ("Account", "name"),  # of staff, for administrators
    ("Account", "display_name"),
    ("Decision", "complaint"),  # no field shows it
    ("Decision", "triage_reason"),  # a code
    ("JointConference", "name"),
    ("LexiconTerm", "text"),
    ("PolicyCase", "name"),
    ("PolicyCase", "text"),  # edited as it is, by those who wrote it
    ("PolicyDraft", "title"),
    ("PolicyRule", "title"),
    ("PolicySimulation", "reason"),  # the program's
    ("PolicyVersion", "title"),
    ("RoutingPolicy", "title"),
    ("Webhook", "description"),
}


def test_whatever_persons_write_is_masked() -> None:
    for source in sources().values():
        for name in source.columns:
            if (WORDED & set(name.split("_"))) and (source.name, name) not in NOT_OF_PERSONS:
                assert name in source.masks or name.endswith(("_id", "_en", "_code", "_by")), (source, name)


async def test_a_region_reaches_all_below_it(settled: Api) -> None:
    there = (await settled.ask(LIST % "region { code parent { code } }"))["disputes"]["nodes"]
    for region in ("990102", TOWNS[0], CITY):
        found = (await as_actor(settled, Grant(Role.SUPERVISOR, region=region)).ask(LIST % ""))["disputes"]
        below = [
            each["number"]
            for each in there
            if region in (each["region"]["code"], each["region"]["parent"]["code"]) or region == CITY
        ]
        assert [each["number"] for each in found["nodes"]] == below
        assert found["totalCount"] == len(below)


async def test_grants_add_up_and_nobody_reaches_nothing(settled: Api) -> None:
    clerk = Grant(Role.CLERK, region=TOWNS[1])
    lead = Grant(Role.UNIT_LEAD, unit="990121-agriculture")

    async def numbers(*grants: Grant) -> set[str]:
        found = await as_actor(settled, *grants).ask(LIST % "")
        return {each["number"] for each in found["disputes"]["nodes"]}

    assert await numbers(clerk, lead) == await numbers(clerk) | await numbers(lead)
    assert await numbers() == await numbers(*NOBODY.grants) == set()
    assert len(await numbers(clerk, Grant(Role.AUDITOR))) > len(await numbers(clerk, lead))
