"""The life of a policy through the API: a small policy, and its verbs."""

from __future__ import annotations

from typing import Any

from casework.desk import Desk
from casework.draft import DraftState
from resolvers.identity import uuid_or_nobody
from tests.casework.drafts import in_state
from tests.journeys.serving import Client

EDITOR, CHIEF = "editor-a", "chief-b"
CITY, TOWN = "990100", "990102001"
KEY = "split"
RESTAURANT = "楼下饭店油烟很大"
ANSWERS = {
    "rollbackPolicy": "version { id number restoredNumber status }",
    "setRegionPolicy": "region { code policy { key } }",
}
DRAFT = "draft { id state version publishedVersion { number status effectiveFrom } }"
DECIDED = """
query ($input: PreviewRoutingInput!) { previewRouting(input: $input) {
  preview { policyVersion { number policy { key } } rule { code } leadFunction { code } } errors { code }
} }"""


def condition(field: str, operator: str, **more: Any) -> dict[str, Any]:
    """A condition as the API takes it."""
    return {"field": field, "operator": operator, **more}


def rule(code: str, *conditions: dict[str, Any], lead: str | None = None, **more: Any) -> dict[str, Any]:
    """A rule as the API takes it; without a lead it asks for triage."""
    outcome = {"leadFunction": lead, "triage": lead is None}
    titles = {"title": f"{code}分工", "titleEn": f"The {code} row"}
    return {"code": code, "priority": 10, **titles, "conditions": conditions, "outcome": outcome, **more}


SERVICES = rule("services", condition("sector", "IN", words=["services"]), lead="urban_management")
REST = rule("rest", priority=90)
CASE = {"name": "饭店", "text": RESTAURANT, "expected": {"leadFunction": "urban_management"}}
CONTENT: dict[str, Any] = {
    "fields": [
        {
            "name": "sector",
            "kind": "CHOICE",
            "title": "类别",
            "titleEn": "Sector",
            "values": ["services", "farms"],
        },
        {"name": "severity", "kind": "NUMBER", "title": "严重程度", "titleEn": "Severity"},
        {"name": "region", "kind": "CHOICES", "title": "区划", "titleEn": "Region"},
    ],
    "putRules": [REST, SERVICES | {"before": "rest"}],
    "putTerms": [
        {"text": "饭店", "kind": "PREMISES", "sector": "services", "marks": ["kitchen"]},
        {"text": "油烟", "kind": "POLLUTANT", "weight": 0.5},
        {"text": "养猪场", "kind": "PREMISES", "sector": "farms"},
    ],
    "putReadings": [{"code": "kitchens", "needs": [["kitchen"]], "sector": "services"}],
    "putCases": [CASE],
}
"""Restaurants go to the city's management, everything else to a person."""


def verb(name: str) -> str:
    """The document of a verb about policies."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    answer = ANSWERS.get(name, DRAFT)
    asked = f"{name}(input: $input) {{ {answer} errors {{ code message path }} }}"
    return f"mutation ($input: {type_}!) {{ {asked} }}"


async def act(client: Client, name: str, **given: Any) -> dict[str, Any]:
    """Carry out a verb. The answer with its errors."""
    answer: dict[str, Any] = (await client.ask(verb(name), input=given))[name]
    return answer


async def done(client: Client, name: str, **given: Any) -> dict[str, Any]:
    """Carry out a verb that is not refused: what it changed, with `id` and `expectedVersion` for the next."""
    answer = await act(client, name, **given)
    assert answer["errors"] == [], answer["errors"]
    changed: dict[str, Any] = next(value for name, value in answer.items() if name != "errors")
    return changed


async def step(client: Client, name: str, draft: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The same for a draft as it was last seen."""
    return await done(client, name, id=draft["id"], expectedVersion=draft["version"], **given)


async def drafted(client: Client, **given: Any) -> dict[str, Any]:
    """A new draft of the small policy: empty unless a version is given."""
    titles = {} if "fromVersion" in given else {"title": "试验分工", "titleEn": "A small split"}
    return await done(client, "createPolicyDraft", policyKey=KEY, regionCode=TOWN, **titles, **given)


async def approved(client: Client, desk: Desk, draft: dict[str, Any]) -> dict[str, Any]:
    """A draft as if it had been checked, submitted and approved."""
    await in_state(desk, uuid_or_nobody(draft["id"], "PolicyDraft"), DraftState.APPROVED)
    return draft


async def published(client: Client, desk: Desk) -> dict[str, Any]:
    """The small policy as its first version."""
    draft = await step(client, "editPolicyDraft", await drafted(client), **CONTENT)
    return await step(client, "publishPolicyVersion", await approved(client, desk, draft))


async def refused(client: Client, name: str, **given: Any) -> list[tuple[str, list[str]]]:
    """The codes and paths of a verb that is refused."""
    answer = await act(client, name, **given)
    assert next(value for name, value in answer.items() if name != "errors") is None
    assert all(error["message"] for error in answer["errors"])
    return [(error["code"], error["path"]) for error in answer["errors"]]


async def decided(client: Client, text: str = RESTAURANT) -> tuple[str, int, str | None]:
    """What decides about a text: policy, version and rule."""
    answer = await client.ask(DECIDED, input={"text": text, "regionCode": TOWN})
    preview = answer["previewRouting"]["preview"]
    version, asked = preview["policyVersion"], preview["rule"]
    return version["policy"]["key"], version["number"], asked and asked["code"]
