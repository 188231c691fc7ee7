"""Explanations: sentence by sentence, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from rules.decide import Decider
from rules.explain import explain
from rules.index import Index
from rules.model import Condition, FactValue, LegalBasis, Operator, Outcome, Policy, TriageReason
from rules.phrase import Phrases
from tests.rules.policies import any_of, base, decide_and_trace, equals, negated, overlay, policy
from wording.catalogue import Language

PORT, DUST = equals("sector", "port"), any_of("pollutant", "dust")
BETWEEN = Operator.BETWEEN


@dataclass(frozen=True, slots=True)
class Found:
    """Words found in a text."""

    text: str
    start: int
    end: int
    field: str
    word: str


def told(
    rules: Policy, facts: dict[str, FactValue], language: Language, *matches: Found, **changes: Any
) -> tuple[str, ...]:
    """The explanation of a decision that may have been changed after the rules had spoken."""
    decision, trace = decide_and_trace(Decider(rules, Index(rules)), facts)
    return explain(Phrases(rules, language), facts, replace(decision, **changes), trace, matches)


WHARF = policy(
    replace(
        base("n-1", PORT, equals("channel", "hotline"), lead="transport"),
        title="热线来件",
        title_en="Calls",
    ),
    replace(
        base("w-1", PORT, DUST, Condition("severity", BETWEEN, low=2), lead="port"),
        title="沿河码头",
        title_en="Wharves",
        legal_basis=(
            LegalBasis("《港口法》", "第六条"),
            LegalBasis("《本市职责分工》", certain=False),
        ),
        outcome=Outcome(lead="port", co_functions=("ecology",), legal_path="mediation"),
        regions=("320682",),
        valid_from=date(2026, 1, 1),
    ),
    replace(
        overlay(
            "o-1",
            any_of("signs", "secret_pipe"),
            outcome=Outcome(
                co_functions=("public_security",), flags=("suspected_crime",), conference="environment"
            ),
        ),
        title="涉嫌犯罪",
        title_en="Signs of crime",
    ),
)
FACTS: dict[str, FactValue] = {
    "sector": "port",
    "pollutant": frozenset({"dust", "noise"}),
    "severity": 3,
    "signs": frozenset({"secret_pipe"}),
    "flags": frozenset({"night"}),
    "region": frozenset({"320600", "320682"}),
    "day": date(2026, 6, 1).toordinal(),
    "channel": "web",
}
MATCHES = (
    Found("扬尘", 8, 10, "pollutant", "dust"),
    Found("码头", 0, 2, "sector", "port"),
    Found("码头", 0, 2, "premises", "wharf"),
    Found("噪声", 4, 6, "pollutant", "noise"),
    Found("夜里", 2, 4, "flags", "night"),
    Found("暗管", 12, 14, "signs", "secret_pipe"),
)


def test_a_whole_explanation_in_chinese() -> None:
    assert told(WHARF, FACTS, Language.ZH, *MATCHES) == (
        "依据规则“沿河码头”（w-1），由港口管理部门牵头。",
        "该规则成立，因为类别为码头港口，污染类型含扬尘，严重程度不低于2（实际为3），"
        "所在区域属于320682，日期不早于2026-01-01（实际为2026-06-01）。",
        "原文依据：“码头”（第1至2字）、“夜里”（第3至4字）、“扬尘”（第9至10字）、“暗管”（第13至14字）。",
        "叠加规则“涉嫌犯罪”（o-1）成立，因为线索含暗管：增加协办公安机关、标记涉嫌犯罪、"
        "提请召开环境污染联席会议。",
        "由生态环境部门、公安机关协办。",
        "标记：夜间、涉嫌犯罪。",
        "提请召开环境污染联席会议。",
        "法定途径：调解。",
        "法律依据：《港口法》第六条；《本市职责分工》（待核实）。",
        "规则“热线来件”（n-1，由交通运输部门牵头）只差一项：要求渠道为hotline，实际渠道为web。",
    )


def test_a_whole_explanation_in_english() -> None:
    assert told(WHARF, FACTS, Language.EN, *MATCHES) == (
        "Lead: Port, by the rule “Wharves” (w-1).",
        "The rule holds because “Sector” is wharves and ports, “Kinds of pollution” include dust, “Severity” "
        "is at least 2 (it is 3), “Region” is within 320682, “Day” is not before 2026-01-01 (it is "
        "2026-06-01).",
        "Words in the text: “码头” (characters 1 to 2), “夜里” (characters 3 to 4), “扬尘” (characters 9 to "
        "10), “暗管” (characters 13 to 14).",
        "The overlay rule “Signs of crime” (o-1) holds because “Signs” include secret pipe; it adds Public "
        "security as co-unit, the flag suspected crime, a joint conference on environmental pollution.",
        "Co-units: Ecology and environment, Public security.",
        "Flags: at night, suspected crime.",
        "A joint conference on environmental pollution is proposed.",
        "Legal path: mediation.",
        "Legal basis: 《港口法》 第六条; 《本市职责分工》 (to be verified).",
        "The rule “Calls” (n-1; lead: Transport) failed on one condition only. Asked: “Channel” is hotline. "
        "Found: “Channel” is web.",
    )


@pytest.mark.parametrize(
    ("rules", "facts", "changes", "first", "first_en"),
    [
        (
            policy(base("a", PORT)),
            {},
            {},
            "没有规则与本件的要素相符，转人工研判。",
            "No rule fits the facts: a person has to decide.",
        ),
        (
            policy(base("t", lead=None)),
            {},
            {},
            "规则“规则t”（t）要求人工研判。",
            "The rule “Rule t” (t) asks for a person to decide.",
        ),
        (
            policy(base("a")),
            {},
            {"triage_reason": TriageReason.LOW_CONFIDENCE, "lead": None},
            "文字依据不足，不能确定牵头单位，转人工研判。",
            "The words do not carry the decision: a person has to decide.",
        ),
        (
            policy(base("a")),
            {},
            {"triage_reason": TriageReason.NO_FACTS, "lead": None},
            "内容中没有识别出任何要素，转人工研判。",
            "Nothing in the text was recognised: a person has to decide.",
        ),
        (
            policy(base("a")),
            {},
            {"triage_reason": TriageReason.NO_UNIT, "lead": None},
            "没有单位承担生态环境部门的职能，转人工研判。",
            "No unit carries the function of Ecology and environment: a person has to decide.",
        ),
    ],
)
def test_why_a_person_has_to_decide(
    rules: Policy, facts: dict[str, FactValue], changes: dict[str, Any], first: str, first_en: str
) -> None:
    assert told(rules, facts, Language.ZH, **changes)[0] == first
    assert told(rules, facts, Language.EN, **changes)[0] == first_en


@pytest.mark.parametrize("reason", list(TriageReason))
@pytest.mark.parametrize("rules", [policy(), policy(base("a"), overlay("x"))])
def test_every_reason_can_be_told_with_and_without_a_row(rules: Policy, reason: TriageReason) -> None:
    for language in Language:
        sentences = told(rules, {}, language, triage_reason=reason, lead=None)
        assert sentences
        assert all("{" not in sentence for sentence in sentences)


def test_ranked_candidates() -> None:
    triage = base("t", lead=None)
    rules = policy(replace(triage, outcome=Outcome(triage=True, candidates=("port", "mystery"))))
    assert "可供参考的牵头部门：港口管理部门（67%）、mystery（33%）。" in told(rules, {}, Language.ZH)
    assert "Possible leads: Port (67%), mystery (33%)." in told(rules, {}, Language.EN)


def test_rows_without_conditions() -> None:
    rules = policy(
        base("a"), overlay("x", outcome=Outcome(legal_path="court")), overlay("y", outcome=Outcome())
    )
    assert told(rules, {}, Language.ZH)[1:4] == (
        "该规则不设条件，总是成立。",
        "叠加规则“叠加x”（x）总是成立：导入“court”途径。",
        "叠加规则“叠加y”（y）总是成立：未增加其他内容。",
    )


def test_words_of_administrators_are_not_read_as_placeholders() -> None:
    rules = policy(replace(base("{id}", equals("channel", "{0}%s")), title="{title}", title_en="{x!r}"))
    facts: dict[str, FactValue] = {"channel": "{0}%s"}
    assert told(rules, facts, Language.ZH)[0] == "依据规则“{title}”（{id}），由生态环境部门牵头。"
    assert told(rules, facts, Language.EN)[1] == "The rule holds because “Channel” is {0}%s."


def test_an_english_title_that_is_missing_is_said_in_chinese() -> None:
    rules = policy(replace(base("a"), title="码头", title_en=""))
    assert told(rules, {}, Language.EN)[0] == "Lead: Ecology and environment, by the rule “码头” (a)."


REQUIREMENTS = [
    (PORT, "类别为码头港口", "“Sector” is wharves and ports"),
    (negated(PORT), "类别不是码头港口", "“Sector” is not wharves and ports"),
    (
        Condition("channel", Operator.IN, ("a", "b")),
        "渠道为a或b",
        "“Channel” is a or b",
    ),
    (equals("licensed", False), "有照：否", "“Licensed” is no"),
    (negated(equals("licensed", True)), "有照并非“是”", "“Licensed” is not yes"),
    (
        any_of("pollutant", "dust", "noise"),
        "污染类型含扬尘或噪声",
        "“Kinds of pollution” include dust or noise",
    ),
    (negated(DUST), "污染类型不含扬尘", "“Kinds of pollution” do not include dust"),
    (
        Condition("pollutant", Operator.ALL_OF, ("dust", "noise")),
        "污染类型同时含扬尘、噪声",
        "“Kinds of pollution” include all of dust, noise",
    ),
    (
        Condition("pollutant", Operator.ALL_OF, ("dust", "noise"), negated=True),
        "污染类型不同时含扬尘、噪声",
        "“Kinds of pollution” do not include all of dust, noise",
    ),
    (
        Condition("severity", BETWEEN, low=1.5, high=3.0),
        "严重程度在1.5至3之间",
        "“Severity” is from 1.5 to 3",
    ),
    (
        Condition("severity", BETWEEN, low=1, high=3, negated=True),
        "严重程度不在1至3之间",
        "“Severity” is not from 1 to 3",
    ),
    (
        Condition("severity", BETWEEN, low=0, negated=True),
        "严重程度低于0或未知",
        "“Severity” is below 0 or not known",
    ),
    (Condition("severity", BETWEEN, high=3), "严重程度不高于3", "“Severity” is at most 3"),
    (
        Condition("severity", BETWEEN, high=3, negated=True),
        "严重程度高于3或未知",
        "“Severity” is above 3 or not known",
    ),
    (Condition("severity", BETWEEN), "严重程度已知", "“Severity” is known"),
    (Condition("severity", BETWEEN, negated=True), "严重程度未知", "“Severity” is not known"),
    (Condition("severity", Operator.PRESENT, negated=True), "严重程度未知", "“Severity” is not known"),
    (negated(any_of("region", "3206")), "所在区域不属于3206", "“Region” is not within 3206"),
    (equals("magic", "x"), "magic为x", "“magic” is x"),
]


@pytest.mark.parametrize(("condition", "chinese", "english"), REQUIREMENTS)
def test_requirements(condition: Condition, chinese: str, english: str) -> None:
    assert Phrases(policy(), Language.ZH).requirement(condition) == chinese
    assert Phrases(policy(), Language.EN).requirement(condition) == english


def test_region_and_day_have_names_of_their_own() -> None:
    undeclared = Phrases(policy(fields=()), Language.ZH)
    assert undeclared.requirement(any_of("region", "3206")) == "所在区域属于3206"
    assert undeclared.requirement(Condition("day", BETWEEN, high=date(2026, 1, 1).toordinal())) == (
        "日期不晚于2026-01-01"
    )
