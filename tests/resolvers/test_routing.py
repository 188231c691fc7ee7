"""Asking the policy without storing anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.api import Api
from tests.resolvers.city import FARM, NOTHING, PIPE

PREVIEW = """
query ($input: PreviewRoutingInput!) {
  previewRouting(input: $input) {
    preview {
      leadDepartment { code } coDepartments { code } territorialOwner { region { code } }
      unstaffedFunctions { code } rule { code } overlays { code } leadFunction { code }
      explanation flags triageReason candidates { function { code } department { code } }
      facts { field words } matches { text start end } policyVersion { number policy { key } }
      conferenceDomain confidence
      ... on RoutingOutcome { legalPath }
    }
    errors { code message path }
  }
}
"""


async def preview(api: Api, text: str, **changes: Any) -> dict[str, Any]:
    payload = await api.ask(PREVIEW, input={"text": text, "regionCode": "990102001", **changes})
    answer: dict[str, Any] = payload["previewRouting"]
    return answer


async def test_who_would_lead_and_why(settled: Api) -> None:
    count = "{ disputes { totalCount } }"
    before = await settled.ask(count)
    answer = await preview(settled, PIPE)
    assert answer["errors"] == []
    found = answer["preview"]
    assert found["leadDepartment"] == {"code": "990102-ecology"}
    assert found["coDepartments"] == [{"code": "990102-public-security"}]
    assert found["territorialOwner"] == {"region": {"code": "990102001"}}
    assert found["rule"] == {"code": "industry"}
    assert found["overlays"] == [{"code": "crime"}]
    assert found["flags"] == ["suspected_crime"]
    assert found["policyVersion"] == {"number": 1, "policy": {"key": "small"}}
    assert found["explanation"]
    assert await settled.ask(count) == before


async def test_a_function_goes_to_the_nearest_unit_above(settled: Api) -> None:
    found = (await preview(settled, FARM, regionCode="990102001"))["preview"]
    assert found["leadFunction"] == {"code": "agriculture"}
    assert found["leadDepartment"] is not None


async def test_what_it_cannot_decide_it_says(settled: Api) -> None:
    found = (await preview(settled, NOTHING))["preview"]
    assert found["leadDepartment"] is None
    assert found["triageReason"] is not None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"text": ""}, ("TEXT_EMPTY", ["text"])),
        ({"text": "字" * 20_001}, ("TEXT_TOO_LONG", ["text"])),
        ({"regionCode": "nowhere"}, ("UNKNOWN_REGION", ["regionCode"])),
        ({"regionCode": "\x00"}, ("UNKNOWN_REGION", ["regionCode"])),
        ({"policyKey": "nothing"}, ("UNKNOWN_POLICY", ["policyKey"])),
        ({"policyKey": "\x00"}, ("UNKNOWN_POLICY", ["policyKey"])),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_questions_that_have_to_be_mended(
    settled: Api, changes: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    answer = await preview(settled, **{"text": PIPE, **changes})
    assert answer["preview"] is None
    assert [(error["code"], error["path"]) for error in answer["errors"]] == [expected]


async def test_another_policy_may_be_asked_and_other_facts_given(settled: Api) -> None:
    found = (await preview(settled, PIPE, policyKey="small", channel="LETTER", severity=5))["preview"]
    facts = {fact["field"]: fact["words"] for fact in found["facts"]}
    assert facts["channel"] == ["letter"]
