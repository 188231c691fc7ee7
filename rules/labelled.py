"""Complaints whose right answers are known, and what a policy makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model import SECTOR_FIELD, Decision, TriageReason
from rules.router import Routing


@dataclass(frozen=True, slots=True)
class Labelled:
    """A complaint and what should become of it.

    `acceptable` are the leads that are right, `lead` among them, which is the best. Co-units of `co_optional`
    are neither asked for nor counted. What is None is not known and not counted. `ambiguous` complaints are
    those about which careful readers differ.
    """

    id: str | int | None
    text: str
    lead: str
    acceptable: frozenset[str]
    sector: str | None = None
    co_units: frozenset[str] | None = None
    co_optional: frozenset[str] = frozenset()
    flags: frozenset[str] | None = None
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a policy made of a labelled complaint.

    `lead` is the lead, or in triage the first candidate, a mere proposal; `decided` says that no person has
    to look at it. `ruled` is the lead by the rules however little the words carry it, and None where the
    rules leave the matter to a person; `confidence`, from 0 to 1, is the policy's trust in it.
    """

    case: Labelled
    lead: str | None
    decided: bool
    ruled: str | None
    confidence: float
    sector: str | None
    co_units: frozenset[str]
    flags: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the lead is one of those that are acceptable."""
        return self.lead in self.case.acceptable


def lead_of(decision: Decision) -> str | None:
    """The lead, or in triage the first candidate."""
    if decision.lead is not None:
        return decision.lead
    return decision.candidates[0].function if decision.candidates else None


def answered(case: Labelled, routing: Routing) -> Answered:
    """The answer of a routing of the case's text."""
    decision, base = routing.decision, routing.trace.base
    ruled = decision.lead
    if decision.triage_reason is TriageReason.LOW_CONFIDENCE and base is not None:
        ruled = base.rule.outcome.lead
    sector = routing.facts.get(SECTOR_FIELD)
    return Answered(
        case,
        lead_of(decision),
        decision.triage_reason is None,
        ruled,
        routing.confidence or 0.0,
        sector if isinstance(sector, str) else None,
        frozenset(decision.co_functions),
        frozenset(decision.flags),
    )
