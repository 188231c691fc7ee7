"""How well a policy pack routes labelled complaints: the sample, and those of our own files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from rules.evaluation import Evaluation, evaluation
from rules.labelled import Answered, Labelled, answered
from rules.model import DAY_FIELD, REGION_FIELD, FactValue
from rules.router import Router

SAMPLE = Path(__file__).parents[2] / "db" / "reference" / "sample" / "complaints.jsonl"
CASES = Path(__file__).parent / "cases"
CONTEXT: dict[str, FactValue] = {
    DAY_FIELD: date(2026, 11, 21).toordinal(),
    REGION_FIELD: frozenset({"990100"}),
}


@dataclass(frozen=True)
class Figures:
    """An evaluation with the answers behind it."""

    evaluation: Evaluation
    answers: tuple[Answered, ...]

    @property
    def misses(self) -> list[str]:
        """The answers with a wrong lead, in words."""
        return [
            f"{each.lead} instead of {'/'.join(sorted(each.case.acceptable))}: {each.case.text}"
            for each in self.answers
            if not each.right
        ]

    def __str__(self) -> str:
        found = self.evaluation
        return ", ".join(
            [
                f"{found.cases} cases",
                f"lead {found.acceptable.value:.3f}",
                f"sector {found.sector.value:.3f}",
                f"decided {found.decided.value:.3f}",
                f"of these right {found.decided_right.value:.3f}",
                f"flags P {found.flags.precision:.2f} R {found.flags.recall:.2f}",
                f"co-units P {found.co_units.precision:.2f} R {found.co_units.recall:.2f}",
            ]
        )


def figures(router: Router, cases: Iterable[Labelled]) -> Figures:
    """Route every case and count."""
    answers = tuple(answered(case, router.route_text(case.text, CONTEXT)) for case in cases)
    return Figures(evaluation(answers, router.policy.triage_below), answers)


def sample() -> list[Labelled]:
    """The labelled sample of published complaints."""
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(
            row["id"],
            row["text"],
            row["lead"],
            frozenset(row["lead_acceptable"]),
            row["sector"],
            frozenset(row["co_units"]),
            frozenset(row["co_optional"]),
            frozenset(row["flags"]),
            row["ambiguous"],
        )
        for row in rows
    ]


def cases(name: str) -> list[Labelled]:
    """The complaints of one of our own files. Several leads mean that the text leaves it open."""
    rows = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))["cases"]
    return [
        Labelled(
            f"{name}#{at}",
            row["text"],
            row["lead"][0],
            frozenset(row["lead"]),
            row["sector"],
            frozenset(row["co"]),
            frozenset(row.get("co_optional", ())),
            frozenset(row["flags"]),
            len(row["lead"]) > 1,
        )
        for at, row in enumerate(rows)
    ]
