"""What became of each rule's decisions, and what is proposed from it, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.api import Api

RECORDS = """
query ($key: String!, $version: Int, $first: Int!, $order: RuleRecordOrder!, $least: Int!) {
  ruleRecords(policyKey: $key, version: $version, first: $first, orderBy: $order, minDecisions: $least) {
    records { rule { code } decided objected reassigned upheld upheldRate upheldRateLow upheldRateHigh }
    errors { code path }
  }
}
"""
PROPOSE = """
query ($key: String!, $rule: ID!) {
  proposeRule(policyKey: $key, ruleId: $rule) {
    proposal {
      rule { id code } version { number policy { key } } supporting opposing
      row {
        code priority title titleEn validFrom regions { code }
        conditions { field operator values low high negated }
        outcome { leadFunction { code } coFunctions { code } triage }
      }
      supportingDisputes { leadDepartment { code } severity } opposingDisputes { number }
    }
    errors { code path }
  }
}
"""
ASKED: dict[str, Any] = {"key": "small", "version": None, "first": 20, "order": "WORST_FIRST", "least": 1}


async def records(api: Api, **changes: Any) -> list[dict[str, Any]]:
    answer = (await api.ask(RECORDS, **{**ASKED, **changes}))["ruleRecords"]
    assert answer["errors"] == []
    found: list[dict[str, Any]] = answer["records"]
    return found


async def test_the_record_of_each_rule(settled: Api) -> None:
    found = {each["rule"]["code"]: each for each in await records(settled)}
    # Conferences gave three factories to the city's bureau, the sender three restaurants to another one.
    assert {
        code: [each[n] for n in ("decided", "objected", "reassigned", "upheld")]
        for code, each in found.items()
    } == {
        "industry": [18, 0, 3, 0],
        "services": [9, 9, 3, 3],
        "farms": [9, 0, 0, 0],
    }
    services = found["services"]
    assert services["upheldRate"] == pytest.approx(2 / 3)
    assert services["upheldRateLow"] < services["upheldRate"] < services["upheldRateHigh"]


async def test_rules_come_in_the_order_that_is_asked_for(settled: Api) -> None:
    def order(found: list[dict[str, Any]]) -> list[str]:
        return [each["rule"]["code"] for each in found]

    assert order(await records(settled)) == ["services", "industry", "farms"]
    assert order(await records(settled, order="BEST_FIRST")) == ["farms", "industry", "services"]
    assert order(await records(settled, first=2)) == ["services", "industry"]
    assert order(await records(settled, least=10)) == ["industry"]
    assert order(await records(settled, version=1)) == ["services", "industry", "farms"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"key": "nothing"}, ("UNKNOWN_POLICY", ["policyKey"])),
        ({"key": "\x00"}, ("UNKNOWN_POLICY", ["policyKey"])),
        ({"version": 9}, ("UNKNOWN_VERSION", ["version"])),
        ({"version": -1}, ("UNKNOWN_VERSION", ["version"])),
    ],
)
async def test_records_of_nothing(
    settled: Api, changes: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    answer = (await settled.ask(RECORDS, **{**ASKED, **changes}))["ruleRecords"]
    assert answer["records"] == []
    assert [(error["code"], error["path"]) for error in answer["errors"]] == [expected]


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_pages_of_no_size_are_refused(settled: Api, first: int) -> None:
    assert await settled.refused(RECORDS, **{**ASKED, "first": first}) == "BAD_USER_INPUT"


async def test_the_row_that_would_have_been_right(settled: Api) -> None:
    answer = (await settled.ask(PROPOSE, key="small", rule="services"))["proposeRule"]
    assert answer["errors"] == []
    found = answer["proposal"]
    assert found["rule"]["code"] == "services"
    assert found["version"] == {"number": 1, "policy": {"key": "small"}}
    assert (found["supporting"], found["opposing"], found["opposingDisputes"]) == (3, 0, [])
    assert found["supportingDisputes"] == [
        {"leadDepartment": {"code": "990103-ecology"}, "severity": severity} for severity in (4, 5, 4)
    ]
    row = found["row"]
    assert (row["code"], row["priority"], row["titleEn"]) == (
        "services-2",
        19,
        "The services row (proposed from objections)",
    )
    assert row["outcome"] == {"leadFunction": {"code": "ecology"}, "coFunctions": [], "triage": False}
    assert [(each["field"], each["values"], each["low"]) for each in row["conditions"]] == [
        ("sector", ["tertiary_services"], None),
        ("severity", [], 4.0),
    ]
    by_id = await settled.ask(PROPOSE, key="small", rule=found["rule"]["id"])
    assert by_id["proposeRule"] == answer


@pytest.mark.parametrize(
    ("key", "rule", "errors"),
    [
        ("small", "industry", []),  # the city's bureau has the same function
        ("small", "farms", []),
        ("small", "rest", []),
        ("small", "crime", []),
        ("small", "nothing", ["UNKNOWN_RULE"]),
        ("small", "", ["UNKNOWN_RULE"]),
        ("nothing", "services", ["UNKNOWN_POLICY"]),
    ],
)
async def test_where_nothing_is_proposed(settled: Api, key: str, rule: str, errors: list[str]) -> None:
    answer = (await settled.ask(PROPOSE, key=key, rule=rule))["proposeRule"]
    assert answer["proposal"] is None
    assert [error["code"] for error in answer["errors"]] == errors
