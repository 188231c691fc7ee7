"""The whole way of one policy: text -> facts -> verdict -> decision, and the same again from facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.decide import Decider
from rules.engine import Engine
from rules.explain import explain
from rules.facts import LONGEST_READ, OTHER_SECTORS_FIELD, Extractor, Match
from rules.facts_document import facts_from_document
from rules.model import SECTOR_FIELD, Candidate, Decision, Facts, FactValue, Policy, Trace, TriageReason
from rules.personal_data import masked_text
from rules.phrase import Phrases
from rules.ranking_facts import ranking_of, with_ranking
from rules.why import Why, WhyInWords, in_words, why
from wording.catalogue import Language

UNITS_FIELD = "units"
"""Field of kind `number`: how many units the rows name so far, known from two units on. Rows that ask about
it (three units need a joint conference) are asked in a second round."""
_MOST_CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class Routing:
    """A decision with all that explains it and makes it again: `facts` include the scores of the sectors.

    `confidence` is None where the facts were given by a person instead of read from a text.
    """

    facts: Facts
    matches: tuple[Match, ...]
    decision: Decision
    trace: Trace
    confidence: float | None
    policy_key: str
    policy_version: int


class Router:
    """One policy version, compiled. Threads may share it.

    Most of the work is the lexicon's: versions that share one may share its `extractor`.
    """

    def __init__(self, policy: Policy, extractor: Extractor | None = None) -> None:
        self.policy = policy
        self.extractor = extractor or Extractor(policy.lexicon)
        self._engine = Engine(policy)
        self._phrases = {language: Phrases(policy, language) for language in Language}
        self._decider = Decider(policy, self._engine, self._engine.index)
        self._asks_units = any(
            condition.field == UNITS_FIELD for rule in policy.rules for condition in rule.conditions
        )

    def route_text(self, text: str, context: Facts) -> Routing:
        """Decide about a complaint. `context` has the facts that do not stand in the text: channel, region,
        day, severity. Takes any text and never fails on one. In the matches personal data are masked."""
        extraction = self.extractor.extract(text)
        facts = with_ranking({**extraction.facts, **context}, extraction.sector_scores)
        return self._route(facts, _masked(text, extraction.matches), extraction.confidence)

    def route_facts(self, facts: Facts) -> Routing:
        """Decide from facts that a person has established."""
        return self._route(dict(facts), (), None)

    def replay(self, facts: Mapping[str, Any], confidence: float | None) -> Routing:
        """Decide again from stored facts (as a document) and the stored confidence: the same decision and
        the same trace as at the time. The words of the text are not found again."""
        return self._route(facts_from_document(dict(facts)), (), confidence)

    @property
    def disagreements(self) -> int:
        """In how many decisions durable-rules and the index differed, or durable-rules failed."""
        return self._engine.disagreements

    def explain(self, routing: Routing, language: Language) -> tuple[str, ...]:
        """Why, in sentences, most important first. `routing` has to be one of this router's."""
        phrases = self._phrases[language]
        return explain(phrases, routing.facts, routing.decision, routing.trace, routing.matches)

    def why(self, routing: Routing, rule_id: str) -> Why | None:
        """How one rule of the policy fared in a routing of this router; None for a rule that it has not."""
        rule = next((rule for rule in self.policy.rules if rule.id == rule_id), None)
        if rule is None:
            return None
        base = routing.trace.base
        return why(rule, routing.facts, base.rule if base else None)

    def explain_rule(self, found: Why, reason: TriageReason | None, language: Language) -> WhyInWords:
        """The same in words. `reason` is why a person decides nevertheless, if one does."""
        return in_words(self._phrases[language], found, reason)

    def _route(
        self, facts: dict[str, FactValue], matches: tuple[Match, ...], confidence: float | None
    ) -> Routing:
        facts.pop(UNITS_FIELD, None)
        codes = self._decider.codes(facts)
        decision, verdict = self._decider.decide(facts, codes)
        units = len(decision.co_functions) + (decision.lead is not None)
        if self._asks_units and units > 1:
            facts[UNITS_FIELD] = units
            codes = self._decider.codes(facts)
            decision, verdict = self._decider.decide(facts, codes)
        trace = self._decider.trace(facts, decision, verdict, codes)
        if confidence is not None:
            decision = self._doubted(decision, facts, confidence)
        return Routing(facts, matches, decision, trace, confidence, self.policy.key, self.policy.version)

    def _doubted(self, decision: Decision, facts: Facts, confidence: float) -> Decision:
        """The decision, or a person's to make where the words do not carry it."""
        if SECTOR_FIELD not in facts:
            return replace(decision, lead=None, triage_reason=TriageReason.NO_FACTS)
        if decision.triage_reason is not None or confidence >= self.policy.triage_below:
            return decision
        return replace(
            decision,
            lead=None,
            triage_reason=TriageReason.LOW_CONFIDENCE,
            candidates=self._candidates(facts),
        )

    def _candidates(self, facts: Facts) -> tuple[Candidate, ...]:
        """For each of the best sectors the function that the policy would let lead, with the sectors' share
        of the evidence."""
        ranking = ranking_of(facts)
        total = sum(score for _, score in ranking) or 1.0
        found: dict[str, Candidate] = {}
        for sector, score in ranking:
            supposed = {name: value for name, value in facts.items() if name != OTHER_SECTORS_FIELD}
            decision, _ = self._decider.decide({**supposed, SECTOR_FIELD: sector})
            functions = [decision.lead] if decision.lead else [c.function for c in decision.candidates]
            for function in functions[:1]:
                share = score / total
                before = found.get(function)
                if before:
                    found[function] = replace(before, score=round(before.score + share, 4))
                else:
                    found[function] = Candidate(function, round(share, 4), decision.rule_id)
        ranked = sorted(found.values(), key=lambda each: (-each.score, each.function))
        return tuple(ranked[:_MOST_CANDIDATES])


def _masked(text: str, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """The matches, with stars where a word of the lexicon is a part of somebody's name or address."""
    read = text[:LONGEST_READ]
    shown = masked_text(read)
    if shown == read:
        return matches
    return tuple(
        match
        if shown[match.start : match.end] == read[match.start : match.end]
        else match._replace(text=shown[match.start : match.end])
        for match in matches
    )
