"""Mutations of policies: the life cycle of a draft, the way back, and where a policy decides."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.drafting import create_draft, discard_draft
from casework.editing import edit_draft
from casework.learning import draft_proposal
from casework.policy_file import import_policy
from casework.publication import publish_draft, rollback_policy
from casework.rebase import rebase_draft
from casework.review import approve_draft, check_draft, return_draft, submit_draft
from casework.rights import SIGNED_IN, may
from casework.simulation.job import cancel_simulation, start_simulation
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.draft import CHANGED_DRAFT, CHANGED_VERSION
from resolvers.region import CHANGED_REGION, set_policy
from resolvers.verb import Done, carry_out
from schema.access import shown_to
from schema.draft import PolicyDraft
from schema.draft_input import (
    ApprovePolicyDraftInput,
    CheckPolicyDraftInput,
    CreatePolicyDraftInput,
    DiscardPolicyDraftInput,
    DraftRuleProposalInput,
    EditPolicyDraftInput,
    ImportPolicyDraftInput,
    RebasePolicyDraftInput,
    ReturnPolicyDraftInput,
    SubmitPolicyDraftInput,
)
from schema.field import both, relation
from schema.payload import Payload
from schema.policy import PolicyVersion
from schema.publication_input import PublishPolicyVersionInput, RollbackPolicyInput, SetRegionPolicyInput
from schema.region import Region
from schema.simulation import PolicySimulationPayload
from schema.simulation_input import CancelPolicySimulationInput, StartPolicySimulationInput

INPUT = ("What is asked for.", "所请求的内容。")


def _create_policy_draft(context: Context, *, input: CreatePolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, create_draft, input.request(), input.client_mutation_id)


def _import_policy_draft(context: Context, *, input: ImportPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, import_policy, input.request(), input.client_mutation_id)


def _draft_rule_proposal(context: Context, *, input: DraftRuleProposalInput) -> Awaitable[Done]:
    return carry_out(context, draft_proposal, input.request(), input.client_mutation_id)


def _edit_policy_draft(context: Context, *, input: EditPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, edit_draft, input.request(), input.client_mutation_id)


def _check_policy_draft(context: Context, *, input: CheckPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, check_draft, input.request(), input.client_mutation_id)


def _submit_policy_draft(context: Context, *, input: SubmitPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, submit_draft, input.request(), input.client_mutation_id)


def _approve_policy_draft(context: Context, *, input: ApprovePolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, approve_draft, input.request(), input.client_mutation_id)


def _return_policy_draft(context: Context, *, input: ReturnPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, return_draft, input.request(), input.client_mutation_id)


def _rebase_policy_draft(context: Context, *, input: RebasePolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, rebase_draft, input.request(), input.client_mutation_id)


def _discard_policy_draft(context: Context, *, input: DiscardPolicyDraftInput) -> Awaitable[Done]:
    return carry_out(context, discard_draft, input.request(), input.client_mutation_id)


def _publish_policy_version(context: Context, *, input: PublishPolicyVersionInput) -> Awaitable[Done]:
    return carry_out(context, publish_draft, input.request(), input.client_mutation_id)


def _rollback_policy(context: Context, *, input: RollbackPolicyInput) -> Awaitable[Done]:
    return carry_out(context, rollback_policy, input.request(), input.client_mutation_id)


def _start_policy_simulation(context: Context, *, input: StartPolicySimulationInput) -> Awaitable[Done]:
    return carry_out(context, start_simulation, input.request(), input.client_mutation_id)


def _cancel_policy_simulation(context: Context, *, input: CancelPolicySimulationInput) -> Awaitable[Done]:
    return carry_out(context, cancel_simulation, input.request(), input.client_mutation_id)


def _set_region_policy(context: Context, *, input: SetRegionPolicyInput) -> Awaitable[Done]:
    return set_policy(context, input.request(), input.client_mutation_id)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of every verb about a draft.", "草案各项操作的结果。"))
class PolicyDraftPayload(Payload):
    """The draft."""

    draft: PolicyDraft | None = relation("The draft as it is now.", "办理后的草案。", CHANGED_DRAFT)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `rollbackPolicy`.", "恢复较早版本的结果。"))
class RollbackPolicyPayload(Payload):
    """The version."""

    version: PolicyVersion | None = relation("The new version.", "新版本。", CHANGED_VERSION)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `setRegionPolicy`.", "指定区域规则集的结果。"))
class SetRegionPolicyPayload(Payload):
    """The region."""

    region: Region | None = relation("The region.", "区域。", CHANGED_REGION)


@strawberry.type
class PolicyMutation:
    """The verbs about policies."""

    create_policy_draft: PolicyDraftPayload = relation(
        "Begin a draft of a policy.",
        "新建规则集草案。",
        Asked(_create_policy_draft, acts=True),
        roles=may("create_draft"),
        input=INPUT,
    )
    import_policy_draft: PolicyDraftPayload = relation(
        "Make a draft of a file, or give a draft the content of one.",
        "把文件导入为草案，或替换草案内容。",
        Asked(_import_policy_draft, acts=True),
        roles=may("create_draft"),
        input=INPUT,
    )
    draft_rule_proposal: PolicyDraftPayload = relation(
        "Begin a draft with the row that is proposed for a rule.",
        "以拟订的规则新建草案。",
        Asked(_draft_rule_proposal, acts=True),
        roles=may("draft_proposal"),
        input=INPUT,
    )
    edit_policy_draft: PolicyDraftPayload = relation(
        "Put rows into a draft, or take some away.",
        "增改或删除草案中的内容。",
        Asked(_edit_policy_draft, acts=True),
        roles=may("edit_draft"),
        input=INPUT,
    )
    check_policy_draft: PolicyDraftPayload = relation(
        "Check a draft: errors, findings, cases. May take a minute.",
        "检查草案：错误、规则分析和用例，可能需要一分钟。",
        Asked(_check_policy_draft, acts=True),
        roles=may("check_draft"),
        input=INPUT,
    )
    submit_policy_draft: PolicyDraftPayload = relation(
        "Hand a checked draft to another person.",
        "提交草案，由他人审核。",
        Asked(_submit_policy_draft, acts=True),
        roles=may("submit_draft"),
        input=INPUT,
    )
    approve_policy_draft: PolicyDraftPayload = relation(
        "Agree to a draft that somebody else has written.",
        "审核通过他人起草的草案。",
        Asked(_approve_policy_draft, acts=True),
        roles=may("approve_draft"),
        input=INPUT,
    )
    return_policy_draft: PolicyDraftPayload = relation(
        "Hand a draft back to be changed.",
        "退回草案修改。",
        Asked(_return_policy_draft, acts=True),
        roles=may("return_draft"),
        input=INPUT,
    )
    rebase_policy_draft: PolicyDraftPayload = relation(
        "Put what a draft changed onto the newest version.",
        "把草案的改动移到最新版本之上。",
        Asked(_rebase_policy_draft, acts=True),
        roles=may("rebase_draft"),
        input=INPUT,
    )
    discard_policy_draft: PolicyDraftPayload = relation(
        "Give a draft up.",
        "放弃草案。",
        Asked(_discard_policy_draft, acts=True),
        roles=may("discard_draft"),
        input=INPUT,
    )
    publish_policy_version: PolicyDraftPayload = relation(
        "Make an approved draft the next version.",
        "发布已审核的草案，成为下一版本。",
        Asked(_publish_policy_version, acts=True),
        roles=may("publish_draft"),
        input=INPUT,
    )
    start_policy_simulation: PolicySimulationPayload = relation(
        "Try a checked draft on stored disputes; it goes on while you ask how far it is.",
        "以已检查的草案试算已登记事项；后台进行，可查询进度。",
        Asked(_start_policy_simulation, acts=True),
        roles=may("start_simulation"),
        input=INPUT,
    )
    cancel_policy_simulation: PolicySimulationPayload = relation(
        "Stop a simulation.",
        "取消试算。",
        Asked(_cancel_policy_simulation, acts=True),
        roles=may("cancel_simulation"),
        input=INPUT,
    )
    rollback_policy: RollbackPolicyPayload = relation(
        "Put an earlier version in force again, as a new one.",
        "恢复较早版本，作为新版本即日生效。",
        Asked(_rollback_policy, acts=True),
        roles=may("rollback_policy"),
        input=INPUT,
    )
    set_region_policy: SetRegionPolicyPayload = relation(
        "Give a region a policy of its own, or let it inherit.",
        "为区域指定规则集，或改为沿用上级。",
        Asked(_set_region_policy, acts=True),
        roles=may("set_region_policy"),
        input=INPUT,
    )
