"""From functions to units: who, in the dispute's region, carries what the policy decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.model import TriageReason
from rules.router import Routing
from rules.territory import Directory, nearest_unit


@dataclass(frozen=True, slots=True)
class CandidateUnit:
    """A ranked possibility for triage; `unit` is None where nobody carries the function."""

    function: str
    score: float
    rule_id: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Placement:
    """A routing with its units. With a `triage_reason` there is no lead."""

    routing: Routing
    lead: str | None
    co_units: tuple[str, ...]
    unstaffed: tuple[str, ...]
    triage_reason: TriageReason | None
    candidates: tuple[CandidateUnit, ...]


def place(directory: Directory, routing: Routing, region: str, on: date) -> Placement:
    """Look up the units. A lead function that no unit carries sends the dispute to triage; a co-function
    that no unit carries is listed in `unstaffed`."""
    decision = routing.decision
    lead = decision.lead and nearest_unit(directory, decision.lead, region, on)
    reason = decision.triage_reason
    if decision.lead and lead is None:
        reason = TriageReason.NO_UNIT
    found = {function: nearest_unit(directory, function, region, on) for function in decision.co_functions}
    co_units = dict.fromkeys(unit for unit in found.values() if unit and unit != lead)
    candidates = tuple(
        CandidateUnit(
            candidate.function,
            candidate.score,
            candidate.rule_id,
            nearest_unit(directory, candidate.function, region, on),
        )
        for candidate in decision.candidates
    )
    return Placement(
        routing=routing,
        lead=lead or None,
        co_units=tuple(co_units),
        unstaffed=tuple(function for function, unit in found.items() if unit is None),
        triage_reason=reason,
        candidates=candidates,
    )
