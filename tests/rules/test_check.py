"""What a check finds, and says, before a policy may be tried."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from time import process_time
from typing import Any

import pytest

from bench.workload import workload
from rules.check import Finding, Severity, check
from rules.lexicon import Lexicon, Term, TermKind
from rules.model import Condition, FactField, FieldKind, Operator, Outcome, Policy, Rule, RuleKind
from tests.rules.policies import FIELDS, any_of, base, equals, negated, overlay, policy
from wording.catalogue import Language, messages

FUNCTIONS = frozenset({"ecology", "port", "public_security"})
DOMAINS = frozenset({"environment"})
PORT = equals("sector", "port")


def between(low: Any = None, high: Any = None, field: str = "severity") -> Condition:
    return Condition(field, Operator.BETWEEN, low=low, high=high)


def one_of(field: str, *values: Any) -> Condition:
    return Condition(field, Operator.IN, values)


def all_of(field: str, *words: str) -> Condition:
    return Condition(field, Operator.ALL_OF, words)


def present(field: str) -> Condition:
    return Condition(field, Operator.PRESENT)


def outcome(rule: Rule, **changes: Any) -> Rule:
    return replace(rule, outcome=replace(rule.outcome, **changes))


def found(checked: Policy) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in check(checked, FUNCTIONS, DOMAINS)]


def test_nothing_is_wrong_with_a_sound_policy() -> None:
    rule = replace(
        base("a", PORT, any_of("pollutant", "dust"), between(1, 3), equals("licensed", False)),
        regions=("320682",),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 1, 1),
    )
    adds = overlay("x", outcome=Outcome(co_functions=("public_security",), conference="environment"))
    triage = outcome(base("t", lead=None), candidates=("port", "ecology"))
    assert found(policy(rule, adds, triage)) == []
    assert found(policy()) == []


@pytest.mark.parametrize(
    ("rule", "code", "where"),
    [
        (base(" "), "empty_id", "id"),
        (replace(base("a"), title=""), "empty_title", "title"),
        (replace(base("a"), title_en=" "), "empty_title_en", "title_en"),
        (outcome(base("a"), lead=None), "nobody_leads", "outcome"),
        (outcome(overlay("a"), lead="port"), "overlay_leads", "outcome"),
        (outcome(overlay("a"), triage=True), "overlay_leads", "outcome"),
        (base("a", lead="magic"), "unknown_function", "outcome.lead"),
        (base("a", lead=""), "unknown_function", "outcome.lead"),
        (outcome(base("a"), co_functions=("port", "magic")), "unknown_function", "outcome.co_functions"),
        (outcome(base("a", lead=None), candidates=("magic",)), "unknown_function", "outcome.candidates"),
        (outcome(base("a"), conference="magic"), "unknown_conference", "outcome.conference"),
        (
            replace(base("a"), valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)),
            "validity_reversed",
            "valid_to",
        ),
        (base("a", equals("magic", "x")), "unknown_field", "conditions.0"),
        (base("a", PORT, any_of("sector", "port")), "operator_misfit", "conditions.1"),
        (base("a", between(1, 2, "sector")), "operator_misfit", "conditions.0"),
        (base("a", equals("pollutant", "dust")), "operator_misfit", "conditions.0"),
        (base("a", one_of("licensed", True)), "operator_misfit", "conditions.0"),
        (base("a", one_of("channel")), "no_values", "conditions.0"),
        (base("a", any_of("pollutant")), "no_values", "conditions.0"),
        (base("a", Condition("channel", Operator.EQUALS, ("a", "b"))), "several_values", "conditions.0"),
        (base("a", equals("channel", 5)), "value_misfit", "conditions.0"),
        (base("a", equals("licensed", 1)), "value_misfit", "conditions.0"),
        (base("a", equals("severity", "5")), "not_a_number", "conditions.0"),
        (base("a", equals("severity", True)), "not_a_number", "conditions.0"),
        (base("a", equals("severity", math.nan)), "not_a_number", "conditions.0"),
        (base("a", between(math.inf)), "not_a_number", "conditions.0"),
        (base("a", between(None, "3")), "not_a_number", "conditions.0"),
        (base("a", equals("sector", "magic")), "value_not_allowed", "conditions.0"),
        (base("a", any_of("pollutant", "dust", "magic")), "value_not_allowed", "conditions.0"),
        (base("a", between()), "open_range", "conditions.0"),
        (base("a", between(3, 2)), "range_reversed", "conditions.0"),
        (base("a", PORT, equals("channel", ".*厂")), "no_patterns", "conditions.1"),
        (base("a", any_of("signs", "x", r"^\d+$")), "no_patterns", "conditions.0"),
    ],
)
def test_one_thing_wrong(rule: Rule, code: str, where: str) -> None:
    assert found(policy(base("sound"), rule)) == [(code, f"rules.1.{where}")]


def test_a_rule_in_a_script_that_the_lexicon_lacks() -> None:
    """Cyrillic is foreign to a lexicon of Chinese words, and at home once one such word is in it."""
    titled = replace(base("a"), title="Шум от завода")
    worded = base("b", equals("channel", "завод"))
    mixed = replace(base("c"), title="噪声 β射线 ПДК 超标")
    chinese = replace(policy(titled, worded, mixed), lexicon=Lexicon((Term("工厂", TermKind.PREMISES),)))
    wanted = [("foreign_script", "rules.0.title"), ("foreign_script", "rules.1.conditions.0")]
    assert found(chinese) == wanted
    both = Lexicon((*chinese.lexicon.terms, Term("завод", TermKind.PREMISES)))
    assert found(replace(chinese, lexicon=both)) == []
    assert found(replace(chinese, lexicon=Lexicon())) == []


CONTRADICTIONS: list[tuple[tuple[Condition, ...], bool]] = [
    ((PORT, equals("sector", "industry")), True),
    ((PORT, one_of("sector", "industry", "port")), False),
    ((PORT, negated(PORT)), True),
    ((PORT, negated(present("sector"))), True),
    ((negated(PORT), negated(present("sector"))), False),
    ((negated(PORT), negated(equals("sector", "industry"))), False),
    # With every allowed word ruled out, only an unknown fact is left, and that is not present.
    ((negated(one_of("sector", "industry", "port", "transport", "construction")), present("sector")), True),
    ((negated(one_of("channel", "a", "b")), present("channel")), False),
    ((between(1, 3), between(4, 5)), True),
    ((between(1, 3), between(3, 5)), False),
    ((between(1, 3), negated(between(0, 5))), True),
    ((between(1, 3), negated(between(2, 5))), False),
    ((between(1, 3), negated(equals("severity", 2))), False),
    ((equals("severity", 2), negated(equals("severity", 2.0))), True),
    ((negated(between(None, 3)), negated(between(3, None))), False),
    ((negated(between(None, 3)), negated(between(3, None)), present("severity")), True),
    ((equals("licensed", True), equals("licensed", False)), True),
    ((negated(equals("licensed", True)), negated(equals("licensed", False))), False),
    ((any_of("pollutant", "dust"), negated(any_of("pollutant", "dust", "noise"))), True),
    ((any_of("pollutant", "dust", "fumes"), negated(any_of("pollutant", "dust"))), False),
    ((any_of("pollutant", "dust"), any_of("pollutant", "noise")), False),
    ((all_of("pollutant", "dust", "noise"), negated(any_of("pollutant", "noise"))), True),
    ((all_of("pollutant", "dust"), negated(all_of("pollutant", "dust", "noise"))), False),
    ((all_of("pollutant", "dust", "noise"), negated(all_of("pollutant", "noise", "dust"))), True),
    ((present("signs"), negated(any_of("signs", "a"))), False),
]


@pytest.mark.parametrize(("conditions", "contradictory"), CONTRADICTIONS)
def test_contradictions(conditions: tuple[Condition, ...], contradictory: bool) -> None:
    expected = [("contradiction", "rules.0.conditions")] if contradictory else []
    assert found(policy(base("a", *conditions))) == expected
    assert found(policy(base("a", *reversed(conditions)))) == expected


def test_what_concerns_the_whole_policy() -> None:
    doubled = policy(base("a"), base("b"), base("a"), fields=(*FIELDS, FIELDS[0]))
    assert found(doubled) == [
        ("repeated_field", f"fields.{len(FIELDS)}"),
        ("repeated_rule", "rules.2.id"),
    ]
    for share in (-0.1, 1.1, math.nan, True):
        assert found(policy(triage_below=share)) == [("triage_below", "triage_below")]


def test_regions_and_days_need_their_fields() -> None:
    rule = replace(base("a"), regions=("320682",), valid_to=date(2026, 1, 1))
    expected = [("no_region_field", "rules.0.regions"), ("no_day_field", "rules.0.valid_from")]
    assert found(policy(rule, fields=())) == expected
    misfits = (
        FactField("region", FieldKind.CHOICE, "区域", "Region"),
        FactField("day", FieldKind.FLAG, "日", "Day"),
    )
    assert found(policy(rule, fields=misfits)) == expected


def test_only_a_missing_english_title_is_a_warning() -> None:
    rule = replace(base("a", lead="magic"), title_en="")
    severities = {finding.code: finding.severity for finding in check(policy(rule), FUNCTIONS, DOMAINS)}
    assert severities == {"empty_title_en": Severity.WARNING, "unknown_function": Severity.ERROR}


def test_findings_say_what_to_do_in_both_languages() -> None:
    checked = policy(base("r-1", equals("sector", "magic")))
    (finding,) = check(checked, FUNCTIONS, DOMAINS)
    allowed = "industry, port, transport, construction"
    assert finding.say() == f"规则“r-1”对要素“sector”给出的值“magic”不在可选值之内：{allowed}。"
    assert finding.say(Language.EN) == (
        f"The rule “r-1” gives the value “magic” to the field “sector”. Allowed: {allowed}."
    )


def test_every_finding_can_be_said() -> None:
    said = {"rule": "r", "field": "f", "value": "v", "known": "k", "function": "x", "domain": "d"}
    said |= {"start": "1", "end": "2", "low": "1", "high": "2", "values": "v", "allowed": "a"}
    said |= {"operator": "in", "seconds": "1", "signal": "9", "reason": "w"}
    codes = {key.removeprefix("check.") for key in messages(Language.ZH) if key.startswith("check.")}
    assert len(codes) > 20
    for code in codes:
        for language in Language:
            assert "{" not in Finding(code, "", said).say(language)


def test_five_thousand_rules_in_no_time() -> None:
    made = workload("broad", 5000, 0).policy
    rules = tuple(
        replace(rule, conditions=(*rule.conditions, negated(rule.conditions[0]))) for rule in made.rules
    )
    begun = process_time()
    findings = check(replace(made, rules=rules), FUNCTIONS, DOMAINS)
    # It takes half a second. No benchmark: this catches what grows with the square of the rules.
    assert process_time() - begun < 10
    assert [finding.code for finding in findings] == ["contradiction"] * 5000


def test_overlays_are_checked_like_base_rows() -> None:
    rule = Rule("x", RuleKind.OVERLAY, 1, "", "x", (between(2, 1),), Outcome(flags=("f",)))
    assert found(policy(rule)) == [
        ("empty_title", "rules.0.title"),
        ("range_reversed", "rules.0.conditions.0"),
    ]
