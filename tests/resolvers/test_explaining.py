"""Asking why one rule does or does not decide, of the policy that a city starts with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.actor import DEMO_ADMINISTRATOR
from casework.publication import publish_policy
from db.database import Database
from resolvers.identity import global_id
from rules.model import Policy
from tests.conftest import Content, PostgresDatabases, SqliteFiles, desk_on
from tests.resolvers.api import Api, Way
from tests.resolvers.city import CITY, UNKNOWN
from tests.shipped import shipped_policy

BARBECUE = "小区楼下的烧烤店油烟很大，熏得没法开窗。"
PIPE = "化工厂私设暗管偷排废水"
NOTHING = "心情不太好"
TOWN = "990102001"
EXPLAIN = """
query ($input: PreviewRoutingInput!, $rule: ID!) {
  explainRouting(input: $input, ruleId: $rule) {
    explanation {
      rule { id code } outcome decidedBy { code }
      conditions { field title requirement found holds }
      failed { field title(language: EN) requirement(language: EN) found(language: EN) holds }
      sentences english: sentences(language: EN)
    }
    errors { code message path }
  }
}
"""
PREVIEW = """
query ($input: PreviewRoutingInput!) {
  previewRouting(input: $input) { preview {
    rule { id code } overlays { id code }
    policyVersion { number policy { versions { number rules { id code } } } }
  } }
}
"""


def _second(policy: Policy) -> Policy:
    """The next version: one row is now of another district, and of a later year."""
    rules = tuple(
        replace(rule, regions=("990103",), valid_from=date(2027, 1, 1)) if rule.id == "catering" else rule
        for rule in policy.rules
    )
    return replace(policy, rules=rules)


@pytest.fixture(scope="module")
def shipped_url(servers: SqliteFiles | PostgresDatabases) -> Iterator[str]:
    """A city that runs the second version of the shipped policy."""
    url = servers.filled(Content.CITY)

    async def prepare() -> None:
        desk = desk_on(Database.open(url))
        published = await publish_policy(desk, DEMO_ADMINISTRATOR, _second(shipped_policy("municipal")), CITY)
        assert published.version is not None, published.findings
        assert published.version.number == 2
        await desk.database.close()

    asyncio.run(prepare())
    yield url
    servers.drop(url)


@pytest.fixture
async def shipped(shipped_url: str, way: Way) -> AsyncIterator[Api]:
    """The API over that city."""
    desk = desk_on(Database.open(shipped_url))
    yield Api(desk, way=way)
    await desk.database.close()


async def ask(api: Api, text: str, rule: str, **changes: Any) -> dict[str, Any]:
    payload = await api.ask(EXPLAIN, input={"text": text, "regionCode": TOWN, **changes}, rule=rule)
    assert api.planned is (api.way is Way.PLANS)
    answer: dict[str, Any] = payload["explainRouting"]
    return answer


async def explained(api: Api, text: str, rule: str, **changes: Any) -> dict[str, Any]:
    answer = await ask(api, text, rule, **changes)
    assert answer["errors"] == []
    found: dict[str, Any] = answer["explanation"]
    return found


async def refused(api: Api, rule: str, **changes: Any) -> dict[str, Any]:
    answer = await ask(api, **{"text": BARBECUE, "rule": rule, **changes})
    assert answer["explanation"] is None
    (error,) = answer["errors"]
    return dict(error)


async def test_a_rule_that_leads(shipped: Api) -> None:
    found = await explained(shipped, BARBECUE, "barbecue")
    assert found["rule"]["code"] == "barbecue"
    assert found["outcome"] == "LEADS"
    assert found["failed"] is None
    assert found["decidedBy"] is None
    assert [(each["field"], each["holds"]) for each in found["conditions"]] == [
        ("sector", True),
        ("premises", True),
    ]
    assert found["english"][1] == "Lead: Urban management, by the rule “Barbecues” (barbecue)."
    assert found["sentences"][1] == "依据规则“露天烧烤、烧烤店”（barbecue），由城市管理部门牵头。"


async def test_an_overlay_that_adds(shipped: Api) -> None:
    found = await explained(shipped, PIPE, "suspected-crime")
    assert (found["outcome"], found["failed"], found["decidedBy"]) == ("ADDS", None, None)
    assert "公安" in found["sentences"][0]
    assert (await explained(shipped, BARBECUE, "suspected-crime"))["outcome"] == "FAILS"


async def test_the_first_condition_that_fails_is_named_with_the_fact(shipped: Api) -> None:
    found = await explained(shipped, BARBECUE, "catering-fumes")
    assert (found["outcome"], found["decidedBy"]) == ("FAILS", None)
    assert [(each["field"], each["holds"]) for each in found["conditions"]] == [
        ("sector", True),
        ("premises", False),
        ("pollutant", True),
    ]
    assert found["failed"] == {
        "field": "premises",
        "title": "Premises",
        "requirement": "“Premises” is restaurant or canteen",
        "found": "“Premises” is barbecue",
        "holds": False,
    }
    assert found["english"] == [
        "The rule “Catering fumes” (catering-fumes) does not hold. "
        "Asked: “Premises” is restaurant or canteen. Found: “Premises” is barbecue."
    ]


async def test_regions_and_validity_are_asked_after_the_rules_own_conditions(shipped: Api) -> None:
    found = await explained(shipped, BARBECUE, "catering")
    fields = [(each["field"], each["holds"]) for each in found["conditions"]]
    assert fields == [("sector", True), ("activity", True), ("region", False), ("day", False)]
    assert found["failed"]["field"] == "region"
    elsewhere = await explained(shipped, BARBECUE, "catering", regionCode="990103001")
    assert elsewhere["failed"]["field"] == "day"
    assert "2027-01-01" in elsewhere["failed"]["requirement"]


async def test_a_rule_that_holds_after_another_has_decided(shipped: Api) -> None:
    found = await explained(shipped, BARBECUE, "tertiary-services")
    assert (found["outcome"], found["failed"]) == ("PRECEDED", None)
    assert found["decidedBy"] == {"code": "barbecue"}
    assert "barbecue" in found["sentences"][0]


async def test_that_a_person_decides_is_said(shipped: Api) -> None:
    found = await explained(shipped, NOTHING, "nothing-recognised")
    assert found["outcome"] == "LEADS"
    assert found["english"][1] == "Nothing in the text was recognised: a person has to decide."


async def test_the_answer_agrees_with_the_preview_for_every_rule(shipped: Api) -> None:
    question = {"text": PIPE, "regionCode": TOWN}
    preview = (await shipped.ask(PREVIEW, input=question))["previewRouting"]["preview"]
    newest = preview["policyVersion"]["policy"]["versions"][0]
    assert newest["number"] == preview["policyVersion"]["number"] == 2
    outcomes = {}
    for rule in newest["rules"]:
        found = await explained(shipped, PIPE, rule["id"])
        assert found["rule"] == rule
        outcomes[rule["code"]] = found["outcome"]
    assert [code for code, outcome in outcomes.items() if outcome == "LEADS"] == [preview["rule"]["code"]]
    adding = [code for code, outcome in outcomes.items() if outcome == "ADDS"]
    assert adding == [rule["code"] for rule in preview["overlays"]]


async def test_an_id_of_another_version_is_refused(shipped: Api) -> None:
    question = {"text": BARBECUE, "regionCode": TOWN}
    preview = (await shipped.ask(PREVIEW, input=question))["previewRouting"]["preview"]
    newest, oldest = preview["policyVersion"]["policy"]["versions"]
    assert (newest["number"], oldest["number"]) == (2, 1)
    for id in (oldest["rules"][0]["id"], global_id("PolicyRule", f"{UNKNOWN}:barbecue")):
        error = await refused(shipped, id)
        assert (error["code"], error["path"]) == ("RULE_OF_OTHER_VERSION", ["ruleId"])
        assert "2" in error["message"]


@pytest.mark.parametrize(
    "rule",
    ["", "nowhere", "\x00", "x" * 5000, global_id("PolicyRule", "x:barbecue"), global_id("Region", "990100")],
    ids=lambda rule: repr(rule)[:20],
)
async def test_a_rule_that_is_not_there(shipped: Api, rule: str) -> None:
    error = await refused(shipped, rule)
    assert (error["code"], error["path"]) == ("UNKNOWN_RULE", ["ruleId"])
    assert "municipal" in error["message"]


async def test_a_rule_of_another_policy(shipped: Api) -> None:
    assert (await refused(shipped, "barbecue", policyKey="rugao-2014"))["code"] == "UNKNOWN_RULE"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"text": ""}, "TEXT_EMPTY", ["text"]),
        ({"text": "字" * 20_001}, "TEXT_TOO_LONG", ["text"]),
        ({"regionCode": "nowhere"}, "UNKNOWN_REGION", ["regionCode"]),
        ({"policyKey": "nothing"}, "UNKNOWN_POLICY", ["policyKey"]),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_questions_that_have_to_be_mended(
    shipped: Api, changes: dict[str, Any], code: str, path: list[str]
) -> None:
    error = await refused(shipped, "barbecue", **changes)
    assert (error["code"], error["path"]) == (code, path)
