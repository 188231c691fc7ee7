"""Drafts of policies, and what their check found."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from casework.draft import DraftState
from casework.rights import POLICY_READERS
from resolvers import draft as answers
from resolvers import policy as version_answers
from resolvers import policy_report, policy_text
from resolvers.simulation import SIMULATIONS_OF_DRAFT
from rules.analysis.findings import FindingKind, Severity
from schema.access import shown_to
from schema.decision import Fact
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.node import Node, made_of
from schema.policy import FactField, PolicyRule, PolicyVersion, RoutingPolicy
from schema.policy_text import LexiconTerm, PolicyCase
from schema.simulation import PolicySimulation

SKIPPED = ("How many to skip.", "跳过的条数。")
AT_MOST = ("How many at most, 1 to 100.", "最多条数，1 到 100。")

publish(
    DraftState,
    ("Where a draft stands.", "草案状态。"),
    {
        DraftState.DRAFTING: ("It is being written.", "起草中。"),
        DraftState.CHECKED: ("The check found no error.", "已检查，没有错误。"),
        DraftState.SUBMITTED: ("It waits for another person to approve it.", "待他人审核。"),
        DraftState.APPROVED: ("Another person has approved it.", "已由他人审核通过。"),
        DraftState.PUBLISHED: ("It is a version.", "已发布为版本。"),
        DraftState.DISCARDED: ("It was given up.", "已放弃。"),
    },
    name="PolicyDraftState",
)
publish(
    Severity,
    ("How much a finding matters.", "提示的轻重。"),
    {
        Severity.WARNING: ("Something does not do what it seems to.", "与看上去的作用不符。"),
        Severity.INFORMATION: ("Often meant.", "通常有意为之。"),
    },
    name="FindingSeverity",
)
publish(
    FindingKind,
    ("What the analysis of a policy found.", "规则分析的发现。"),
    {
        FindingKind.UNSATISFIABLE: ("No facts make the rule hold.", "没有任何要素满足规则的全部条件。"),
        FindingKind.DUPLICATE: (
            "An earlier rule holds for the same facts and decides the same.",
            "与前面的规则重复。",
        ),
        FindingKind.SHADOWED: ("An earlier rule holds wherever this one does.", "被前面的一条规则遮住。"),
        FindingKind.SHADOWED_TOGETHER: (
            "Wherever this rule holds, one of several earlier ones does.",
            "被前面的几条规则合起来遮住。",
        ),
        FindingKind.CONTRADICTION: (
            "Rules of equal priority and different outcomes can both hold.",
            "优先级相同、结果不同的规则可能同时成立。",
        ),
        FindingKind.GAP_DEFAULT: (
            "Some facts meet only the rule without conditions.",
            "有些情况只落到不带条件的规则。",
        ),
        FindingKind.GAP: ("Some facts meet no rule.", "有些情况没有规则成立。"),
        FindingKind.NEVER_PRODUCED: (
            "None of the rules that lead to a function can decide.",
            "指向某一职能的规则都轮不到。",
        ),
        FindingKind.OVERLAY_EMPTY: ("An overlay has nothing to add.", "叠加规则没有增补内容。"),
        FindingKind.OVERLAY_DUPLICATE: (
            "An earlier overlay holds for the same facts and adds the same.",
            "与前面的叠加规则重复。",
        ),
        FindingKind.OVERLAY_REDUNDANT: (
            "Wherever the overlay holds, another one adds all that it does.",
            "另一条叠加规则已包含其全部增补。",
        ),
        FindingKind.LEAD_WITHOUT_UNIT: (
            "Nobody carries a lead function in some region.",
            "某区域没有承担该牵头职能的单位。",
        ),
        FindingKind.CO_FUNCTION_WITHOUT_UNIT: (
            "Nobody carries a function that joins in some region.",
            "某区域没有承担该协办职能的单位。",
        ),
        FindingKind.FACT_NEVER_FOUND: (
            "A rule asks for what neither texts nor their context say.",
            "规则所问的要素无从得出。",
        ),
        FindingKind.RULE_EXPIRED: ("The rule's own validity has ended.", "规则已过有效期。"),
        FindingKind.BASIS_EXPIRED: ("A source of law is no longer in force.", "法律依据已失效。"),
        FindingKind.UNKNOWN_REGION: (
            "Rules are limited to a region that there is not.",
            "规则限定的区域不存在。",
        ),
        FindingKind.ORDER_DECIDES: (
            "A rule of smaller priority and another outcome goes first.",
            "由次序决定：优先级更高、结果不同的规则在先。",
        ),
        FindingKind.CANDIDATE_WITHOUT_UNIT: (
            "Nobody carries a function that triage is offered.",
            "研判候选职能没有承担单位。",
        ),
        FindingKind.TERM_UNUSED: ("No rule asks for what these words stand for.", "没有规则用到这些词条。"),
        FindingKind.TERM_IDLE: ("Words of the lexicon that say nothing.", "词条不产生任何作用。"),
        FindingKind.INCOMPLETE: (
            "These rules cost more than the limit allows.",
            "分析不完整：规则所需工作量超限。",
        ),
        FindingKind.INCOMPLETE_GAP: (
            "Whether there is a gap costs more than the limit allows.",
            "分析不完整：是否有空白未能查清。",
        ),
    },
)


@shown_to(POLICY_READERS)
@strawberry.type(description=both("Something in a policy that has to be mended.", "规则集中需要更正的问题。"))
class PolicyFlaw:
    """Made of `resolvers.policy_report.FlawEntry`."""

    code: str = column("What is wrong, for programs.", "问题代码。")
    path: str = column("Where, such as rules.3.outcome.lead.", "位置，如 rules.3.outcome.lead。")
    message: str = column("What is wrong and what to do, for people.", "问题说明与处理办法。")


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both("What the analysis found, with facts that show it.", "规则分析的一项发现及例证。")
)
class PolicyFinding:
    """Made of `resolvers.policy_report.FindingEntry`."""

    kind: FindingKind = column("What it is.", "种类。")
    severity: Severity = column("How much it matters.", "轻重。")
    message: str = column("The finding in a sentence or two.", "说明。")
    rules: list[str] = column(
        "Codes of the rules involved: first the one that it is about.", "所涉规则编号，首个为所指规则。"
    )
    witness: list[Fact] | None = column(
        "Facts that show it; null where there is nothing to show.", "例证要素，无则为空。"
    )


@shown_to(POLICY_READERS)
@strawberry.type(description=both("Something that came out otherwise.", "与预期不符之处。"))
class CaseDifference:
    """Made of `resolvers.policy_report.CaseDifferenceEntry`."""

    entry: str = column("What: lead, co_functions, flags ...", "项目：lead、co_functions、flags 等。")
    expected: str = column("What must come of it.", "预期。")
    found: str = column("What came of it.", "实际。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("What came of a case.", "用例的运行结果。"))
class CaseResult:
    """Made of `resolvers.policy_report.CaseResultEntry`."""

    name: str = column("The case.", "用例名称。")
    passed: bool = column("Whether all is as expected.", "是否通过。")
    differences: list[CaseDifference] = column("What is not.", "不符之处。")


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "What the last check of a draft found; it keeps the first thousand errors, warnings and findings.",
        "草案最近一次检查的结果，错误、提示和发现各留前一千项。",
    )
)
class PolicyReport:
    """Made of `resolvers.policy_report.ReportEntry`."""

    day: date = column("When it was checked.", "检查日期。")
    complete: bool = column("Whether the analysis came to its end.", "分析是否做完。")
    error_count: int = column("How many errors.", "错误数。")
    warning_count: int = column("How many warnings of the check.", "检查提示数。")
    finding_count: int = column("How many findings of the analysis.", "分析发现数。")
    passed_count: int = column("How many cases passed.", "通过的用例数。")
    failed_count: int = column("How many cases failed.", "未通过的用例数。")
    errors: list[PolicyFlaw] = relation(
        "What keeps it from being published.",
        "妨碍发布的错误。",
        policy_report.ERRORS,
        after=SKIPPED,
        first=AT_MOST,
    )
    warnings: list[PolicyFlaw] = relation(
        "What may be a slip.", "可能的疏漏。", policy_report.WARNINGS, after=SKIPPED, first=AT_MOST
    )
    findings: list[PolicyFinding] = relation(
        "What its rules do to each other, warnings first.",
        "规则之间的相互影响，提示在前。",
        policy_report.FINDINGS,
        after=SKIPPED,
        first=AT_MOST,
    )
    cases: list[CaseResult] = relation(
        "How its cases fared, those that failed first.",
        "用例结果，未通过者在前。",
        policy_report.CASES,
        after=SKIPPED,
        first=AT_MOST,
    )


@shown_to(POLICY_READERS)
@strawberry.type(description=both("A policy on its way to publication.", "规则集草案。"))
class PolicyDraft(Node):
    """Made of rows."""

    is_type_of = made_of(answers.DRAFT.row)

    policy_key: str = column("The key of its policy.", "规则集代号。")
    policy: RoutingPolicy | None = relation(
        "Its policy; null while nothing of it is published.",
        "所属规则集，尚未发布过则为空。",
        answers.POLICY_OF_DRAFT,
    )
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    state: DraftState = column("Where it stands.", "状态。")
    version: int = column(
        "Counts its changes; send it as `expectedVersion`.", "改动次数，办理时作为 expectedVersion 送回。"
    )
    base_number: int = column(
        "The number of the version that it has to follow, 0 for none.", "所基于的版本号，0 为无。"
    )
    base_version: PolicyVersion | None = relation(
        "The version that it has to follow.", "所基于的版本。", answers.BASE_VERSION
    )
    note: str = column("A note for whoever approves it.", "给审核人的备注。")
    authors: list[str] = column("The accounts that wrote or submitted it.", "起草和提交账号。")
    created_at: datetime = column("When it was begun.", "创建时间。")
    created_by: str = column("The account that began it.", "创建账号。")
    changed_at: datetime = column("When it last changed.", "最近改动时间。")
    submitted_at: datetime | None = column("When it was submitted.", "提交时间。")
    submitted_by: str | None = column("The account that submitted it.", "提交账号。")
    approved_at: datetime | None = column("When it was approved.", "审核时间。")
    approved_by: str | None = column("The account that approved it.", "审核账号。")
    returned_reason: str | None = column("Why it was returned.", "退回理由。")
    published_version: PolicyVersion | None = relation(
        "The version that it is.", "发布成的版本。", answers.PUBLISHED_VERSION
    )
    report: PolicyReport | None = relation(
        "What the last check found; null once it has changed.",
        "最近检查结果，改动后为空。",
        policy_report.REPORT,
    )
    fields: list[FactField] = relation("What its rules may ask about.", "要素定义。", version_answers.FIELDS)
    triage_below: float = column(
        "Decisions with less confidence go to a person.", "置信度低于此值即转人工研判。"
    )
    rules: list[PolicyRule] = relation(
        "Its rules in the order of the table.",
        "规则，按表中次序。",
        answers.RULES_OF_DRAFT,
        after=SKIPPED,
        first=AT_MOST,
    )
    cases: list[PolicyCase] = relation(
        "The cases that it must pass.", "用例。", policy_text.CASES, after=SKIPPED, first=AT_MOST
    )
    terms: list[LexiconTerm] = relation(
        "The terms of its lexicon.", "词条。", policy_text.TERMS, after=SKIPPED, first=AT_MOST
    )
    simulations: list[PolicySimulation] = relation(
        "What it was tried on, newest first.", "试算，新者在前。", SIMULATIONS_OF_DRAFT, first=AT_MOST
    )
