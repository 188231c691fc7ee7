"""What the text of a policy has beside its rules: cases and the terms of the lexicon."""

from __future__ import annotations

from datetime import date

import strawberry

from casework.rights import ANYBODY, POLICY_READERS
from resolvers import policy_text as answers
from rules.lexicon import TermKind
from schema.access import shown_to
from schema.decision import Fact
from schema.department import Function
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.region import Region

publish(
    TermKind,
    ("What sort of word a term is.", "词条种类。"),
    {
        TermKind.PREMISES: (
            "Who or what causes it: a factory, a restaurant.",
            "场所：工厂、饭店等产生问题者。",
        ),
        TermKind.ACTIVITY: ("What is done there.", "活动：在做什么。"),
        TermKind.ACTOR: ("A moving or passing cause: a muck truck.", "行为者：渣土车等移动源。"),
        TermKind.PLACE: ("Where it happens, or who suffers.", "地点：发生地或受影响者。"),
        TermKind.POLLUTANT: ("What is noticed: fumes, dust, a smell.", "污染：油烟、扬尘、异味等。"),
        TermKind.HISTORY: ("What happened to the complaint before.", "经过：此前的投诉情况。"),
        TermKind.CONTEXT: ("Anything else that facts are made of.", "其他构成要素的词。"),
        TermKind.IGNORE: ("A longer word that hides a misleading shorter one.", "屏蔽误导性短词的长词。"),
    },
)


@shown_to(ANYBODY)
@strawberry.type(description=both("A word that a term stands for.", "词条所代表的要素词。"))
class TermFact:
    """Made of a term's document."""

    field: str = column("The fact.", "要素。")
    word: str = column("The word.", "词。")


@shown_to(ANYBODY)
@strawberry.type(description=both("One entry of the lexicon.", "词库中的一个词条。"))
class LexiconTerm:
    """Made of rows."""

    text: str = column("The words as people write them.", "词的写法。")
    kind: TermKind = column("What sort of word it is.", "种类。")
    facts: list[TermFact] = relation("What it stands for.", "所代表的要素。", answers.TERM_FACTS)
    sector: str | None = relation("The sector that it votes for.", "所投的行业类别。", answers.SECTOR)
    weight: float = relation("How much its vote counts.", "权重。", answers.WEIGHT)
    unless: list[str] = relation(
        "Words that take its vote and facts away when they stand near.",
        "附近出现这些词时不计。",
        answers.UNLESS,
    )
    marks: list[str] = relation("What readings see of it.", "供读法识别的标记。", answers.MARKS)


@shown_to(POLICY_READERS)
@strawberry.type(
    description=both(
        "What must come of a case; nothing is asked of what is null.", "用例的预期，空项不作要求。"
    )
)
class CaseExpectation:
    """Made of a case's document."""

    lead_function: Function | None = relation(
        "The function that leads; null where a person has to decide.",
        "牵头职能，应转人工研判时为空。",
        answers.EXPECTED_LEAD,
    )
    triage: bool = column("Whether a person has to decide.", "是否应转人工研判。")
    co_functions: list[str] | None = column(
        "Codes of the functions that join, all of them.", "全部协办职能。"
    )
    flags: list[str] | None = column("The flags, all of them.", "全部标记。")
    conference_domain: str | None = column(
        "The domain of the joint conference; an empty text stands for none.",
        "联席会议领域，空字符串表示不应召集。",
    )
    rule_code: str | None = column("The rule that decides.", "应由哪条规则决定。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("A named test that is kept with a policy.", "随规则集保存的用例。"))
class PolicyCase:
    """Made of rows."""

    name: str = column("Its name within the policy.", "用例名称。")
    text: str | None = relation("The words of a complaint.", "投诉文字。", answers.CASE_TEXT)
    facts: list[Fact] = relation("Facts that are given.", "给定的要素。", answers.CASE_FACTS)
    region: Region | None = relation(
        "Where it is; null for anywhere.", "区域，空为不限。", answers.CASE_REGION
    )
    on: date | None = relation(
        "The day of the decision; null for the day of the run.", "决定日期，空为运行当日。", answers.CASE_DAY
    )
    expected: CaseExpectation = relation("What must come of it.", "预期结果。", answers.EXPECTED)
