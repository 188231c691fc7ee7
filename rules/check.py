"""Check a policy before it may be tried: what cannot be meant, row by row.

How rows overlap, shadow each other or leave gaps is not asked here; a policy that passes is one that every
evaluator can run and that does what its rows say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from math import isfinite

from rules.contradiction import contradictory
from rules.evaluate import is_number
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FactField,
    FieldKind,
    Operator,
    Policy,
    Rule,
    RuleKind,
    Scalar,
    conditions_of,
)
from rules.writing import looks_like_pattern, script_of, scripts_of
from wording.catalogue import Language, say


class Severity(StrEnum):
    """Whether a finding keeps a policy from going live."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `where` leads to it, such as `rules.3.conditions.0`; `code` names the message
    `check.<code>`, and `params` are what it mentions."""

    code: str
    where: str
    params: Mapping[str, str] = attribute(default_factory=dict)
    severity: Severity = Severity.ERROR

    def say(self, language: Language = Language.ZH) -> str:
        """What is wrong, and what to do about it."""
        return say(f"check.{self.code}", language, **self.params)


_OPERATORS = {
    FieldKind.CHOICE: (Operator.EQUALS, Operator.IN, Operator.PRESENT),
    FieldKind.CHOICES: (Operator.ANY_OF, Operator.ALL_OF, Operator.PRESENT),
    FieldKind.NUMBER: (Operator.EQUALS, Operator.IN, Operator.BETWEEN, Operator.PRESENT),
    FieldKind.FLAG: (Operator.EQUALS, Operator.PRESENT),
}
_FITS: Mapping[FieldKind, Callable[[Scalar], bool]] = {
    FieldKind.CHOICE: lambda value: isinstance(value, str),
    FieldKind.CHOICES: lambda value: isinstance(value, str),
    FieldKind.NUMBER: lambda value: is_number(value) and isfinite(value),
    FieldKind.FLAG: lambda value: isinstance(value, bool),
}


def check(
    policy: Policy, functions: frozenset[str], conference_domains: frozenset[str]
) -> tuple[Finding, ...]:
    """Everything that is wrong with the policy, in its own order. Empty when it may be tried."""
    return tuple(_Check(policy, functions, conference_domains).findings())


@dataclass(slots=True)
class _Check:
    policy: Policy
    functions: frozenset[str]
    conference_domains: frozenset[str]

    def findings(self) -> Iterator[Finding]:
        policy = self.policy
        if not (is_number(policy.triage_below) and 0 <= policy.triage_below <= 1):
            yield Finding("triage_below", "triage_below", {"value": str(policy.triage_below)})
        for at, name in repeated(field.name for field in policy.fields):
            yield Finding("repeated_field", f"fields.{at}", {"field": name})
        for at, rule_id in repeated(rule.id for rule in policy.rules):
            yield Finding("repeated_rule", f"rules.{at}.id", {"rule": rule_id})
        fields = {field.name: field for field in policy.fields}
        scripts = scripts_of(term.text for term in policy.lexicon.terms)
        for at, rule in enumerate(policy.rules):
            yield from self._rule(rule, f"rules.{at}", fields)
            yield from _patterns(rule, f"rules.{at}", fields)
            if policy.lexicon.terms:
                yield from _foreign(rule, f"rules.{at}", scripts)

    def _rule(self, rule: Rule, where: str, fields: Mapping[str, FactField]) -> Iterator[Finding]:
        if not rule.id.strip():
            yield Finding("empty_id", f"{where}.id")
        if not rule.title.strip():
            yield Finding("empty_title", f"{where}.title", {"rule": rule.id})
        if not rule.title_en.strip():
            yield Finding("empty_title_en", f"{where}.title_en", {"rule": rule.id}, Severity.WARNING)
        yield from self._outcome(rule, f"{where}.outcome")
        yield from _scope(rule, where, fields)
        sound = True
        for at, condition in enumerate(rule.conditions):
            for code, params in _flaws(condition, fields.get(condition.field)):
                sound = False
                yield Finding(
                    code, f"{where}.conditions.{at}", {"rule": rule.id, "field": condition.field, **params}
                )
        if sound:
            yield from _contradictions(rule, where, fields)

    def _outcome(self, rule: Rule, where: str) -> Iterator[Finding]:
        outcome = rule.outcome
        if rule.kind is RuleKind.BASE and outcome.lead is None and not outcome.triage:
            yield Finding("nobody_leads", where, {"rule": rule.id})
        if rule.kind is RuleKind.OVERLAY and (outcome.lead is not None or outcome.triage):
            yield Finding("overlay_leads", where, {"rule": rule.id})
        named = [
            *([("lead", outcome.lead)] if outcome.lead is not None else []),
            *(("co_functions", code) for code in outcome.co_functions),
            *(("candidates", code) for code in outcome.candidates),
        ]
        for entry, code in named:
            if code not in self.functions:
                known = ", ".join(sorted(self.functions))
                params = {"rule": rule.id, "function": code, "known": known}
                yield Finding("unknown_function", f"{where}.{entry}", params)
        if outcome.conference is not None and outcome.conference not in self.conference_domains:
            known = ", ".join(sorted(self.conference_domains))
            params = {"rule": rule.id, "domain": outcome.conference, "known": known}
            yield Finding("unknown_conference", f"{where}.conference", params)


def _patterns(rule: Rule, where: str, fields: Mapping[str, FactField]) -> Iterator[Finding]:
    """Values that can only be meant as regular expressions, where any word is allowed."""
    for at, condition in enumerate(rule.conditions):
        field = fields.get(condition.field)
        for value in condition.values:
            if isinstance(value, str) and field and not field.values and looks_like_pattern(value):
                params = {"rule": rule.id, "field": condition.field, "value": value}
                yield Finding("no_patterns", f"{where}.conditions.{at}", params)


def _foreign(rule: Rule, where: str, known: frozenset[str]) -> Iterator[Finding]:
    """A row in a script of which the lexicon has no word: what people write in it is not recognised."""
    texts = [(f"{where}.title", rule.title)]
    for at, condition in enumerate(rule.conditions):
        texts += [(f"{where}.conditions.{at}", value) for value in condition.values if isinstance(value, str)]
    for place, text in texts:
        script = script_of(text)
        if script is not None and script not in known:
            yield Finding("foreign_script", place, {"rule": rule.id, "value": text})


def _scope(rule: Rule, where: str, fields: Mapping[str, FactField]) -> Iterator[Finding]:
    """What the row's regions and validity need."""
    if rule.regions and not _is(fields.get(REGION_FIELD), FieldKind.CHOICES):
        yield Finding("no_region_field", f"{where}.regions", {"rule": rule.id})
    if (rule.valid_from or rule.valid_to) and not _is(fields.get(DAY_FIELD), FieldKind.NUMBER):
        yield Finding("no_day_field", f"{where}.valid_from", {"rule": rule.id})
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        days = {"start": rule.valid_from.isoformat(), "end": rule.valid_to.isoformat()}
        yield Finding("validity_reversed", f"{where}.valid_to", {"rule": rule.id, **days})


def _is(field: FactField | None, kind: FieldKind) -> bool:
    return field is not None and field.kind is kind


def _flaws(condition: Condition, field: FactField | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Codes and params of what is wrong with one condition by itself."""
    if field is None:
        yield "unknown_field", {}
        return
    allowed = _OPERATORS[field.kind]
    if condition.operator not in allowed:
        named = ", ".join(operator.value for operator in allowed)
        yield "operator_misfit", {"operator": condition.operator.value, "allowed": named}
        return
    if condition.operator is Operator.BETWEEN:
        yield from _range_flaws(condition)
    elif condition.operator is not Operator.PRESENT:
        yield from _value_flaws(condition, field)


def _range_flaws(condition: Condition) -> Iterator[tuple[str, dict[str, str]]]:
    low, high = condition.low, condition.high
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        yield "open_range", {}
    elif not all(_FITS[FieldKind.NUMBER](end) for end in ends):
        yield "not_a_number", {"value": ", ".join(str(end) for end in ends)}
    elif low is not None and high is not None and high < low:
        yield "range_reversed", {"low": str(low), "high": str(high)}


def _value_flaws(condition: Condition, field: FactField) -> Iterator[tuple[str, dict[str, str]]]:
    if not condition.values:
        yield "no_values", {}
    if condition.operator is Operator.EQUALS and len(condition.values) > 1:
        yield "several_values", {"values": ", ".join(map(str, condition.values))}
    allowed = frozenset(field.values)
    for value in condition.values:
        if not _FITS[field.kind](value):
            code = "not_a_number" if field.kind is FieldKind.NUMBER else "value_misfit"
            yield code, {"value": str(value)}
        elif allowed and value not in allowed:
            yield "value_not_allowed", {"value": str(value), "allowed": ", ".join(field.values)}


def _contradictions(rule: Rule, where: str, fields: Mapping[str, FactField]) -> Iterator[Finding]:
    by_field: dict[str, list[Condition]] = {}
    for condition in conditions_of(rule):
        by_field.setdefault(condition.field, []).append(condition)
    for name, conditions in by_field.items():
        field = fields.get(name)
        if len(conditions) > 1 and field is not None and contradictory(conditions, field):
            yield Finding("contradiction", f"{where}.conditions", {"rule": rule.id, "field": name})


def repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The names that stood there before, each with its place, counted from 0."""
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            yield at, name
        seen.add(name)
