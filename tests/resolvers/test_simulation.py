"""Simulations as the API tells of them: states, reports, changed cases, refusals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from casework.desk import Desk
from casework.draft import DraftState
from casework.simulation.job import SILENCE
from casework.simulation.scope import EVERYTHING
from db.tables.base import new_key
from db.tables.policy import PolicyDraft
from db.tables.simulation import PolicySimulation
from resolvers.identity import global_id, uuid_or_nobody
from tests.casework.drafts import in_state
from tests.resolvers.api import Api, Way
from tests.resolvers.city import CITY, NOW
from tests.resolvers.known import known
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.queries import QUERIES
from tests.resolvers.test_statements import PAYLOADS
from wording.catalogue import Language

CREATE = """
mutation ($input: CreatePolicyDraftInput!) {
  createPolicyDraft(input: $input) { draft { id } errors { code } }
}
"""
STATE = "query ($id: ID!) { policySimulation(id: $id) { state reason report { examined } } }"
CASES = """
query ($id: ID!, $after: ID, $first: Int) {
  changedCases(simulationId: $id, after: $after, first: $first) {
    cases { dispute { id } changes explainedAfter before { flags } after { flags } }
    hasMore errors { code path }
  }
}
"""


async def checked(api: Api) -> str:
    """The id of a draft that has been checked, as far as simulations look."""
    given = {"policyKey": "small", "regionCode": CITY, "fromVersion": 1}
    draft: str = (await api.ask(CREATE, input=given))["createPolicyDraft"]["draft"]["id"]
    await in_state(api.desk, uuid_or_nobody(draft, "PolicyDraft"), DraftState.CHECKED)
    return draft


async def stored(desk: Desk, draft: str, **values: Any) -> str:
    """The id of a simulation that is put into the table as it is."""
    simulation = {
        "id": new_key(),
        "city": CITY,
        "draft_id": uuid_or_nobody(draft, "PolicyDraft"),
        "draft_version": 1,
        "scope": EVERYTHING.document(),
        "reread": False,
        "state": "running",
        "done": 50_000,
        "total": 1_000_000,
        "started_at": NOW,
        "started_by": "editor-a",
        "beat_at": NOW,
        **values,
    }
    async with desk.database.write() as connection:
        await connection.execute(insert(PolicySimulation).values(**simulation))
    return global_id("PolicySimulation", simulation["id"])


async def test_statements_of_mutations_about_simulations(busy: Api) -> None:
    given = {"draftId": await checked(busy), "clientMutationId": str(new_key())}
    answer = (await busy.ask(MUTATIONS["startPolicySimulation"], input=given))["startPolicySimulation"]
    assert len(busy.statements) == PAYLOADS["startPolicySimulation"]
    assert (answer["errors"], answer["clientMutationId"]) == ([], given["clientMutationId"])
    assert (answer["simulation"]["state"], answer["simulation"]["draft"]) == (
        "RUNNING",
        {"id": given["draftId"]},
    )
    async with busy.desk.database.read() as connection:
        newest = select(PolicySimulation.id).order_by(PolicySimulation.id.desc()).limit(1)
        started: UUID = (await connection.execute(newest)).scalar_one()
    cancel = {"id": global_id("PolicySimulation", started)}
    answer = (await busy.ask(MUTATIONS["cancelPolicySimulation"], input=cancel))["cancelPolicySimulation"]
    assert len(busy.statements) == PAYLOADS["cancelPolicySimulation"]
    assert answer["simulation"] == {"state": "CANCELLED", "reason": None}
    assert busy.planned is (busy.way is Way.PLANS)


async def test_one_whose_process_died_is_interrupted(busy: Api) -> None:
    draft = await checked(busy)
    alive = await stored(busy.desk, draft)
    dead = await stored(busy.desk, draft, beat_at=NOW - SILENCE)
    for simulation, state in ((alive, "RUNNING"), (dead, "INTERRUPTED")):
        found = (await busy.ask(STATE, id=simulation))["policySimulation"]
        assert found == {"state": state, "reason": None, "report": None}


async def test_a_reason_is_told_in_the_language_of_who_asks(busy: Api) -> None:
    draft = await checked(busy)
    reason = {"zh": "已停止。", "en": "Stopped."}
    failed = await stored(busy.desk, draft, state="failed", reason=reason, finished_at=NOW)
    busy.language = Language.EN
    found = (await busy.ask(STATE, id=failed))["policySimulation"]
    assert found == {"state": "FAILED", "reason": "Stopped.", "report": None}


async def test_the_report_adds_up(settled: Api) -> None:
    values = await known(settled)
    found = (await settled.ask(QUERIES["simulation_with_all"], **values))["policySimulation"]
    report = found["report"]
    assert (found["state"], found["current"], found["done"]) == ("FINISHED", True, found["total"])
    assert report["examined"] == report["unchanged"] + report["changed"] == 44  # one was merged
    assert report["changed"] == sum(each["changed"] for each in report["byRegion"]) > 0
    assert report["moved"] == sum(each["count"] for each in report["movements"])
    assert report["examined"] == sum(each["count"] for each in report["decidedBy"])
    assert report["examined"] == sum(each["after"] for each in report["byRule"])


async def test_pages_of_cases_follow_each_other(settled: Api) -> None:
    simulation = (await known(settled))["simulation"]
    whole = (await settled.ask(CASES, id=simulation, first=100))["changedCases"]
    assert not whole["hasMore"]
    met: list[Any] = []
    page = {"hasMore": True}
    while page["hasMore"]:
        after = met[-1]["dispute"]["id"] if met else None
        page = (await settled.ask(CASES, id=simulation, after=after, first=4))["changedCases"]
        met += page["cases"]
    assert met == whole["cases"]
    assert len({each["dispute"]["id"] for each in met}) == len(met)
    for each in met:
        assert "FLAGS" in each["changes"]
        assert each["before"]["flags"] != each["after"]["flags"]


@pytest.mark.parametrize("id_", ["x", "", global_id("Dispute", UUID(int=1))], ids=["odd", "empty", "other"])
async def test_cases_of_nothing(settled: Api, id_: str) -> None:
    answer = (await settled.ask(CASES, id=id_))["changedCases"]
    assert answer["cases"] == []
    assert answer["errors"] == [{"code": "UNKNOWN_SIMULATION", "path": ["simulationId"]}]
    assert (await settled.ask(STATE, id=id_))["policySimulation"] is None


@pytest.mark.parametrize("window", [{"first": 0}, {"first": 101}, {"after": "x"}], ids=str)
async def test_pages_that_make_no_sense(settled: Api, window: dict[str, Any]) -> None:
    simulation = (await known(settled))["simulation"]
    assert await settled.refused(CASES, id=simulation, **window) == "BAD_USER_INPUT"


async def test_a_draft_that_is_being_written_is_not_simulated(settled: Api) -> None:
    async with settled.desk.database.read() as connection:
        drafting = select(PolicyDraft.id).where(PolicyDraft.state == DraftState.DRAFTING).limit(1)
        draft = global_id("PolicyDraft", (await connection.execute(drafting)).scalar_one())
    for given, code, path in (
        ({"draftId": draft}, "WRONG_STATE", ["draftId"]),
        ({"draftId": "x"}, "UNKNOWN_DRAFT", ["draftId"]),
        ({"draftId": draft, "regionCodes": ["nowhere"]}, "UNKNOWN_REGION", ["regionCodes", "0"]),
    ):
        answer = await settled.ask(MUTATIONS["startPolicySimulation"], input=given)
        (error,) = answer["startPolicySimulation"]["errors"]
        assert (error["code"], error["path"]) == (code, path)
