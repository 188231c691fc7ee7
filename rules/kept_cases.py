"""Running the cases that are kept with a policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rules.model import DAY_FIELD, REGION_FIELD, Case, FactValue, Policy
from rules.router import Router, Routing
from rules.territory import Directory, lineage


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """Something that came out otherwise: an entry of what is expected, as text."""

    entry: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case."""

    case: Case
    passed: bool
    differences: tuple[CaseDifference, ...] = ()


def run_cases(policy: Policy, router: Router, regions: Directory, today: date) -> tuple[CaseResult, ...]:
    """Run all cases of a policy, in its order. `today` is the day of those that name none."""
    results = []
    for case in policy.cases:
        differences = tuple(_differences(case, _route(case, router, regions, today)))
        results.append(CaseResult(case, not differences, differences))
    return tuple(results)


def _route(case: Case, router: Router, regions: Directory, today: date) -> Routing:
    facts: dict[str, FactValue] = {DAY_FIELD: (case.on or today).toordinal()}
    if case.region is not None:
        facts[REGION_FIELD] = frozenset(lineage(regions, case.region))
    facts |= case.facts
    return router.route_text(case.text, facts) if case.text is not None else router.route_facts(facts)


def _differences(case: Case, routing: Routing) -> Iterator[CaseDifference]:
    expected, decision = case.expected, routing.decision
    lead = "triage" if decision.triage_reason else decision.lead or ""
    pairs = {
        "lead": ("triage" if expected.triage else expected.lead, lead),
        "co_functions": (_words(expected.co_functions), _words(decision.co_functions)),
        "flags": (_words(expected.flags), _words(decision.flags)),
        "conference": (expected.conference, decision.conference or ""),
        "rule": (expected.rule, decision.rule_id or ""),
    }
    for entry, (wanted, found) in pairs.items():
        if wanted is not None and wanted != found:
            yield CaseDifference(entry, wanted, found or "")


def _words(words: tuple[str, ...] | None) -> str | None:
    return None if words is None else ", ".join(sorted(words))
