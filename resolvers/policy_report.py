"""What the check of a draft found, in the language of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from resolvers.context import Context
from resolvers.decision import FactEntry, facts
from resolvers.description import Computed
from rules.examination import findings_of, flaws_of


@dataclass(frozen=True, slots=True)
class FlawEntry:
    """One thing that has to be mended, where it is, and what to do."""

    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """One finding of the analysis, and facts that show it."""

    kind: str
    severity: str
    message: str
    rules: Sequence[str]
    witness: Sequence[FactEntry] | None


@dataclass(frozen=True, slots=True)
class CaseDifferenceEntry:
    """Something that came out otherwise."""

    entry: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CaseResultEntry:
    """What came of a case."""

    name: str
    passed: bool
    differences: Sequence[CaseDifferenceEntry]


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """What the last check found. Lists are cut after the first thousand; the counts tell of all."""

    day: date
    complete: bool
    error_count: int
    warning_count: int
    finding_count: int
    failed_count: int
    errors: Sequence[FlawEntry]
    warnings: Sequence[FlawEntry]
    findings: Sequence[FindingEntry]
    cases: Sequence[CaseResultEntry]


def report(
    context: Context, report: Mapping[str, Any] | None, fields: Sequence[Mapping[str, Any]]
) -> ReportEntry | None:
    """What the last check found; None for a draft that has changed since."""
    if report is None:
        return None
    counts = report["counts"]
    return ReportEntry(
        day=date.fromisoformat(report["day"]),
        complete=report["complete"],
        error_count=counts["errors"],
        warning_count=counts["warnings"],
        finding_count=sum(counts["findings"].values()),
        failed_count=counts["failed"],
        errors=_flaws(context, report, "errors"),
        warnings=_flaws(context, report, "warnings"),
        findings=_findings(context, report, fields),
        cases=[_case_result(case) for case in report["cases"]],
    )


def _flaws(context: Context, report: Mapping[str, Any], kind: str) -> list[FlawEntry]:
    return [
        FlawEntry(flaw.code, flaw.path, flaw.message(context.language)) for flaw in flaws_of(report, kind)
    ]


def _findings(
    context: Context, report: Mapping[str, Any], fields: Sequence[Mapping[str, Any]]
) -> list[FindingEntry]:
    return [
        FindingEntry(
            kind=finding.kind,
            severity=finding.severity,
            message=finding.say(context.language),
            rules=finding.rules,
            witness=facts(document["witness"], fields) if "witness" in document else None,
        )
        for finding, document in zip(findings_of(report), report["findings"], strict=True)
    ]


def _case_result(case: Mapping[str, Any]) -> CaseResultEntry:
    differences = [
        CaseDifferenceEntry(each["entry"], each["expected"], each["found"]) for each in case["differences"]
    ]
    return CaseResultEntry(case["name"], case["passed"], differences)


REPORT = Computed(report)
