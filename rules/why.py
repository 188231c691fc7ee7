"""Why one rule decided, and why not: its verdict, condition by condition, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rules.decide import part_of
from rules.evaluate import holds
from rules.explain import additions
from rules.model import Condition, Facts, FactValue, Held, Rule, RuleKind, TriageReason, conditions_of
from rules.phrase import Phrases


class RuleVerdict(StrEnum):
    """What became of a rule when the policy decided."""

    LEADS = "leads"  # a base rule, the first that holds
    ADDS = "adds"  # an overlay rule that holds
    PRECEDED = "preceded"  # a base rule that holds, but one asked before it holds too
    FAILS = "fails"  # a condition does not hold


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """A condition and the fact that it met; `value` is None for a fact that is not known."""

    condition: Condition
    value: FactValue | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Why:
    """One rule and the facts of a decision.

    `checks` has every condition: the rule's own in their order, then those of its regions and its validity.
    `decided_by` is the earlier rule of a verdict PRECEDED, else None.
    """

    rule: Rule
    facts: Facts
    verdict: RuleVerdict
    checks: tuple[ConditionCheck, ...]
    decided_by: Rule | None

    @property
    def failed(self) -> int | None:
        """The place in `checks` of the first condition that does not hold."""
        return next((at for at, check in enumerate(self.checks) if not check.holds), None)


@dataclass(frozen=True, slots=True)
class ConditionInWords:
    """A condition's field, what it asks for, and what is known of the fact."""

    title: str
    requirement: str
    found: str


@dataclass(frozen=True, slots=True)
class WhyInWords:
    """`conditions` are those of `Why.checks`; `sentences` say it all, most important first."""

    conditions: tuple[ConditionInWords, ...]
    sentences: tuple[str, ...]


def why(rule: Rule, facts: Facts, first: Rule | None) -> Why:
    """How a rule fares with these facts. `first` is the first base rule of its policy that holds for them,
    None where none does."""
    checks = tuple(
        ConditionCheck(condition, facts.get(condition.field), holds(condition, facts))
        for condition in conditions_of(rule)
    )
    if not all(check.holds for check in checks):
        verdict = RuleVerdict.FAILS
    elif rule.kind is RuleKind.OVERLAY:
        verdict = RuleVerdict.ADDS
    elif first is None or first.id == rule.id:
        verdict = RuleVerdict.LEADS
    else:
        verdict = RuleVerdict.PRECEDED
    return Why(rule, facts, verdict, checks, first if verdict is RuleVerdict.PRECEDED else None)


def in_words(phrases: Phrases, found: Why, reason: TriageReason | None) -> WhyInWords:
    """The same in the phrases' language. `reason` is why a person decides although a rule leads, if so."""
    conditions = tuple(
        ConditionInWords(
            title=phrases.field(check.condition.field),
            requirement=phrases.requirement(check.condition),
            found=phrases.fact(check.condition.field, check.value),
        )
        for check in found.checks
    )
    return WhyInWords(conditions, tuple(_sentences(phrases, found, conditions, reason)))


def _sentences(
    phrases: Phrases, found: Why, conditions: tuple[ConditionInWords, ...], reason: TriageReason | None
) -> Iterator[str]:
    rule = found.rule
    named = {"title": phrases.title(rule), "id": rule.id}
    match found.verdict:
        case RuleVerdict.FAILS:
            yield from _failures(phrases, found, conditions, named)
            return
        case RuleVerdict.LEADS:
            yield phrases.say("why.leads", **named)
            lead = phrases.function(rule.outcome.lead or "")
            if reason is None:
                yield phrases.say("decided", lead=lead, **named)
            else:
                yield phrases.say(f"triage.{reason}", lead=lead, **named)
        case RuleVerdict.ADDS:
            yield phrases.say("why.adds", additions=additions(phrases, rule.outcome), **named)
        case RuleVerdict.PRECEDED:
            assert found.decided_by is not None  # by the verdict
            other = found.decided_by
            yield phrases.say("why.preceded", other=phrases.title(other), other_id=other.id, **named)
    if not found.checks:
        yield phrases.say("always")
        return
    held = (Held(check.condition, part_of(check.condition, found.facts)) for check in found.checks)
    yield phrases.say("because", conditions=phrases.say("and").join(map(phrases.held, held)))


def _failures(
    phrases: Phrases, found: Why, conditions: tuple[ConditionInWords, ...], named: dict[str, str]
) -> Iterator[str]:
    failed = [words for words, check in zip(conditions, found.checks, strict=True) if not check.holds]
    first, *others = failed
    yield phrases.say("why.fails", condition=first.requirement, actual=first.found, **named)
    for other in others:
        yield phrases.say("why.fails_too", condition=other.requirement, actual=other.found)
