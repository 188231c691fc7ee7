"""Running the cases that are kept with a policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rules.model import DAY_FIELD, REGION_FIELD, Case, FactValue, Policy
from rules.router import Router, Routing
from rules.territory import Directory, lineage
from wording.catalogue import Language, messages, say

TRIAGE = "triage"
"""What stands in the place of the lead where a person has to decide."""
_NAMED_BY = {"lead": "function", "co_functions": "function", "flags": "word", "conference": "domain"}
_SEVERAL = ", "


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """Something that came out otherwise: an entry of what is expected (`lead`, `co_functions`, `flags`,
    `conference`, `rule`), with codes and ids as text; empty where there is nothing."""

    entry: str
    expected: str
    found: str

    def say(self, language: Language = Language.ZH) -> str:
        """What should have come out, and what did."""
        return say(
            "case.difference",
            language,
            entry=say(f"case.entry.{self.entry}", language),
            expected=self._named(self.expected, language),
            found=self._named(self.found, language),
        )

    def _named(self, codes: str, language: Language) -> str:
        if codes in ("", TRIAGE):
            return say("case.triage" if codes else "case.nothing", language)
        if self.entry not in _NAMED_BY:
            return codes
        names, kind = messages(language), _NAMED_BY[self.entry]
        said = (names.get(f"{kind}.{code}", code) for code in codes.split(_SEVERAL))
        return say("explain.comma", language).join(said)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: its routing, which the router that made it can explain, and what differs."""

    case: Case
    routing: Routing
    differences: tuple[CaseDifference, ...]

    @property
    def passed(self) -> bool:
        """Whether all that is expected came out."""
        return not self.differences


def run_cases(
    policy: Policy, router: Router, directory: Directory | None, today: date
) -> tuple[CaseResult, ...]:
    """Run all cases of a policy, in its order. `router` is the policy's own; `today` is the day of cases that
    name none. Without a directory, or in a region that it does not have, a case knows its own place only."""
    results: list[CaseResult] = []
    for case in policy.cases:
        routing = _route(case, router, directory, today)
        results.append(CaseResult(case, routing, tuple(_differences(case, routing))))
    return tuple(results)


def _route(case: Case, router: Router, directory: Directory | None, today: date) -> Routing:
    facts: dict[str, FactValue] = {DAY_FIELD: (case.on or today).toordinal()}
    if case.region is not None:
        above = lineage(directory, case.region) if directory else ()
        facts[REGION_FIELD] = frozenset((case.region, *above))
    facts |= case.facts
    return router.route_text(case.text, facts) if case.text is not None else router.route_facts(facts)


def _differences(case: Case, routing: Routing) -> Iterator[CaseDifference]:
    expected, decision = case.expected, routing.decision
    lead = TRIAGE if decision.triage_reason else decision.lead
    pairs = {
        "lead": (TRIAGE if expected.triage else expected.lead, lead),
        "co_functions": (_words(expected.co_functions), _words(decision.co_functions)),
        "flags": (_words(expected.flags), _words(decision.flags)),
        "conference": (expected.conference, decision.conference),
        "rule": (expected.rule, decision.rule_id),
    }
    for entry, (wanted, found) in pairs.items():
        if wanted is not None and wanted != (found or ""):
            yield CaseDifference(entry, wanted, found or "")


def _words(words: tuple[str, ...] | None) -> str | None:
    """Words as one text, in an order of their own: which unit is named first does not matter."""
    return None if words is None else _SEVERAL.join(sorted(words))
