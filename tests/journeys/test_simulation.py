"""A draft is tried on stored disputes before anybody approves it, as an administrator's front end does it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.journeys.serving import Client, serving
from tests.journeys.test_spine import submitted

GRILL = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
TOWNS = ("990102001", "990102001", "990103001")
DRAFT = """
mutation Draft($input: CreatePolicyDraftInput!) {
  createPolicyDraft(input: $input) { draft { id version } errors { code } }
}"""
EDIT = """
mutation Edit($input: EditPolicyDraftInput!) {
  editPolicyDraft(input: $input) { draft { version } errors { code path message } }
}"""
CHECK = """
mutation Check($input: CheckPolicyDraftInput!) {
  checkPolicyDraft(input: $input) { draft { state version report { errors { message } } } errors { code } }
}"""
START = """
mutation Start($input: StartPolicySimulationInput!) {
  startPolicySimulation(input: $input) {
    simulation { id state done total report { examined } } errors { code path } clientMutationId
  }
}"""
FOLLOW = """
query Follow($id: ID!) {
  policySimulation(id: $id) {
    id state done total startedBy startedAt finishedAt reason reread current draftVersion draft { id version }
    scope { regions { code } receivedFrom receivedTo channels statuses ruleIds }
    report {
      day examined unchanged changed moved readOtherwise changes { change count }
      movements { fromDepartment { code } toDepartment { code } count }
      byRegion { region { code } examined changed moved } byRule { code before after kept }
      decidedBy { version { number policy { key } } count readsAlike }
    }
  }
}"""
CASES = """
query Cases($id: ID!, $after: ID, $changes: [SimulatedChange!]) {
  changedCases(simulationId: $id, first: 2, after: $after, changes: $changes) {
    cases {
      dispute { id number leadDepartment { code } } changes explainedBefore explainedAfter
      before { ...Decided } after { ...Decided }
    }
    hasMore errors { code path message }
  }
}
fragment Decided on SimulatedDecision {
  leadDepartment { code } coDepartments { code } conferenceDomain flags legalPath triageReason ruleCode
}"""
CANCEL = """
mutation Cancel($input: CancelPolicySimulationInput!) {
  cancelPolicySimulation(input: $input) { simulation { state } errors { code message } }
}"""
GRILLS = {
    "code": "grills",
    "priority": 1,
    "title": "烧烤油烟",
    "titleEn": "Grills",
    "conditions": [{"field": "premises", "operator": "EQUALS", "words": ["barbecue"]}],
    "outcome": {"leadFunction": "ecology"},
}


async def drafted(client: Client) -> dict[str, Any]:
    """A checked draft by which grills go to the ecology department."""
    begun = {"policyKey": "municipal", "regionCode": "990100", "fromVersion": 1}
    draft = (await client.ask(DRAFT, input=begun))["createPolicyDraft"]["draft"]
    edit = {
        "id": draft["id"],
        "expectedVersion": draft["version"],
        "putRules": [{**GRILLS, "before": "barbecue"}],
    }
    answer = (await client.ask(EDIT, input=edit))["editPolicyDraft"]
    assert answer["errors"] == []
    check = {"id": draft["id"], "expectedVersion": answer["draft"]["version"]}
    checked = (await client.ask(CHECK, input=check))["checkPolicyDraft"]["draft"]
    assert checked["state"] == "CHECKED", checked
    return {"id": draft["id"], "expectedVersion": checked["version"]}


async def followed(client: Client, simulation: str) -> dict[str, Any]:
    """The simulation when it is over."""
    found = (await client.ask(FOLLOW, id=simulation))["policySimulation"]
    while found["state"] == "RUNNING":
        assert found["done"] <= found["total"]
        assert found["report"] is None
        await asyncio.sleep(0)  # asked without a socket, a server may never come to other work
        found = (await client.ask(FOLLOW, id=simulation))["policySimulation"]
    over: dict[str, Any] = found
    return over


async def test_a_draft_is_tried_before_it_is_approved(city_url: str) -> None:
    async with serving(city_url) as client:
        numbers = [await submitted(client, GRILL, town) for town in TOWNS]
        draft = await drafted(client)
        start = {"draftId": draft["id"], "clientMutationId": "once"}
        begun = (await client.ask(START, input=start))["startPolicySimulation"]
        assert begun["errors"] == []
        assert (await client.ask(START, input=start))["startPolicySimulation"]["simulation"]["id"] == (
            begun["simulation"]["id"]
        )
        found = await followed(client, begun["simulation"]["id"])
        assert (found["state"], found["done"], found["total"], found["current"]) == ("FINISHED", 3, 3, True)
        report = found["report"]
        assert (report["examined"], report["unchanged"], report["moved"]) == (3, 0, 3)
        assert sum(each["count"] for each in report["movements"]) == 3
        assert {each["toDepartment"]["code"] for each in report["movements"]} == {
            "990103-ecology",
            "990102-ecology",
        }
        assert [each["moved"] for each in report["byRegion"]] == [2, 1]
        assert {"code": "grills", "before": 0, "after": 3, "kept": 0} in report["byRule"]
        assert [each["version"]["number"] for each in report["decidedBy"]] == [1]
        await _cases_are_listed(client, found["id"], numbers)
        await _the_draft_moves_on(client, found["id"], draft)


async def _cases_are_listed(client: Client, simulation: str, numbers: list[str]) -> None:
    first = (await client.ask(CASES, id=simulation))["changedCases"]
    last = first["cases"][-1]["dispute"]["id"]
    second = (await client.ask(CASES, id=simulation, after=last))["changedCases"]
    assert (first["hasMore"], second["hasMore"]) == (True, False)
    cases = [*first["cases"], *second["cases"]]
    assert [each["dispute"]["number"] for each in cases] == numbers
    for case in cases:
        assert case["changes"][0] == "LEAD"
        assert case["before"]["leadDepartment"] == case["dispute"]["leadDepartment"]
        assert case["after"]["leadDepartment"]["code"].endswith("-ecology")
        assert (case["before"]["ruleCode"], case["after"]["ruleCode"]) == ("barbecue", "grills")
        assert "烧烤油烟" in " ".join(case["explainedAfter"])
        assert case["explainedBefore"] != case["explainedAfter"]
    none = await client.ask(CASES, id=simulation, changes=["TO_TRIAGE"])
    assert none["changedCases"] == {"cases": [], "hasMore": False, "errors": []}


async def _the_draft_moves_on(client: Client, simulation: str, draft: dict[str, Any]) -> None:
    answer = await client.ask(EDIT, input={**draft, "removeRules": ["grills"]})
    assert answer["editPolicyDraft"]["errors"] == []
    stale = (await client.ask(CASES, id=simulation))["changedCases"]
    assert [error["code"] for error in stale["errors"]] == ["SIMULATION_STALE"]
    found = (await client.ask(FOLLOW, id=simulation))["policySimulation"]
    assert (found["current"], found["report"]["moved"]) == (False, 3)
    refused = (await client.ask(START, input={"draftId": draft["id"]}))["startPolicySimulation"]
    assert (refused["simulation"], refused["errors"][0]["code"]) == (None, "WRONG_STATE")


async def test_a_server_that_stops_says_what_became_of_its_simulations(city_url: str) -> None:
    async with serving(city_url) as client:
        draft = await drafted(client)
        start = {"draftId": draft["id"], "regionCodes": ["990102"], "receivedFrom": "2026-01-01"}
        first = (await client.ask(START, input=start))["startPolicySimulation"]["simulation"]
        second = (await client.ask(START, input=start))["startPolicySimulation"]["simulation"]
        cancelled = (await client.ask(CANCEL, input={"id": first["id"]}))["cancelPolicySimulation"]
        assert cancelled == {"simulation": {"state": "CANCELLED"}, "errors": []}
        again = (await client.ask(CANCEL, input={"id": first["id"]}))["cancelPolicySimulation"]
        assert [error["code"] for error in again["errors"]] == ["SIMULATION_STATE"]
    async with serving(city_url) as client:
        found = (await client.ask(FOLLOW, id=second["id"]))["policySimulation"]
        assert (found["state"], found["report"]) == ("CANCELLED", None)
        assert found["reason"]
        assert found["scope"]["regions"] == [{"code": "990102"}]
        assert (found["scope"]["receivedFrom"], found["scope"]["receivedTo"]) == ("2026-01-01", None)
