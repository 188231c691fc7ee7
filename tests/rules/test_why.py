"""Why one rule decides, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.evaluate import evaluate
from rules.model import DAY_FIELD, Condition, Facts, Operator, Outcome, Rule, RuleKind, TriageReason
from rules.phrase import Phrases
from rules.why import RuleVerdict, Why, in_words, why
from tests.rules.policies import any_of, base, equals, negated, overlay, policy
from tests.rules.random_policies import pairs
from wording.catalogue import Language

PORT, DUST, NOISE = equals("sector", "port"), any_of("pollutant", "dust"), any_of("pollutant", "noise")
GRAVE = Condition("severity", Operator.BETWEEN, low=4)
IN_SPRING, IN_WINTER = date(2026, 4, 1).toordinal(), date(2026, 1, 1).toordinal()

SPLIT = policy(
    replace(
        base("wharf", PORT, DUST, lead="port", priority=1),
        title_en="Wharves",
        regions=("320682",),
        valid_from=date(2026, 3, 1),
        valid_to=date(2026, 5, 31),
    ),
    base("port", PORT, lead="transport", priority=2),
    base("quiet", negated(NOISE), lead="ecology", priority=3),
    base("rest", lead=None, priority=9),
    overlay("grave", GRAVE, outcome=Outcome(co_functions=("ecology",), flags=("repeat",))),
    overlay("always"),
)
RULES = {rule.id: rule for rule in SPLIT.rules}
AT_THE_WHARF: Facts = {
    "sector": "port",
    "pollutant": frozenset({"dust"}),
    "severity": 5,
    "region": frozenset({"320600", "320682"}),
    DAY_FIELD: IN_SPRING,
}


def first_of(facts: Facts) -> Rule | None:
    at = evaluate(SPLIT, facts).base
    return None if at is None else SPLIT.base_rules()[at]


def asked(rule: str, facts: Facts) -> Why:
    return why(RULES[rule], facts, first_of(facts))


def failed_field(found: Why) -> str | None:
    return None if found.failed is None else found.checks[found.failed].condition.field


@pytest.mark.parametrize(
    ("rule", "changes", "verdict", "failed", "decided_by"),
    [
        ("wharf", {}, RuleVerdict.LEADS, None, None),
        ("wharf", {"sector": "industry"}, RuleVerdict.FAILS, "sector", None),
        ("wharf", {"pollutant": frozenset()}, RuleVerdict.FAILS, "pollutant", None),
        ("wharf", {"sector": "x", "pollutant": frozenset(), DAY_FIELD: 1}, RuleVerdict.FAILS, "sector", None),
        ("wharf", {"region": frozenset({"320600"})}, RuleVerdict.FAILS, "region", None),
        ("wharf", {DAY_FIELD: IN_WINTER}, RuleVerdict.FAILS, DAY_FIELD, None),
        ("wharf", {"region": frozenset(), DAY_FIELD: IN_WINTER}, RuleVerdict.FAILS, "region", None),
        ("port", {}, RuleVerdict.PRECEDED, None, "wharf"),
        ("port", {DAY_FIELD: IN_WINTER}, RuleVerdict.LEADS, None, None),
        ("quiet", {}, RuleVerdict.PRECEDED, None, "wharf"),
        ("quiet", {"pollutant": frozenset({"noise"})}, RuleVerdict.FAILS, "pollutant", None),
        ("rest", {}, RuleVerdict.PRECEDED, None, "wharf"),
        ("rest", {"sector": "x", "pollutant": frozenset({"noise"})}, RuleVerdict.LEADS, None, None),
        ("grave", {}, RuleVerdict.ADDS, None, None),
        ("grave", {"severity": 3}, RuleVerdict.FAILS, "severity", None),
        ("always", {}, RuleVerdict.ADDS, None, None),
    ],
)
def test_what_becomes_of_a_rule(
    rule: str, changes: Facts, verdict: RuleVerdict, failed: str | None, decided_by: str | None
) -> None:
    found = asked(rule, {**AT_THE_WHARF, **changes})
    assert found.verdict is verdict
    assert failed_field(found) == failed
    assert (found.decided_by and found.decided_by.id) == decided_by


def test_its_own_conditions_come_first_then_regions_and_days() -> None:
    found = asked("wharf", {})
    assert [check.condition.field for check in found.checks] == ["sector", "pollutant", "region", DAY_FIELD]
    assert [(check.holds, check.value) for check in found.checks] == [(False, None)] * 4


def test_the_verdict_is_that_of_the_evaluator() -> None:
    seen: set[RuleVerdict] = set()
    for rules, many in pairs(seed=41, policies=60, facts_of_each=12):
        base_rules, overlays = rules.base_rules(), rules.overlay_rules()
        for facts in many:
            verdict = evaluate(rules, facts)
            first = None if verdict.base is None else base_rules[verdict.base]
            found = [why(rule, facts, first) for rule in rules.rules]
            leading = [each.rule for each in found if each.verdict is RuleVerdict.LEADS]
            adding = {each.rule.id for each in found if each.verdict is RuleVerdict.ADDS}
            assert leading == ([] if first is None else [first])
            assert adding == {overlays[at].id for at in verdict.overlays}
            for each in found:
                assert (each.verdict is RuleVerdict.FAILS) is (each.failed is not None)
                if each.verdict is RuleVerdict.PRECEDED:
                    assert each.rule.kind is RuleKind.BASE
                    assert first is not None
                    assert base_rules.index(each.rule) > base_rules.index(first)
                    assert each.decided_by is first
                else:
                    assert each.decided_by is None
            seen.update(each.verdict for each in found)
    assert seen == set(RuleVerdict)


@pytest.mark.parametrize("language", Language)
def test_any_rule_and_any_facts_are_put_into_words(language: Language) -> None:
    for rules, many in pairs(seed=42, policies=25, facts_of_each=4):
        phrases = Phrases(rules, language)
        for facts in many:
            verdict = evaluate(rules, facts)
            first = None if verdict.base is None else rules.base_rules()[verdict.base]
            for rule in rules.rules:
                found = why(rule, facts, first)
                words = in_words(phrases, found, None)
                assert len(words.conditions) == len(found.checks)
                assert all(each.requirement and each.found for each in words.conditions)
                assert rule.id in words.sentences[0]


def said(rule: str, facts: Facts, language: Language, reason: TriageReason | None = None) -> tuple[str, ...]:
    return in_words(Phrases(SPLIT, language), asked(rule, facts), reason).sentences


def test_a_rule_that_leads_in_words() -> None:
    first, lead, because = said("wharf", AT_THE_WHARF, Language.EN)
    assert first == "The rule “Wharves” (wharf) holds, and no rule that is asked before it does: it decides."
    assert lead == "Lead: Port, by the rule “Wharves” (wharf)."
    assert "“Sector” is wharves and ports" in because
    assert "“Region” is within 320682," in because


def test_a_person_decides_although_a_rule_leads() -> None:
    facts: Facts = {"sector": "x", "pollutant": frozenset({"noise"})}
    assert said("rest", facts, Language.ZH, TriageReason.BY_RULE)[1] == "规则“规则rest”（rest）要求人工研判。"
    sentences = said("wharf", AT_THE_WHARF, Language.EN, TriageReason.LOW_CONFIDENCE)
    assert sentences[1] == "The words do not carry the decision: a person has to decide."


def test_an_overlay_that_adds_in_words() -> None:
    adds, because = said("grave", AT_THE_WHARF, Language.EN)
    assert adds.startswith("The overlay rule “Overlay grave” (grave) holds; it adds Ecology and environment")
    assert because == "The rule holds because “Severity” is at least 4 (it is 5)."
    assert said("always", AT_THE_WHARF, Language.EN)[1] == "The rule has no conditions and always holds."


def test_a_rule_that_came_too_late_in_words() -> None:
    preceded = said("port", AT_THE_WHARF, Language.ZH)[0]
    assert preceded == "规则“规则port”（port）也成立，但在它之前询问的“规则wharf”（wharf）已作出决定。"


def test_every_failure_in_words_the_first_one_first() -> None:
    facts: Facts = {**AT_THE_WHARF, "pollutant": frozenset({"noise"}), DAY_FIELD: IN_WINTER}
    first, second = said("wharf", facts, Language.EN)
    assert first.startswith("The rule “Wharves” (wharf) does not hold. Asked: “Kinds of pollution” include")
    assert first.endswith("Found: “Kinds of pollution” include noise.")
    assert second == (
        "It fails on this as well. Asked: “Day” is from 2026-03-01 to 2026-05-31. Found: “Day” is 2026-01-01."
    )
