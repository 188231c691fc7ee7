"""Small policies written by hand for the tests."""

from __future__ import annotations

from dataclasses import replace

from rules.decide import Decider
from rules.lexicon import Lexicon
from rules.model import (
    Condition,
    Decision,
    FactField,
    Facts,
    FieldKind,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
    Scalar,
    Trace,
)

FIELDS = (
    FactField(
        "sector", FieldKind.CHOICE, "类别", "Sector", ("industry", "port", "transport", "construction")
    ),
    FactField("pollutant", FieldKind.CHOICES, "污染类型", "Kinds of pollution", ("noise", "dust", "fumes")),
    FactField("severity", FieldKind.NUMBER, "严重程度", "Severity"),
    FactField("licensed", FieldKind.FLAG, "有照", "Licensed"),
    FactField("channel", FieldKind.CHOICE, "渠道", "Channel"),
    FactField("signs", FieldKind.CHOICES, "线索", "Signs"),
    FactField("flags", FieldKind.CHOICES, "标记", "Flags", ("repeat", "group", "night")),
    FactField("region", FieldKind.CHOICES, "所在区域", "Region"),
    FactField("day", FieldKind.NUMBER, "日期", "Day"),
)


def policy(*rules: Rule, fields: tuple[FactField, ...] = FIELDS, triage_below: float = 0.5) -> Policy:
    """A policy of these rows."""
    return Policy("test", 1, "试验", "Test", fields, rules, Lexicon(), triage_below)


def base(id: str, *conditions: Condition, lead: str | None = "ecology", priority: int = 1) -> Rule:
    """A base row that leads to a function; None asks for triage."""
    outcome = Outcome(lead=lead, triage=lead is None)
    return Rule(id, RuleKind.BASE, priority, f"规则{id}", f"Rule {id}", conditions, outcome)


def overlay(id: str, *conditions: Condition, outcome: Outcome | None = None) -> Rule:
    """An overlay row."""
    adds = outcome or Outcome(flags=(id,))
    return Rule(id, RuleKind.OVERLAY, 1, f"叠加{id}", f"Overlay {id}", conditions, adds)


def equals(field: str, value: Scalar) -> Condition:
    """The field is just this."""
    return Condition(field, Operator.EQUALS, (value,))


def any_of(field: str, *words: str) -> Condition:
    """The field has one of the words."""
    return Condition(field, Operator.ANY_OF, words)


def negated(condition: Condition) -> Condition:
    """The opposite."""
    return Condition(
        condition.field, condition.operator, condition.values, condition.low, condition.high, True
    )


def decide_and_trace(decider: Decider, facts: Facts) -> tuple[Decision, Trace]:
    """A decision with the reasons for it."""
    decision, verdict = decider.decide(facts)
    return decision, decider.trace(facts, decision, verdict)


def with_row(base: Policy, row: Rule, before: str) -> Policy:
    """The policy with one more row, directly before the rule with this id."""
    at = next(at for at, rule in enumerate(base.rules) if rule.id == before)
    return replace(base, rules=(*base.rules[:at], row, *base.rules[at:]))
