"""From what the database says to answers that can be compared: decisions, and the units that they mean."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import orjson

from casework.simulation.compile import Questions
from casework.simulation.statement import Stored, Verdicts
from rules.decide import Decider
from rules.index import Index
from rules.model import FLAGS_FIELD, Decision, Facts, Policy, TriageReason, Verdict
from rules.simulation import Answer, answer_of
from rules.territory import Directory, nearest_unit

_KEPT = 100_000
"""Answers that are kept at hand: most groups of a stretch come again in the next one."""


class Deciding:
    """Makes a policy's decisions of the verdicts that the database has found, as its router would."""

    def __init__(self, policy: Policy, questions: Questions) -> None:
        index = Index(policy)
        self._decider = Decider(policy, index, index)
        self._questions = questions
        self.answer = lru_cache(_KEPT)(self._answer)

    def _answer(self, verdicts: Verdicts) -> Answer:
        """The answer, with functions for units."""
        facts = _flags(verdicts.flags)
        decision = self._decision(verdicts, None, facts)
        units = len(decision.co_functions) + (decision.lead is not None)
        if self._questions.asks_units and units > 1:
            decision = self._decision(verdicts, units, facts)
        answer = answer_of(decision)
        if verdicts.doubt == 2:
            return _doubted(answer, TriageReason.NO_FACTS)
        if verdicts.doubt == 1 and decision.triage_reason is None:
            return _doubted(answer, TriageReason.LOW_CONFIDENCE)
        return answer

    def _decision(self, verdicts: Verdicts, units: int | None, facts: Facts) -> Decision:
        base = self._questions.position(verdicts.base, units)
        verdict = Verdict(base, self._questions.overlays(verdicts.masks, units))
        return self._decider.decision(verdict, facts)


class Placing:
    """Puts units in the place of functions: those of the day `on`."""

    def __init__(self, directory: Directory, on: date) -> None:
        self.on = on
        self._directory = directory
        self._unit = lru_cache(_KEPT)(self._nearest_unit)
        self.placed = lru_cache(_KEPT)(self._placed)

    def _placed(self, answer: Answer, region: str) -> Answer:
        """The answer with units. A lead function that no unit carries goes to triage; a co-function that no
        unit carries is left out."""
        lead = answer.lead and self._unit(answer.lead, region)
        found = {self._unit(function, region) for function in answer.co_units}
        return Answer(
            lead=lead or None,
            co_units=frozenset(unit for unit in found if unit and unit != lead),
            conference=answer.conference,
            flags=answer.flags,
            legal_path=answer.legal_path,
            triage_reason=TriageReason.NO_UNIT if answer.lead and lead is None else answer.triage_reason,
            rule=answer.rule,
        )

    def _nearest_unit(self, function: str, region: str) -> str | None:
        return nearest_unit(self._directory, function, region, self.on)


@lru_cache(_KEPT)
def stored_answer(stored: Stored) -> Answer:
    """The answer that is stored, with functions for units. That no unit carried the lead function then is
    left out: both sides are placed on the same day."""
    return Answer(
        lead=stored.lead,
        co_units=frozenset(orjson.loads(stored.co_functions)),
        conference=stored.conference,
        flags=frozenset(orjson.loads(stored.flags)),
        legal_path=stored.legal_path,
        triage_reason=None if stored.triage_reason == TriageReason.NO_UNIT else stored.triage_reason,
        rule=stored.rule,
    )


def _flags(text: str) -> Facts:
    found = orjson.loads(text) if text else None
    return {FLAGS_FIELD: frozenset(found)} if isinstance(found, list) else {}


def _doubted(answer: Answer, reason: TriageReason) -> Answer:
    return Answer(
        lead=None,
        co_units=answer.co_units,
        conference=answer.conference,
        flags=answer.flags,
        legal_path=answer.legal_path,
        triage_reason=str(reason),
        rule=answer.rule,
    )
