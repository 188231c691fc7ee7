"""How rules have fared, and the rows that are proposed from it."""

from __future__ import annotations

from datetime import date

import strawberry

from casework.learning import RuleOrder
from casework.rights import POLICY_READERS
from resolvers import learning as answers
from resolvers import policy
from schema.access import shown_to
from schema.dispute import Dispute
from schema.enumeration import publish
from schema.errors import UserError
from schema.field import both, column, relation
from schema.policy import PolicyRule, PolicyVersion, RuleCondition, RuleOutcome
from schema.region import Region

publish(
    RuleOrder,
    ("Which rules come first.", "规则的排列方式。"),
    {
        RuleOrder.WORST_FIRST: (
            "Those whose upheld rate is lowest for certain: the lowest upper end of its interval.",
            "维持率确属偏低者在前（按区间上限由低到高）。",
        ),
        RuleOrder.BEST_FIRST: (
            "Those whose upheld rate is highest for certain: the highest lower end of its interval.",
            "维持率确属较高者在前（按区间下限由高到低）。",
        ),
    },
    name="RuleRecordOrder",
)


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "How the decisions of a rule fared: those by which a unit got the lead.",
        "一条规则所作分派（已确定牵头单位者）的结果。",
    )
)
class RuleRecord:
    """Made of `resolvers.learning.RuleRecordEntry`."""

    rule: PolicyRule = relation(
        "The rule, as it was in the newest version by which it decided.",
        "规则，以其最近据以分派的版本为准。",
        answers.LEARNED_RULE,
    )
    decided: int = column("How many decisions.", "分派件数。")
    objected: int = column("How many of them the lead unit objected to.", "其中被提出异议的件数。")
    reassigned: int = column(
        "In how many of them another unit leads now, by hand, after an objection or by a conference.",
        "其中现由其他单位牵头的件数（人工改派、异议成立或联席会议决定）。",
    )
    upheld: int = column(
        "In how many of them an objection was not agreed to.", "其中异议不成立、维持原分派的件数。"
    )
    upheld_rate: float = column(
        "The share of the decisions that stand: 1 - reassigned / decided.",
        "维持率：1 - 改由其他单位牵头件数 / 分派件数。",
    )
    upheld_rate_low: float = column(
        "Lower end of Wilson's 95 % interval for that share.", "维持率的威尔逊 95% 区间下限。"
    )
    upheld_rate_high: float = column(
        "Upper end of Wilson's 95 % interval for that share.", "维持率的威尔逊 95% 区间上限。"
    )


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of `ruleRecords`.", "规则分派结果的查询结果。"))
class RuleRecordsPayload:
    """Made of `resolvers.learning.RuleRecords`."""

    records: list[RuleRecord] = column(
        "The rules in the order that was asked for; empty with errors.", "规则列表，有错误时为空。"
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("A row that is in no policy yet.", "尚未列入规则集的规则。"))
class ProposedRule:
    """Made of `resolvers.learning.ProposedRuleEntry`."""

    code: str = column("Its name within the policy.", "规则编号。")
    priority: int = column("Smaller is asked first.", "优先级，小者先问。")
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    conditions: list[RuleCondition] = relation("All have to hold.", "条件，须同时成立。", policy.CONDITIONS)
    outcome: RuleOutcome = relation("What it decides.", "结论。", policy.OUTCOME)
    regions: list[Region] = relation(
        "Where it holds, with everything below; empty means everywhere.",
        "适用区域（含下级），空为全部。",
        policy.REGIONS,
    )
    valid_from: date | None = column("Its first day, if limited.", "生效日。")
    valid_to: date | None = column("Its last day, if limited.", "失效日（含）。")


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "A row that would have decided a rule's corrected decisions as people did; for a person to judge.",
        "据改派结果拟订的规则，供人工审定。",
    )
)
class RuleProposal:
    """Made of `resolvers.learning.RuleProposalEntry`."""

    rule: PolicyRule = relation(
        "The rule whose decisions were corrected; the proposed row stands directly before it.",
        "被改派的规则，拟订规则置于其前。",
        answers.LEARNED_RULE,
    )
    version: PolicyVersion = relation(
        "The version for which it is proposed: the newest.",
        "据以拟订的版本，即最新版本。",
        answers.PROPOSED_FOR,
    )
    row: ProposedRule = column("The proposed row.", "拟订的规则。")
    supporting: int = column(
        "How many corrected decisions it would have decided as people did.", "拟订规则判断正确的改派件数。"
    )
    opposing: int = column(
        "How many decisions that stand it would have changed.", "拟订规则会误改的原有分派件数。"
    )
    supporting_disputes: list[Dispute] = relation(
        "Up to ten of those that it would have decided rightly, newest first.",
        "判断正确的事项，最多 10 件，新者在前。",
        answers.SUPPORTING,
    )
    opposing_disputes: list[Dispute] = relation(
        "Up to ten of those that it would have changed, newest first.",
        "会误改的事项，最多 10 件，新者在前。",
        answers.OPPOSING,
    )


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of `proposeRule`.", "拟订规则的查询结果。"))
class ProposeRulePayload:
    """Made of `resolvers.learning.Proposed`."""

    proposal: RuleProposal | None = column(
        "The proposal; empty where the facts do not tell corrected decisions from those that stand.",
        "拟订的规则；已有要素不足以区分改派与维持的事项时为空。",
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")
