"""What can be asked about routing policies: versions, drafts, simulations, records of rules."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.learning import AskRuleRecords, RuleOrder
from casework.rights import ANYBODY, POLICY_READERS
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.draft import DRAFT_BY_ID, DRAFTS
from resolvers.learning import Proposed, RuleRecords, list_rule_records, proposal_for
from resolvers.policy import POLICIES, POLICY_BY_ID
from resolvers.policy_file import Compared, Exported, compare, export
from resolvers.simulation import SIMULATION_BY_ID, ChangedCases, changed_cases
from rules.exchange import FileFormat
from rules.simulation import Change
from schema.draft import PolicyDraft
from schema.field import relation
from schema.learning import ProposeRulePayload, RuleRecordsPayload
from schema.policy import RoutingPolicy
from schema.policy_file import ExportPolicyPayload, PolicyDifferencePayload, PolicyReferenceInput
from schema.simulation import ChangedCasesPayload, PolicySimulation


def _rule_records(
    context: Context,
    *,
    policy_key: str,
    version: int | None = None,
    first: int = 20,
    order_by: RuleOrder = RuleOrder.WORST_FIRST,
    min_decisions: int = 1,
) -> Awaitable[RuleRecords]:
    return list_rule_records(context, AskRuleRecords(policy_key, version, first, order_by, min_decisions))


def _propose_rule(context: Context, *, policy_key: str, rule_id: strawberry.ID) -> Awaitable[Proposed]:
    return proposal_for(context, policy_key, rule_id)


def _policy_difference(
    context: Context, *, old: PolicyReferenceInput, new: PolicyReferenceInput
) -> Awaitable[Compared]:
    return compare(context, old.reference(), new.reference())


def _export_policy(
    context: Context, *, policy: PolicyReferenceInput, format: FileFormat
) -> Awaitable[Exported]:
    return export(context, policy.reference(), format)


def _changed_cases(
    context: Context,
    *,
    simulation_id: strawberry.ID,
    after: strawberry.ID | None = None,
    first: int = 20,
    changes: list[Change] | None = None,
) -> Awaitable[ChangedCases]:
    return changed_cases(context, simulation_id, after, first, changes)


@strawberry.type
class PolicyQuery:
    """Policies, drafts, simulations and what is learned from objections."""

    routing_policies: list[RoutingPolicy] = relation(
        "All routing policies, by key.", "全部职责分工规则集。", POLICIES, roles=ANYBODY
    )
    routing_policy: RoutingPolicy | None = relation(
        "The routing policy with an id.",
        "按 id 查询规则集。",
        POLICY_BY_ID,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
    policy_drafts: list[PolicyDraft] = relation(
        "Drafts of policies, newest first; without a state those that are neither published nor discarded.",
        "规则集草案，新者在前；不填状态则为未办结的草案。",
        DRAFTS,
        roles=POLICY_READERS,
        policy_key=("Of this policy.", "规则集代号。"),
        state=("In this state.", "状态。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
    policy_draft: PolicyDraft | None = relation(
        "The draft with an id.",
        "按 id 查询草案。",
        DRAFT_BY_ID,
        roles=POLICY_READERS,
        id=("Its id.", "全局标识。"),
    )
    policy_difference: PolicyDifferencePayload = relation(
        "What changed from one policy, version or draft to another.",
        "比较两个规则集、版本或草案。",
        Asked(_policy_difference),
        roles=POLICY_READERS,
        old=("The old one.", "原来的。"),
        new=("The new one.", "新的。"),
    )
    export_policy: ExportPolicyPayload = relation(
        "A version or a draft as a file.",
        "把版本或草案导出为文件。",
        Asked(_export_policy),
        roles=POLICY_READERS,
        policy=("Which.", "导出哪一个。"),
        format=("As what.", "文件格式。"),
    )
    policy_simulation: PolicySimulation | None = relation(
        "The simulation with an id.",
        "按 id 查询试算。",
        SIMULATION_BY_ID,
        roles=POLICY_READERS,
        id=("Its id.", "全局标识。"),
    )
    changed_cases: ChangedCasesPayload = relation(
        "The disputes that a finished simulation counted as changed, page by page; the draft is asked again.",
        "试算中结论有变化的事项，分页；为此再次询问草案。",
        Asked(_changed_cases),
        roles=POLICY_READERS,
        sized=("cases",),
        simulation_id=("The simulation.", "试算。"),
        after=("Only what comes after the dispute with this id.", "只取此事项之后（按 id）。"),
        first=("How many at most, 1 to 100; by default 20.", "最多条数，1 到 100，默认 20。"),
        changes=("Changed in one of these ways; by default in any.", "差异，满足其一，默认不限。"),
    )
    rule_records: RuleRecordsPayload = relation(
        "How often the decisions of each rule of a policy were objected to, reassigned or upheld.",
        "规则集中各条规则的分派被提出异议、改派或维持的情况。",
        Asked(_rule_records),
        roles=POLICY_READERS,
        sized=("records",),
        policy_key=("The policy's key.", "规则集代号。"),
        version=("Decisions by this version only; by default by all.", "仅限此版本的分派，默认全部版本。"),
        first=("How many rules at most, 1 to 100; by default 20.", "最多条数，1 到 100，默认 20。"),
        order_by=("Which come first.", "排列方式。"),
        min_decisions=("Only rules with so many decisions.", "仅限分派件数不少于此数的规则。"),
    )
    propose_rule: ProposeRulePayload = relation(
        "The row that would have decided a rule's corrected decisions as people did, with its evidence; "
        "nothing is stored.",
        "据改派结果为一条规则拟订补充规则并列明依据，不作登记。",
        Asked(_propose_rule),
        roles=POLICY_READERS,
        policy_key=("The policy's key.", "规则集代号。"),
        rule_id=(
            "The code, or the id, of a rule of the policy's newest version.",
            "最新版本中规则的编号，或其 id。",
        ),
    )
