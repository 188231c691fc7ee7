"""How many statements an operation needs: a matter of its shape, never of how many rows it meets."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_introspection_type,
    parse,
    visit,
)

from casework.actor import DEMO_ADMINISTRATOR
from casework.draft import DraftState
from db.tables.base import new_key
from resolvers.context import Context
from resolvers.identity import uuid_or_nobody
from rules.learning import LEAST_SUPPORT
from rules.policy_json import json_of_policy
from schema.schema import schema
from tests.casework.drafts import CHIEF, in_state
from tests.resolvers.api import Api, Way
from tests.resolvers.city import CITY, PIPE, POLICY, RESTAURANT, TOWNS
from tests.resolvers.known import known
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.queries import QUERIES
from wording.catalogue import Language


class Counts(NamedTuple):
    """Statements of one operation. The executor first asks which register the database has; a plan asks
    together with its first rows, or before where it begins without any."""

    plan: int
    executor: int


STATEMENTS = {
    "dispute_with_lead": Counts(1, 2),
    "dispute_by_number": Counts(1, 2),
    "dispute_by_both": Counts(1, 2),
    "dispute_with_all": Counts(20, 21),
    "page_with_parties_of_conferences": Counts(4, 5),
    "page_with_everything": Counts(22, 23),
    "page_after": Counts(1, 2),
    "page_from_the_end": Counts(1, 2),
    "page_filtered": Counts(1, 2),
    "page_searched": Counts(2, 3),
    "count": Counts(1, 3),
    "page_info_alone": Counts(1, 2),
    "two_lists": Counts(3, 4),
    "whole_or_part": Counts(2, 3),
    "fragments": Counts(1, 2),
    "outcomes": Counts(7, 7),
    "node": Counts(1, 2),
    "nodes": Counts(19, 19),
    "entities": Counts(5, 5),
    "entities_by_number": Counts(1, 2),
    "department": Counts(1, 1),
    "departments": Counts(1, 1),
    "regions": Counts(1, 1),
    "region_with_policy": Counts(2, 2),
    "regions_with_policies": Counts(2, 2),
    "conferences": Counts(2, 3),
    "conferences_of_city": Counts(1, 2),
    "conference_with_sessions": Counts(5, 6),
    "policies": Counts(5, 6),
    "policy_with_rules": Counts(6, 7),
    "versions": Counts(2, 3),
    "drafts": Counts(5, 6),
    "draft_with_all": Counts(6, 7),
    "simulations": Counts(3, 4),
    "simulation_with_all": Counts(4, 5),
    "webhooks": Counts(1, 2),
    "webhook": Counts(1, 2),
    "deliveries": Counts(3, 4),
    "deliveries_before": Counts(1, 2),
    "dead_deliveries": Counts(2, 3),
    "accounts": Counts(2, 3),
    "account": Counts(3, 4),
    "changed_cases": Counts(8, 8),
    "difference": Counts(14, 14),
    "exported": Counts(7, 7),
    "preview": Counts(6, 6),
    "explained": Counts(5, 5),
    "rule_records": Counts(4, 4),
    "proposed_rule": Counts(10, 10),
    "similar": Counts(6, 6),
    "similar_to_text": Counts(6, 6),
    "merged": Counts(12, 11),
    "viewer": Counts(1, 1),
    "service": Counts(0, 0),
}
PAYLOADS = {
    "submitDispute": 5,
    "reassignDispute": 2,
    "objectToAssignment": 4,
    "upholdAssignment": 2,
    "acceptObjection": 3,
    "conveneConference": 4,
    "recordConferenceResolution": 3,
    "mergeDisputes": 4,
    "splitDispute": 3,
    "confirmRepeat": 3,
    "withdrawRepeat": 3,
    "resolveDispute": 5,
    "createPolicyDraft": 2,
    "importPolicyDraft": 2,
    "draftRuleProposal": 1,
    "editPolicyDraft": 2,
    "checkPolicyDraft": 1,
    "submitPolicyDraft": 1,
    "approvePolicyDraft": 1,
    "returnPolicyDraft": 1,
    "rebasePolicyDraft": 1,
    "discardPolicyDraft": 1,
    "publishPolicyVersion": 2,
    "rollbackPolicy": 3,
    "startPolicySimulation": 2,
    "cancelPolicySimulation": 1,
    "setRegionPolicy": 1,
    "addAccount": 2,
    "disableAccount": 2,
    "enableAccount": 2,
    "grantRole": 2,
    "withdrawRole": 2,
    "issueApiKey": 1,
    "rotateApiKey": 1,
    "revokeApiKey": 1,
    "registerWebhook": 1,
    "changeWebhook": 1,
    "rotateWebhookSecret": 1,
    "pauseWebhook": 1,
    "resumeWebhook": 1,
    "sendTestEvent": 1,
    "replayDeliveries": 1,
    "replayDelivery": 2,
    "skipDelivery": 2,
    "deleteWebhook": 0,
}
"""Statements for what a mutation answers, whichever way; what casework reads is its own."""
WITHOUT_A_PLAN = {"service"}


class Fields(Visitor):
    """Collects the fields of object types and interfaces that a document asks for."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.seen: set[tuple[str, str]] = set()

    def enter_field(self, node: FieldNode, *rest: Any) -> None:
        parent = self.types.get_parent_type()
        assert parent is not None
        self.seen.add((parent.name, node.name.value))


def test_the_corpus_has_every_field() -> None:
    types = TypeInfo(schema._schema)
    fields = Fields(types)
    for text in (*QUERIES.values(), *MUTATIONS.values()):
        visit(parse(text), TypeInfoVisitor(types, fields))
    # What subscribers are told comes by itself, through no operation that could be asked here.
    subscription = schema._schema.subscription_type
    assert subscription is not None
    told = {subscription.name, *(get_named_type(each.type).name for each in subscription.fields.values())}
    every = {
        (type_.name, name)
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        and not is_introspection_type(type_)
        and type_.name not in told
        for name in type_.fields
    }
    assert every - fields.seen == set()


@pytest.mark.parametrize("name", QUERIES)
async def test_statements_do_not_depend_on_the_page(settled: Api, name: str) -> None:
    values = await known(settled)
    await settled.ask(QUERIES[name], **values, first=1)  # casework reads what it will keep
    expected = STATEMENTS[name].plan if settled.way is Way.PLANS else STATEMENTS[name].executor
    for first in (5, 20, 45):
        await settled.ask(QUERIES[name], **values, first=first)
        found = [*settled.others, *settled.statements]
        # Of the executor's, two that happen to be asked for at one moment go together.
        exact = len(found) == expected if settled.way is Way.PLANS else len(found) <= expected
        assert exact, "\n".join(found)
        assert settled.planned is (settled.way is Way.PLANS and name not in WITHOUT_A_PLAN)


async def test_statements_of_mutations(busy: Api) -> None:
    def counted(name: str) -> None:
        assert len(busy.statements) == PAYLOADS[name], "\n".join(busy.statements)
        assert busy.planned is (busy.way is Way.PLANS)

    complaint = {"description": PIPE, "regionCode": TOWNS[0], "channel": "HOTLINE"}
    await busy.ask(MUTATIONS["submitDispute"], input=complaint)  # casework reads what it will keep
    answer = await busy.ask(MUTATIONS["submitDispute"], input=complaint)
    counted("submitDispute")
    of_dispute = {"id": answer["submitDispute"]["dispute"]["id"]}
    raised = {**of_dispute, "departmentCode": "990102-ecology", "reason": "非本单位职责"}
    answer = await busy.ask(MUTATIONS["objectToAssignment"], input=raised)
    counted("objectToAssignment")
    decided = {"objectionId": answer["objectToAssignment"]["objection"]["id"], "reason": "属本单位职责"}
    await busy.ask(MUTATIONS["upholdAssignment"], input=decided)
    counted("upholdAssignment")
    moved = {**of_dispute, "leadDepartmentCode": "990100-water", "reason": "属水体问题"}
    await busy.ask(MUTATIONS["reassignDispute"], input=moved)
    counted("reassignDispute")
    raised = {**of_dispute, "departmentCode": "990100-water", "reason": "不属水体问题"}
    answer = await busy.ask(MUTATIONS["objectToAssignment"], input=raised)
    objection = answer["objectToAssignment"]["objection"]["id"]
    accepted = {"objectionId": objection, "leadDepartmentCode": "990102-ecology", "reason": "异议成立"}
    await busy.ask(MUTATIONS["acceptObjection"], input=accepted)
    counted("acceptObjection")
    convened = {**of_dispute, "domain": "environment"}
    answer = await busy.ask(MUTATIONS["conveneConference"], input=convened)
    counted("conveneConference")
    session = answer["conveneConference"]["session"]["id"]
    resolved = {"sessionId": session, "leadDepartmentCode": "990100-ecology", "text": "由生态环境局牵头"}
    await busy.ask(MUTATIONS["recordConferenceResolution"], input=resolved)
    counted("recordConferenceResolution")


async def test_statements_of_mutations_about_one_matter(busy: Api) -> None:
    async def counted(name: str, **given: Any) -> None:
        answer = (await busy.ask(MUTATIONS[name], input=given))[name]
        assert answer["errors"] == []
        assert len(busy.statements) == PAYLOADS[name], "\n".join(busy.statements)
        assert busy.planned is (busy.way is Way.PLANS)

    complaint = {"description": PIPE, "regionCode": TOWNS[0], "channel": "HOTLINE"}
    made = [await busy.ask(MUTATIONS["submitDispute"], input=complaint) for _ in range(3)]
    main, *duplicates = [each["submitDispute"]["dispute"]["id"] for each in made]
    await counted("confirmRepeat", id=duplicates[0], earlierId=main)
    await counted("withdrawRepeat", id=duplicates[0], earlierId=main, reason="不是同一件事")
    await counted("mergeDisputes", id=main, duplicateIds=duplicates, reason="同一件事")
    await counted("splitDispute", id=duplicates[0], reason="不是同一件事")
    await counted("resolveDispute", id=main, reply="已整改。")


async def test_statements_of_mutations_about_policies(busy: Api) -> None:
    key = f"split-{new_key()}"

    async def counted(name: str, **given: Any) -> Any:
        answer = (await busy.ask(MUTATIONS[name], input=given))[name]
        assert answer["errors"] == []
        assert len(busy.statements) == PAYLOADS[name], "\n".join(busy.statements)
        assert busy.planned is (busy.way is Way.PLANS)
        return answer.get("draft")

    async def draft() -> dict[str, Any]:
        made = await counted("createPolicyDraft", policyKey=key, regionCode=CITY, title="分工")
        return {"id": made["id"], "expectedVersion": made["version"]}

    async def brought_to(state: DraftState) -> dict[str, Any]:
        at = await draft()
        await in_state(busy.desk, uuid_or_nobody(at["id"], "PolicyDraft"), state)
        return at

    rule = {"code": "rest", "priority": 1, "title": "其余", "titleEn": "Rest", "conditions": []}
    await counted("editPolicyDraft", **await draft(), putRules=[{**rule, "outcome": {"triage": True}}])
    await counted("checkPolicyDraft", **await draft())
    await counted("discardPolicyDraft", **await draft())
    await counted("rebasePolicyDraft", **await draft())
    await counted("submitPolicyDraft", **await brought_to(DraftState.CHECKED))
    at = await brought_to(DraftState.SUBMITTED)
    busy.actor = CHIEF
    await counted("approvePolicyDraft", **at)
    await counted("returnPolicyDraft", **await brought_to(DraftState.SUBMITTED), reason="再改")
    await counted("publishPolicyVersion", **await brought_to(DraftState.APPROVED))
    await counted("publishPolicyVersion", **await brought_to(DraftState.APPROVED))
    await counted("rollbackPolicy", policyKey=key, toNumber=1, expectedNewest=2, reason="有误")
    content = b64encode(json_of_policy(replace(POLICY, key=key))).decode()
    await counted("importPolicyDraft", content=content, fileName="分工.json", regionCode=CITY)
    await counted("setRegionPolicy", regionCode="990121", policyKey=POLICY.key)


async def test_statements_of_drafting_a_proposal(busy: Api) -> None:
    for _ in range(LEAST_SUPPORT):
        complaint = {"description": RESTAURANT, "regionCode": TOWNS[2], "channel": "WEB", "severity": 5}
        made = await busy.ask(MUTATIONS["submitDispute"], input=complaint)
        moved = {"id": made["submitDispute"]["dispute"]["id"], "reason": "影响较大"}
        await busy.ask(MUTATIONS["reassignDispute"], input={**moved, "leadDepartmentCode": "990103-ecology"})
    given = {"policyKey": POLICY.key, "ruleId": "services"}
    answer = await busy.ask(MUTATIONS["draftRuleProposal"], input=given)
    assert answer["draftRuleProposal"]["errors"] == []
    assert len(busy.statements) == PAYLOADS["draftRuleProposal"]
    assert busy.planned is (busy.way is Way.PLANS)


async def test_nothing_is_left_at_work_when_an_operation_fails_early(settled: Api) -> None:
    failing = "{ disputes { nodes { decision { explanation } parties { id } no: events(first: 0) { id } } } }"
    for _ in range(5):
        await settled.execute(failing)
        engine = settled.desk.database._engines.readers.sync_engine
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert settled.at_work == 0


async def test_a_context_serves_one_operation_after_another(settled: Api) -> None:
    context = Context(settled.desk, DEMO_ADMINISTRATOR, Language.ZH)
    for _ in range(2):
        query = "{ disputes(first: 2) { nodes { parties { name } } } }"
        answer = await schema.execute(query, context_value=context)
        assert answer.errors is None
