"""How well a policy pack routes labelled complaints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from rules.model import DAY_FIELD, REGION_FIELD, FactValue
from rules.router import Router, Routing

SAMPLE = Path(__file__).parents[2] / "db" / "reference" / "sample" / "complaints.jsonl"
CASES = Path(__file__).parent / "cases"
CONTEXT: dict[str, FactValue] = {
    DAY_FIELD: date(2026, 11, 21).toordinal(),
    REGION_FIELD: frozenset({"990100"}),
}


@dataclass(frozen=True)
class Case:
    """A labelled complaint. Co-units of `co_optional` are neither asked for nor counted."""

    text: str
    lead: tuple[str, ...]
    sector: str
    flags: frozenset[str]
    co: frozenset[str]
    co_optional: frozenset[str] = frozenset()


@dataclass
class Share:
    """Precision and recall of words that were given and words that were asked for."""

    hits: int = 0
    given: int = 0
    asked: int = 0

    def add(self, given: frozenset[str], asked: frozenset[str]) -> None:
        self.hits += len(given & asked)
        self.given += len(given)
        self.asked += len(asked)

    @property
    def precision(self) -> float:
        return self.hits / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.asked if self.asked else 1.0


@dataclass
class Figures:
    """What came out, as shares of all cases; `decided` are those that no person has to look at."""

    count: int = 0
    lead: float = 0
    sector: float = 0
    decided: float = 0
    decided_right: float = 0
    flags: Share = field(default_factory=Share)
    co: Share = field(default_factory=Share)
    misses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [
            f"{self.count} cases",
            f"lead {self.lead:.3f}",
            f"sector {self.sector:.3f}",
            f"decided {self.decided:.3f}",
            f"of these right {self.decided_right:.3f}",
            f"flags P {self.flags.precision:.2f} R {self.flags.recall:.2f}",
            f"co-units P {self.co.precision:.2f} R {self.co.recall:.2f}",
        ]
        return ", ".join(parts)


def lead_of(routing: Routing) -> str | None:
    """The lead, or in triage the first candidate."""
    decision = routing.decision
    if decision.lead is not None:
        return decision.lead
    return decision.candidates[0].function if decision.candidates else None


def figures(router: Router, cases: Iterable[Case]) -> Figures:
    """Route every case and count."""
    found = Figures()
    right = sector = decided = decided_right = 0
    for case in cases:
        routing = router.route_text(case.text, CONTEXT)
        hit = lead_of(routing) in case.lead
        found.count += 1
        right += hit
        sector += routing.facts.get("sector") == case.sector
        if routing.decision.triage_reason is None:
            decided += 1
            decided_right += hit
        found.flags.add(frozenset(routing.decision.flags), case.flags)
        found.co.add(frozenset(routing.decision.co_functions) - case.co_optional, case.co)
        if not hit:
            found.misses.append(f"{lead_of(routing)} instead of {case.lead}: {case.text}")
    found.lead, found.sector, found.decided = (n / found.count for n in (right, sector, decided))
    found.decided_right = decided_right / decided if decided else 1.0
    return found


def sample() -> list[Case]:
    """The labelled sample of published complaints."""
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [
        Case(
            row["text"],
            tuple(row["lead_acceptable"]),
            row["sector"],
            frozenset(row["flags"]),
            frozenset(row["co_units"]),
            frozenset(row["co_optional"]),
        )
        for row in rows
    ]


def cases(name: str) -> list[Case]:
    """The complaints of one of our own files."""
    rows = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))["cases"]
    return [
        Case(
            row["text"],
            tuple(row["lead"]),
            row["sector"],
            frozenset(row["flags"]),
            frozenset(row["co"]),
            frozenset(row.get("co_optional", ())),
        )
        for row in rows
    ]
