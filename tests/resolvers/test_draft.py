"""Drafts, and what their check found."""

from __future__ import annotations

import pytest

from casework.draft import DraftState
from tests.resolvers.api import Api
from tests.resolvers.drafts import KEY

STATES = """
query ($key: String, $state: PolicyDraftState, $first: Int!) {
  policyDrafts(policyKey: $key, state: $state, first: $first) { state policyKey returnedReason }
}"""
REPORT = """
query ($after: Int!, $first: Int!) { policyDrafts(first: 2) {
  report {
    errorCount findingCount passedCount failedCount errors(after: $after, first: $first) { path message }
    findings(after: $after, first: $first) { kind rules witness { field words } }
    cases(after: $after, first: $first) { name passed differences { entry } }
  }
} }"""


async def test_drafts_are_listed_newest_first(settled: Api) -> None:
    open_ones = (await settled.ask(STATES, first=100))["policyDrafts"]
    assert [each["state"] for each in open_ones] == [
        "CHECKED",
        "DRAFTING",
        "DRAFTING",
        "SUBMITTED",
        "APPROVED",
    ]
    assert (await settled.ask(STATES, first=2))["policyDrafts"] == open_ones[:2]
    assert open_ones[2]["returnedReason"] == "缺少法律依据"


@pytest.mark.parametrize("state", DraftState)
async def test_each_state_can_be_asked_for(settled: Api, state: DraftState) -> None:
    found = (await settled.ask(STATES, key=KEY, state=state.name, first=100))["policyDrafts"]
    assert {each["state"] for each in found} == {state.name}


@pytest.mark.parametrize("key", ["small", "nothing", "", "\0"])
async def test_other_policies_have_none(settled: Api, key: str) -> None:
    assert (await settled.ask(STATES, key=key, first=100))["policyDrafts"] == []


async def test_a_report_comes_in_stretches(settled: Api) -> None:
    odd, wrong = (each["report"] for each in (await settled.ask(REPORT, after=0, first=100))["policyDrafts"])
    assert (wrong["errorCount"], odd["errorCount"]) == (1, 0)
    assert wrong["errors"][0]["path"] == "rules.5.outcome.lead"
    assert (odd["passedCount"], odd["failedCount"]) == (2, 1)
    assert [each["passed"] for each in odd["cases"]] == [False, True, True]
    assert odd["findingCount"] == len(odd["findings"]) > 1
    assert any(each["witness"] for each in odd["findings"])
    (second, _) = (each["report"] for each in (await settled.ask(REPORT, after=1, first=1))["policyDrafts"])
    assert (second["findings"], second["cases"]) == (odd["findings"][1:2], odd["cases"][1:2])


@pytest.mark.parametrize(("after", "first"), [(0, 0), (0, 101), (0, -1), (-1, 1)])
async def test_stretches_that_make_no_sense_are_refused(settled: Api, after: int, first: int) -> None:
    for part in ("errors", "findings", "cases"):
        stretch = f"{part}(after: {after}, first: {first}) {{ __typename }}"
        asked = f"{{ policyDrafts(first: 1) {{ report {{ {stretch} }} }} }}"
        assert await settled.refused(asked) == "BAD_USER_INPUT"
