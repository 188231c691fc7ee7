"""Why a decision was made, in sentences: the rule, the facts, the words of the text, the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from rules.model import (
    FLAGS_FIELD,
    Decision,
    Facts,
    LegalBasis,
    NearMiss,
    Outcome,
    RuleTrace,
    Trace,
    TriageReason,
)
from rules.phrase import Phrases

_MOST_WORDS = 12


class Match(Protocol):
    """Words of the text that stand for a word of a fact. `start` and `end` count code points from 0."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def field(self) -> str: ...
    @property
    def word(self) -> str: ...


def explain(
    phrases: Phrases, facts: Facts, decision: Decision, trace: Trace, matches: Sequence[Match]
) -> tuple[str, ...]:
    """Sentences for a decision in the phrases' language, most important first."""
    return tuple(_sentences(phrases, facts, decision, trace, matches))


def _sentences(
    phrases: Phrases, facts: Facts, decision: Decision, trace: Trace, matches: Sequence[Match]
) -> Iterator[str]:
    yield from _who_leads(phrases, decision, trace)
    if trace.base is not None:
        yield _because(phrases, trace.base)
    if decision.candidates:
        yield _candidates(phrases, decision)
    rows = trace.overlays if trace.base is None else (trace.base, *trace.overlays)
    words = _words(rows, facts, matches)
    if words:
        said = [
            phrases.say("word", text=match.text, start=match.start + 1, end=match.end)
            for match in words[:_MOST_WORDS]
        ]
        yield phrases.say("words", words=phrases.listed(said))
    for row in trace.overlays:
        yield _overlay(phrases, row)
    yield from _what_follows(phrases, decision)
    for miss in trace.near_misses:
        yield _near_miss(phrases, miss)


def _who_leads(phrases: Phrases, decision: Decision, trace: Trace) -> Iterator[str]:
    base = trace.base.rule if trace.base is not None else None
    named = {"title": phrases.title(base), "id": base.id} if base is not None else {}
    if decision.triage_reason is None:
        if base is not None and decision.lead is not None:
            yield phrases.say("decided", lead=phrases.function(decision.lead), **named)
        return
    lead = base.outcome.lead if base is not None and base.outcome.lead else None
    if decision.triage_reason is TriageReason.BY_RULE and base is None:
        yield phrases.say("triage.no_rule")
    else:
        named["lead"] = phrases.function(lead) if lead else ""
        yield phrases.say(f"triage.{decision.triage_reason}", **named)


def _candidates(phrases: Phrases, decision: Decision) -> str:
    ranked = (
        phrases.say("candidate", function=phrases.function(each.function), share=f"{each.score:.0%}")
        for each in decision.candidates
    )
    return phrases.say("candidates", candidates=phrases.listed(ranked))


def _because(phrases: Phrases, row: RuleTrace) -> str:
    if not row.held:
        return phrases.say("always")
    return phrases.say("because", conditions=_conditions(phrases, row))


def _conditions(phrases: Phrases, row: RuleTrace) -> str:
    return phrases.say("and").join(phrases.held(held) for held in row.held)


def additions(phrases: Phrases, outcome: Outcome) -> str:
    """What an overlay rule adds, as a part of a sentence."""
    added: list[str] = []
    if outcome.co_functions:
        added.append(phrases.say("adds_functions", functions=phrases.functions(outcome.co_functions)))
    if outcome.flags:
        added.append(phrases.say("adds_flags", flags=phrases.listed(map(phrases.word, outcome.flags))))
    if outcome.conference:
        added.append(phrases.say("adds_conference", domain=phrases.domain(outcome.conference)))
    if outcome.legal_path:
        added.append(phrases.say("adds_path", path=phrases.word(outcome.legal_path)))
    return phrases.listed(added) or phrases.say("adds_nothing")


def _overlay(phrases: Phrases, row: RuleTrace) -> str:
    said = {
        "title": phrases.title(row.rule),
        "id": row.rule.id,
        "additions": additions(phrases, row.rule.outcome),
    }
    if not row.held:
        return phrases.say("overlay_always", **said)
    return phrases.say("overlay", conditions=_conditions(phrases, row), **said)


def _what_follows(phrases: Phrases, decision: Decision) -> Iterator[str]:
    if decision.co_functions:
        yield phrases.say("co_functions", functions=phrases.functions(decision.co_functions))
    if decision.flags:
        yield phrases.say("flags", flags=phrases.listed(map(phrases.word, decision.flags)))
    if decision.conference:
        yield phrases.say("conference", domain=phrases.domain(decision.conference))
    if decision.legal_path:
        yield phrases.say("legal_path", path=phrases.word(decision.legal_path))
    if decision.legal_basis:
        bases = phrases.say("semicolon").join(_basis(phrases, basis) for basis in decision.legal_basis)
        yield phrases.say("law", bases=bases)


def _basis(phrases: Phrases, basis: LegalBasis) -> str:
    said = phrases.say("article", title=basis.title, article=basis.article).strip()
    return said if basis.certain else phrases.say("uncertain", basis=said)


def _near_miss(phrases: Phrases, miss: NearMiss) -> str:
    return phrases.say(
        "near",
        title=phrases.title(miss.rule),
        id=miss.rule.id,
        lead=phrases.function(miss.rule.outcome.lead or ""),
        condition=phrases.requirement(miss.failed),
        actual=phrases.fact(miss.failed.field, miss.value),
    )


def _words(rows: Iterable[RuleTrace], facts: Facts, matches: Sequence[Match]) -> list[Match]:
    """The matches that made conditions hold or are flags by themselves, in the order of the text, each place
    once."""
    flags = facts.get(FLAGS_FIELD)
    asked = {(FLAGS_FIELD, word) for word in flags} if isinstance(flags, frozenset) else set()
    for row in rows:
        for held in row.held:
            value = held.value
            if held.condition.negated or value is None:
                continue
            words = value if isinstance(value, frozenset) else (value,)
            asked.update((held.condition.field, word) for word in words if isinstance(word, str))
    places = {(match.start, match.end): match for match in matches if (match.field, match.word) in asked}
    return [places[at] for at in sorted(places)]
