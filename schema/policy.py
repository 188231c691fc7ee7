"""Routing policies: versions and rules, for reading."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.policy import VersionStatus
from casework.rights import ANYBODY, POLICY_READERS, SIGNED_IN
from resolvers import policy as answers
from resolvers import policy_text
from rules.model import FieldKind, Operator, RuleKind
from schema.access import shown_to
from schema.department import Function
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.node import Node, made_of
from schema.region import Region

if TYPE_CHECKING:
    from schema.policy_text import LexiconTerm, PolicyCase

publish(
    VersionStatus,
    ("Where a version stands.", "版本状态。"),
    {
        VersionStatus.SCHEDULED: ("Its first day is still to come.", "已发布，尚未到生效日。"),
        VersionStatus.PUBLISHED: ("It decides.", "已发布，用于分派。"),
        VersionStatus.SUPERSEDED: ("A later version has taken its place.", "已被后续版本取代。"),
        VersionStatus.ROLLED_BACK: (
            "An earlier version was put in its place.",
            "已回退，由较早的版本取代。",
        ),
    },
    name="PolicyStatus",
)
publish(
    RuleKind,
    ("How a rule takes part.", "规则种类。"),
    {
        RuleKind.BASE: (
            "Asked in order; the first that holds decides the lead.",
            "基本规则：按顺序询问，首个成立者决定牵头。",
        ),
        RuleKind.OVERLAY: (
            "Adds when it holds, and never displaces the lead.",
            "叠加规则：成立即增补，不改变牵头。",
        ),
    },
    name="RuleKind",
)
publish(
    FieldKind,
    ("What a fact holds.", "要素类型。"),
    {
        FieldKind.CHOICE: ("One word.", "单选词。"),
        FieldKind.CHOICES: ("Several words.", "多选词。"),
        FieldKind.NUMBER: ("A number.", "数值。"),
        FieldKind.FLAG: ("Yes or no.", "是或否。"),
    },
    name="FactKind",
)
publish(
    Operator,
    ("How a condition asks.", "条件运算。"),
    {
        Operator.EQUALS: ("The fact equals the value.", "等于。"),
        Operator.IN: ("The fact equals one of the values.", "属于其一。"),
        Operator.ANY_OF: ("The fact shares a word with the values.", "含其中任一。"),
        Operator.ALL_OF: ("The fact has every one of the values.", "全部包含。"),
        Operator.BETWEEN: ("The fact lies between low and high.", "介于上下限之间。"),
        Operator.PRESENT: ("The fact is known.", "已知。"),
    },
)


@shown_to(ANYBODY)
@strawberry.type(description=both("A source of law.", "法律依据。"))
class LegalBasis:
    """Made of stored documents."""

    title: str = column("The law or document.", "法规或文件名称。")
    article: str = column("The article.", "条款。")
    url: str = column("Where to read it.", "出处链接。")
    certain: bool = column("Whether the text in force has been checked.", "是否已核对现行文本。")
    valid_to: date | None = column(
        "Its last day in force, if it is known to end.", "失效日（含），未知则为空。"
    )


@shown_to(ANYBODY)
@strawberry.type(description=both("One condition of a rule.", "规则的一个条件。"))
class RuleCondition:
    """Made of stored documents."""

    field: str = column("The fact that it asks about.", "所问要素。")
    operator: Operator = column("How it asks.", "运算。")
    values: list[str] = column("What it compares with, as text.", "比较值（文本）。")
    low: float | None = column("Lower end of a range, inclusive.", "下限（含）。")
    high: float | None = column("Upper end of a range, inclusive.", "上限（含）。")
    negated: bool = column("Whether it holds when the rest does not.", "是否取反。")


@shown_to(ANYBODY)
@strawberry.type(description=both("What a rule decides when it holds.", "规则成立时的结论。"))
class RuleOutcome:
    """Made of stored documents."""

    lead_function: Function | None = relation("The function that leads.", "牵头职能。", answers.LEAD_FUNCTION)
    co_functions: list[Function] = relation("The functions that join.", "协办职能。", answers.CO_FUNCTIONS)
    conference_domain: str | None = column(
        "The domain of the joint conference that it proposes.", "提议的联席会议领域。"
    )
    flags: list[str] = column("Flags that it sets.", "所置标记。")
    legal_path: str | None = column("The legal path that it names.", "法定途径。")
    triage: bool = column("Whether it sends the matter to a person.", "是否转人工研判。")
    candidates: list[Function] = relation(
        "Whom that person may choose from, best first.", "研判候选职能，优先者在前。", answers.CANDIDATES
    )


@shown_to(ANYBODY)
@strawberry.type(description=both("One row of a policy's decision table.", "决策表中的一条规则。"))
class PolicyRule(Node):
    """Made of rows."""

    is_type_of = made_of(answers.RULE.row)

    code: str = column("Its name within the policy.", "规则在规则集内的编号。")
    position: int = column("Its place in the table, from 0.", "在表中的次序，从 0 起。")
    kind: RuleKind = column("How it takes part.", "规则种类。")
    priority: int = column("Smaller is asked first.", "优先级，小者先问。")
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    conditions: list[RuleCondition] = relation("All have to hold.", "条件，须同时成立。", answers.CONDITIONS)
    outcome: RuleOutcome = relation("What it decides.", "结论。", answers.OUTCOME)
    legal_basis: list[LegalBasis] = relation("What it stands on.", "法律依据。", answers.LEGAL_BASIS)
    regions: list[Region] = relation(
        "Where it holds, with everything below; empty means everywhere.",
        "适用区域（含下级），空为全部。",
        answers.REGIONS,
    )
    valid_from: date | None = column("Its first day, if limited.", "生效日。")
    valid_to: date | None = column("Its last day, if limited.", "失效日（含）。")


@shown_to(ANYBODY)
@strawberry.type(description=both("A fact that rules of a version may ask about.", "规则可以询问的要素。"))
class FactField:
    """Made of stored documents."""

    name: str = column("Its name in conditions.", "在条件中的名称。")
    kind: FieldKind = column("What it holds.", "类型。")
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    values: list[str] = column("The allowed words; empty means any.", "允许的词，空为不限。")


@shown_to(ANYBODY)
@strawberry.type(
    description=both(
        "One version of a routing policy; once published it never changes.",
        "规则集的一个版本，发布后不再改变。",
    )
)
class PolicyVersion(Node):
    """Made of rows."""

    is_type_of = made_of(answers.VERSION.row)

    number: int = column("Counts from 1 without gaps.", "版本号，从 1 连续编号。")
    status: VersionStatus = relation("Where it stands today.", "当前状态。", answers.STATUS)
    policy: RoutingPolicy = relation("Whose version it is.", "所属规则集。", answers.POLICY_OF_VERSION)
    fields: list[FactField] = relation("What its rules may ask about.", "要素定义。", answers.FIELDS)
    triage_below: float = column(
        "Decisions with less confidence go to a person.", "置信度低于此值即转人工研判。"
    )
    checksum: str = column("SHA-256 of its canonical document.", "规范文本的 SHA-256。")
    effective_from: date = column("From this day on it may decide.", "生效日。")
    published_at: datetime = column("When it was published.", "发布时间。")
    published_by: str = column("The account that published it.", "发布账号。", roles=SIGNED_IN)
    approved_by: str | None = column(
        "The account that approved it; empty for shipped policies.",
        "审核账号，随附规则集为空。",
        roles=SIGNED_IN,
    )
    restored_number: int | None = column(
        "The number of the earlier version that it restores.", "所恢复的较早版本号。"
    )
    reason: str | None = column("Why that was restored.", "恢复的理由。")
    rolled_back_at: datetime | None = column(
        "When an earlier version was put in its place.", "被撤回的时间。"
    )
    rules: list[PolicyRule] = relation(
        "Its rules in the order of the table.",
        "规则，按表中次序。",
        answers.RULES,
        after=("How many to skip.", "跳过的条数。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
    cases: list[Annotated[PolicyCase, strawberry.lazy("schema.policy_text")]] = relation(
        "The cases that it passed.",
        "用例。",
        policy_text.CASES,
        roles=POLICY_READERS,
        after=("How many to skip.", "跳过的条数。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
    terms: list[Annotated[LexiconTerm, strawberry.lazy("schema.policy_text")]] = relation(
        "The terms of its lexicon.",
        "词条。",
        policy_text.TERMS,
        after=("How many to skip.", "跳过的条数。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )


@shown_to(ANYBODY)
@strawberry.type(
    description=both(
        "A responsibility split: which function leads which matter.",
        "职责分工规则集：什么事项由哪一职能牵头。",
    )
)
class RoutingPolicy(Node):
    """Made of rows."""

    is_type_of = made_of(answers.POLICY.row)

    key: str = column("Its key.", "规则集代号。")
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    versions: list[PolicyVersion] = relation(
        "All versions, newest first.", "全部版本，新者在前。", answers.VERSIONS
    )
    current_version: PolicyVersion | None = relation(
        "The version that decides today.", "现行版本。", answers.CURRENT_VERSION
    )
    rules: list[PolicyRule] = relation(
        "The rules of the version that decides today.",
        "现行版本的规则。",
        answers.CURRENT_RULES,
        after=("How many to skip.", "跳过的条数。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
