"""The life of a policy through the API: drafted, checked, approved by another, published, taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from casework.civil import civil_day
from casework.desk import Desk, utc_now
from db import audit
from rules.learning import LEAST_SUPPORT
from tests.journeys.policies import (
    CASE,
    CHIEF,
    CITY,
    CONTENT,
    EDITOR,
    KEY,
    RESTAURANT,
    SERVICES,
    TOWN,
    approved,
    condition,
    decided,
    done,
    drafted,
    published,
    refused,
    rule,
    step,
)
from tests.journeys.serving import Client, serving

REPORT = """
query ($id: ID!) { policyDraft(id: $id) {
  state report {
    errorCount passedCount failedCount complete errors { code path message }
    findings { kind rules witness { field words number } }
    cases(first: 1) { name passed differences { entry expected found } }
  }
} }"""
DIFFERENCE = """
query ($old: PolicyReferenceInput!, $new: PolicyReferenceInput!) {
  policyDifference(old: $old, new: $new) { count changes { part kind name } errors { code path } }
}"""
EXPORT = """
query ($policy: PolicyReferenceInput!, $format: PolicyFileFormat!) {
  exportPolicy(policy: $policy, format: $format) { file { name content } errors { code path } }
}"""
VERSIONS = """
{ routingPolicies {
  key versions { number status checksum approvedBy restoredNumber reason rolledBackAt }
} }"""
MANY = 10


async def versions(client: Client) -> list[dict[str, Any]]:
    """The versions of the small policy, oldest first."""
    policies = (await client.ask(VERSIONS))["routingPolicies"]
    (found,) = (policy["versions"] for policy in policies if policy["key"] == KEY)
    return list(reversed(found))


async def changes(client: Client, old: dict[str, Any], new: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What changed, by part, kind and name."""
    found = (await client.ask(DIFFERENCE, old=old, new=new))["policyDifference"]
    assert found["errors"] == []
    assert found["count"] == len(found["changes"])
    return {(each["part"], each["kind"], each["name"]) for each in found["changes"]}


def seen(draft: dict[str, Any]) -> dict[str, Any]:
    """How a verb names a draft."""
    return {"id": draft["id"], "expectedVersion": draft["version"]}


async def test_two_people_publish_a_policy_and_it_decides(city_url: str) -> None:
    today = civil_day(utc_now())
    async with serving(city_url) as client:
        editor, chief = client.of(EDITOR), client.of(CHIEF)
        wrong = {**CASE, "expected": {"leadFunction": "ecology"}}
        draft = await step(
            editor, "editPolicyDraft", await drafted(editor), **CONTENT | {"putCases": [wrong]}
        )
        draft = await step(editor, "checkPolicyDraft", draft)
        report = (await editor.ask(REPORT, id=draft["id"]))["policyDraft"]["report"]
        assert (report["errorCount"], report["passedCount"], report["failedCount"]) == (0, 0, 1)
        (difference,) = report["cases"][0]["differences"]
        assert difference == {"entry": "lead", "expected": "ecology", "found": "urban_management"}
        assert await refused(editor, "submitPolicyDraft", **seen(draft)) == [("CASES_FAIL", ["id"])]

        draft = await step(editor, "editPolicyDraft", draft, putCases=[CASE])
        assert await refused(editor, "submitPolicyDraft", **seen(draft)) == [("WRONG_STATE", ["id"])]
        draft = await step(editor, "checkPolicyDraft", draft)
        draft = await step(editor, "submitPolicyDraft", draft, note="请审核")
        assert await refused(editor, "approvePolicyDraft", **seen(draft)) == [("SAME_PERSON", ["id"])]
        draft = await step(chief, "approvePolicyDraft", draft)
        past = {**seen(draft), "effectiveFrom": (today - timedelta(days=1)).isoformat()}
        assert await refused(chief, "publishPolicyVersion", **past) == [
            ("EFFECTIVE_IN_PAST", ["effectiveFrom"])
        ]
        draft = await step(chief, "publishPolicyVersion", draft)
        assert (draft["state"], draft["publishedVersion"]["number"]) == ("PUBLISHED", 1)
        assert draft["publishedVersion"]["status"] == "PUBLISHED"

        assert (await decided(client))[0] == "municipal"
        region = await done(chief, "setRegionPolicy", regionCode=CITY, policyKey=KEY)
        assert region == {"code": CITY, "policy": {"key": KEY}}
        assert await decided(client) == (KEY, 1, "services")
        assert [each["approvedBy"] for each in await versions(client)] == [CHIEF]


async def test_a_later_version_waits_and_an_earlier_one_comes_back(desk: Desk, city_url: str) -> None:
    tomorrow = (civil_day(utc_now()) + timedelta(days=1)).isoformat()
    async with serving(city_url) as client:
        await published(client, desk)
        await done(client, "setRegionPolicy", regionCode=CITY, policyKey=KEY)
        grave = rule("grave", condition("severity", "BETWEEN", low=4), lead="ecology", before="services")
        draft = await step(
            client,
            "editPolicyDraft",
            await drafted(client, fromVersion=1),
            putRules=[grave],
            removeTerms=["油烟"],
            title="第二版",
        )
        stale = {"id": draft["id"], "expectedVersion": 1, "removeRules": ["grave"]}
        assert await refused(client, "editPolicyDraft", **stale) == [("CONFLICT", ["expectedVersion"])]
        assert await changes(client, {"policyKey": KEY}, {"draftId": draft["id"]}) == {
            ("SETTING", "CHANGED", "title"),
            ("RULE", "ADDED", "grave"),
            ("TERM", "REMOVED", "油烟"),
        }
        draft = await approved(client, desk, draft)
        draft = await step(client, "publishPolicyVersion", draft, effectiveFrom=tomorrow)
        assert draft["publishedVersion"] == {"number": 2, "status": "SCHEDULED", "effectiveFrom": tomorrow}
        assert await decided(client) == (KEY, 1, "services")

        asked = {"policyKey": KEY, "toNumber": 1, "reason": "发布有误"}
        assert await refused(client, "rollbackPolicy", **asked, expectedNewest=1) == [
            ("CONFLICT", ["expectedNewest"])
        ]
        assert await refused(client, "rollbackPolicy", **asked | {"toNumber": 2}, expectedNewest=2) == [
            ("UNKNOWN_VERSION", ["toNumber"])
        ]
        restored = await done(client, "rollbackPolicy", **asked, expectedNewest=2)
        assert (restored["number"], restored["restoredNumber"], restored["status"]) == (3, 1, "PUBLISHED")
        first, second, third = await versions(client)
        assert [each["status"] for each in (first, second, third)] == [
            "SUPERSEDED",
            "ROLLED_BACK",
            "PUBLISHED",
        ]
        assert third["checksum"] == first["checksum"] != second["checksum"]
        assert third["reason"] == "发布有误"
        assert await decided(client) == (KEY, 3, "services")
        assert not await changes(client, {"policyKey": KEY, "number": 1}, {"policyKey": KEY})
    async with desk.database.read() as connection:
        assert (await audit.verify(connection)).valid


async def test_of_many_publishers_one_wins_and_the_others_rebase(desk: Desk, city_url: str) -> None:
    async with serving(city_url) as client:
        await published(client, desk)
        drafts = []
        for number in range(MANY):
            put = SERVICES | {"code": f"services-{number}", "before": "rest"}
            draft = await step(
                client, "editPolicyDraft", await drafted(client, fromVersion=1), putRules=[put]
            )
            drafts.append(await approved(client, desk, draft))
        answers = await asyncio.gather(*(client.post(PUBLISH, input=seen(draft)) for draft in drafts))
        told = [answer.json()["data"]["publishPolicyVersion"] for answer in answers]
        assert sorted(bool(each["draft"]) for each in told) == [False] * (MANY - 1) + [True]
        errors = [each["errors"] for each in told if each["draft"] is None]
        assert all([(error["code"], error["path"])] == [("CONFLICT", ["id"])] for (error,) in errors)
        assert [each["number"] for each in await versions(client)] == [1, 2]

        lost = next(draft for draft, each in zip(drafts, told, strict=True) if each["draft"] is None)
        rebased = await step(client, "rebasePolicyDraft", lost)
        assert rebased["state"] == "DRAFTING"
        kept = await changes(client, {"policyKey": KEY}, {"draftId": lost["id"]})
        assert len(kept) == 1


PUBLISH = """
mutation ($input: PublishPolicyVersionInput!) {
  publishPolicyVersion(input: $input) { draft { id } errors { code path } }
}"""


async def test_what_is_exported_comes_back(desk: Desk, city_url: str) -> None:
    async with serving(city_url) as client:
        await published(client, desk)
        for format_ in ("WORKBOOK", "JSON", "DMN"):
            await there_and_back(client, desk, format_)
        first, *others = await versions(client)
        assert {other["checksum"] for other in others} == {first["checksum"]}


async def there_and_back(client: Client, desk: Desk, format_: str) -> None:
    """The newest version through a file, as a new draft and over one, and published again."""
    answer = (await client.ask(EXPORT, policy={"policyKey": KEY}, format=format_))["exportPolicy"]
    assert answer["errors"] == []
    file = answer["file"]
    given = {"content": file["content"], "fileName": file["name"], "policyKey": KEY, "regionCode": TOWN}
    draft = await done(client, "importPolicyDraft", **given)
    assert not await changes(client, {"policyKey": KEY}, {"draftId": draft["id"]})
    draft = await step(client, "editPolicyDraft", draft, removeRules=["services"])
    again = {"content": file["content"], "fileName": file["name"], "draftId": draft["id"]}
    assert await refused(client, "importPolicyDraft", **again, expectedVersion=1) == [
        ("CONFLICT", ["expectedVersion"])
    ]
    draft = await done(client, "importPolicyDraft", **again, expectedVersion=draft["version"])
    draft = await approved(client, desk, draft)
    await step(client, "publishPolicyVersion", draft)


async def test_numbers_that_are_written_back_stay_the_same(desk: Desk, city_url: str) -> None:
    numbers = rule(
        "numbers",
        condition("severity", "IN", numbers=[2, 3.0, 2.5]),
        condition("severity", "BETWEEN", low=1, high=4.5),
        lead="ecology",
    )
    case = {
        **CASE,
        "name": "数",
        "facts": [{"field": "severity", "number": 2}],
        "expected": {"triage": True},
    }
    async with serving(city_url) as client:
        await published(client, desk)
        for put in (numbers, {**numbers, "conditions": FLOATS}):
            number = len(await versions(client))
            draft = await drafted(client, fromVersion=number)
            edit = {"putRules": [put], "putCases": [case], "triageBelow": 0}
            draft = await step(client, "editPolicyDraft", draft, **edit)
            await step(client, "publishPolicyVersion", await approved(client, desk, draft))
        _, second, third = await versions(client)
        assert third["checksum"] == second["checksum"]


FLOATS = [
    condition("severity", "IN", numbers=[2.0, 3, 2.5]),
    condition("severity", "BETWEEN", low=1.0, high=4.5),
]


async def test_a_verb_that_is_sent_twice_is_carried_out_once(desk: Desk, city_url: str) -> None:
    async with serving(city_url) as client:
        given = {"policyKey": KEY, "regionCode": TOWN, "title": "试验", "clientMutationId": "begin"}
        draft = await done(client, "createPolicyDraft", **given)
        assert await done(client, "createPolicyDraft", **given) == draft
        assert await refused(client, "createPolicyDraft", **given | {"title": "另一"}) == [
            ("KEY_REUSED", ["clientMutationId"])
        ]
        edit = {**seen(draft), **CONTENT, "clientMutationId": "edit"}
        edited = await done(client, "editPolicyDraft", **edit)
        assert await done(client, "editPolicyDraft", **edit) == edited
        draft = await approved(client, desk, edited)
        publish = {**seen(draft), "clientMutationId": "publish"}
        first, second = await asyncio.gather(
            *(done(client, "publishPolicyVersion", **publish) for _ in range(2))
        )
        assert first == second
        assert len(await versions(client)) == 1
        region = {"regionCode": CITY, "policyKey": KEY, "clientMutationId": "region"}
        for _ in range(2):
            assert (await done(client, "setRegionPolicy", **region))["policy"] == {"key": KEY}


SUBMIT = """
mutation ($input: SubmitDisputeInput!) { submitDispute(input: $input) { dispute { id } errors { code } } }"""
OBJECT = """
mutation ($input: ObjectToAssignmentInput!) {
  objectToAssignment(input: $input) { objection { id } errors { code } }
}"""
ACCEPT = """
mutation ($input: AcceptObjectionInput!) { acceptObjection(input: $input) { errors { code } } }"""
RULES = "query ($id: ID!) { policyDraft(id: $id) { note rules { code outcome { leadFunction { code } } } } }"


async def test_accepted_objections_become_a_draft(desk: Desk, city_url: str) -> None:
    async with serving(city_url) as client:
        await published(client, desk)
        await done(client, "setRegionPolicy", regionCode=CITY, policyKey=KEY)
        assert await refused(client, "draftRuleProposal", policyKey=KEY, ruleId="services") == [
            ("NOTHING_LEARNT", ["ruleId"])
        ]
        for severity in (*[5] * LEAST_SUPPORT, 1):
            complaint = {
                "description": RESTAURANT,
                "regionCode": TOWN,
                "channel": "WEB",
                "severity": severity,
            }
            dispute = (await client.ask(SUBMIT, input=complaint))["submitDispute"]["dispute"]["id"]
            if severity == 5:
                raised = {"id": dispute, "departmentCode": "990102-urban-management", "reason": "属生态环境"}
                objection = (await client.ask(OBJECT, input=raised))["objectToAssignment"]["objection"]["id"]
                accepted = {
                    "objectionId": objection,
                    "leadDepartmentCode": "990102-ecology",
                    "reason": "成立",
                }
                assert (await client.ask(ACCEPT, input=accepted))["acceptObjection"]["errors"] == []
        draft = await done(client, "draftRuleProposal", policyKey=KEY, ruleId="services")
        found = (await client.ask(RULES, id=draft["id"]))["policyDraft"]
        assert found["note"]
        leads = [each["outcome"]["leadFunction"] for each in found["rules"]]
        assert leads == [{"code": "ecology"}, {"code": "urban_management"}, None]
