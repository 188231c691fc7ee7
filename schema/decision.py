"""Decisions: what the policy decided, and why."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.rights import DISPUTE_READERS, SIGNED_IN
from resolvers import decision as answers
from rules.model import TriageReason
from schema.access import shown_to
from schema.department import Department, Function
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.language import Language  # noqa: F401 - published before `explanation` takes one
from schema.node import Node, made_of
from schema.policy import PolicyRule, PolicyVersion

publish(
    TriageReason,
    ("Why a person has to decide.", "转人工研判的原因。"),
    {
        TriageReason.NO_RULE: ("No rule holds.", "没有规则成立。"),
        TriageReason.BY_RULE: ("A rule says so.", "规则要求人工研判。"),
        TriageReason.LOW_CONFIDENCE: ("The words do not carry the decision.", "文字依据不足。"),
        TriageReason.NO_FACTS: ("Nothing in the text was recognised.", "未识别出任何要素。"),
        TriageReason.NO_UNIT: ("No department carries the lead function.", "没有单位承担牵头职能。"),
    },
)


@shown_to(SIGNED_IN)
@strawberry.type(description=both("One fact: what the rules saw of the matter.", "要素：规则所见的事实。"))
class Fact:
    """Made of a decision's facts."""

    field: str = column("Its name in conditions.", "在条件中的名称。")
    title: str = column("Chinese title.", "中文标题。")
    title_en: str = column("English title.", "英文标题。")
    words: list[str] = column("Its words, if it holds words.", "词，非词类要素为空列表。")
    number: float | None = column("Its number, if it holds one.", "数值。")
    flag: bool | None = column("Yes or no, if it is a flag.", "是或否。")


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both(
        "Words of the text that stand for a fact; `start` and `end` count Unicode code points.",
        "原文中对应某一要素的词句，位置按 Unicode 码点计。",
    )
)
class Match:
    """Made of a decision's matches."""

    text: str = column("The words as written.", "原文词句。")
    start: int = column("Where they begin, from 0.", "起始位置，从 0 起。")
    end: int = column("Where they end, exclusive.", "结束位置（不含）。")
    field: str = column("The fact's name.", "要素名称。")
    word: str = column("The fact's word.", "要素的词。")


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both("A possible lead, for the person who has to decide.", "供人工研判的候选牵头。")
)
class Candidate:
    """Made of a decision's candidates."""

    function: Function = column("The function.", "职能。")
    score: float = column("How much speaks for it, 0 to 1.", "得分，0 到 1。")
    vote: float | None = column(
        "Its share of the statistical vote, 0 to 1; empty where there is no vote.",
        "统计参考意见的份额，0 到 1，未启用则为空。",
    )
    department: Department | None = relation(
        "Who carries it there; empty where nobody does.",
        "承担该职能的单位，无则为空。",
        answers.CANDIDATE_DEPARTMENT,
    )
    rule: PolicyRule | None = relation(
        "The rule that would have led there.", "指向它的规则。", answers.CANDIDATE_RULE
    )


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both(
        "The statistical vote is strongly for another lead than the rules. It warns and never decides.",
        "统计参考意见明显倾向于另一牵头职能；仅作提醒，不作决定。",
    )
)
class VoteWarning:
    """Made by the vote that the server has at the time of asking."""

    function: Function = column("The function that it is for.", "所倾向的职能。")
    share: float = column("Its share, 0.9 to 1.", "份额，0.9 到 1。")
    message: str = relation(
        "The same in a sentence.",
        "一句话说明。",
        answers.WARNING,
        language=("In this language; by default that of the request.", "语言，默认同请求语言。"),
    )


@shown_to(DISPUTE_READERS)
@strawberry.interface(
    description=both("What a policy decides about a matter, and why.", "规则集对一件事项的结论及理由。")
)
class RoutingOutcome:
    """What stored decisions and previews share."""

    rule: PolicyRule | None = relation(
        "The base rule that decided.", "起决定作用的基本规则。", answers.RULE_THAT_DECIDED
    )
    overlays: list[PolicyRule] = relation("The overlay rules that added.", "叠加规则。", answers.OVERLAYS)
    explanation: list[str] = relation(
        "Why, in sentences, as given at the time.",
        "理由，逐句，为当时所给。",
        answers.EXPLANATION,
        language=("In this language; by default that of the request.", "语言，默认同请求语言。"),
    )
    facts: list[Fact] = relation("What the rules saw.", "规则所见要素。", answers.FACTS)
    matches: list[Match] = relation(
        "The words of the text that count.", "起作用的原文词句。", answers.MATCHES
    )
    policy_version: PolicyVersion = relation(
        "The version that decided.", "所依版本。", answers.POLICY_VERSION
    )
    lead_function: Function | None = relation("The function that leads.", "牵头职能。", answers.LEAD_FUNCTION)
    co_functions: list[Function] = relation("The functions that join.", "协办职能。", answers.CO_FUNCTIONS)
    conference_domain: str | None = column(
        "The domain of the joint conference that is proposed.", "提议的联席会议领域。"
    )
    flags: list[str] = column("Flags of the matter, such as `repeat`.", "事项标记，如 repeat（重复）。")
    legal_path: str | None = column("The legal path to take.", "法定途径。")
    triage_reason: TriageReason | None = column(
        "Why a person has to decide; empty when the policy decided.", "转人工研判的原因，已决定则为空。"
    )
    confidence: float | None = column("How far the text carries it, 0 to 1.", "置信度，0 到 1。")
    candidates: list[Candidate] = relation(
        "Possible leads, best first; the statistical vote, if there is one, orders those that are close.",
        "候选牵头，优先者在前；得分相近的按统计参考意见（如已启用）排序。",
        answers.CANDIDATES,
    )
    vote_warning: VoteWarning | None = relation(
        "That the statistical vote strongly disagrees; empty where it does not, or where there is none.",
        "统计参考意见明显不一致的提醒，一致或未启用则为空。",
        answers.VOTE_WARNING,
    )


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "A stored decision about a dispute; it can be replayed exactly.",
        "对一件信访事项的分派决定，可完全重放。",
    )
)
class Decision(Node, RoutingOutcome):
    """Made of rows."""

    is_type_of = made_of(answers.DECISION.row)

    sequence: int = column("Counts the decisions of the dispute from 1.", "本事项的第几次决定。")
    decided_at: datetime = column("When it was made.", "决定时间。")
