"""What the check of a draft found, in the language of who asks; its lists a stretch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from resolvers.context import Context
from resolvers.decision import FactEntry, facts
from resolvers.description import Computed
from resolvers.span import stretch
from rules.analysis.document import finding_from_document
from rules.flaws import Flaw

Document = Mapping[str, Any]
DEFAULT = 20
"""How many entries of a list come unasked."""


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
    """What the last check found. Its lists are documents, each made into entries when it is asked for; they
    are cut after the first thousand, and the counts tell of all. `fields` are those of the draft's text."""

    day: date
    complete: bool
    error_count: int
    warning_count: int
    finding_count: int
    passed_count: int
    failed_count: int
    errors: Sequence[Document]
    warnings: Sequence[Document]
    findings: Sequence[Document]
    cases: Sequence[Document]
    fields: Sequence[Document]


def report(report: Document | None, fields: Sequence[Document]) -> ReportEntry | None:
    """What the last check found; None for a draft that has changed since."""
    return None if report is None else _entry(report, fields)


def _entry(report: Document, fields: Sequence[Document]) -> ReportEntry:
    counts = report["counts"]
    return ReportEntry(
        day=date.fromisoformat(report["day"]),
        complete=report["complete"],
        error_count=counts["errors"],
        warning_count=counts["warnings"],
        finding_count=sum(counts["findings"].values()),
        passed_count=counts["passed"],
        failed_count=counts["failed"],
        errors=report["errors"],
        warnings=report["warnings"],
        findings=report["findings"],
        # Of ten thousand cases nobody looks for those that failed.
        cases=sorted(report["cases"], key=lambda case: case["passed"]),
        fields=fields,
    )


def errors(
    context: Context, errors: Sequence[Document], *, after: int = 0, first: int = DEFAULT
) -> list[FlawEntry]:
    """What keeps the draft from being published."""
    return [_flaw(context, document) for document in stretch(context, errors, after, first)]


def warnings(
    context: Context, warnings: Sequence[Document], *, after: int = 0, first: int = DEFAULT
) -> list[FlawEntry]:
    """What may be a slip."""
    return [_flaw(context, document) for document in stretch(context, warnings, after, first)]


def findings(
    context: Context,
    findings: Sequence[Document],
    fields: Sequence[Document],
    *,
    after: int = 0,
    first: int = DEFAULT,
) -> list[FindingEntry]:
    """What its rules do to each other."""
    return [_finding(context, document, fields) for document in stretch(context, findings, after, first)]


def cases(
    context: Context, cases: Sequence[Document], *, after: int = 0, first: int = DEFAULT
) -> list[CaseResultEntry]:
    """How its cases fared, those that failed first."""
    return [_case_result(case) for case in stretch(context, cases, after, first)]


def _flaw(context: Context, document: Document) -> FlawEntry:
    flaw = Flaw(document["code"], document["path"], document["values"])
    return FlawEntry(flaw.code, flaw.path, flaw.message(context.language))


def _finding(context: Context, document: Document, fields: Sequence[Document]) -> FindingEntry:
    finding = finding_from_document(document)
    return FindingEntry(
        kind=finding.kind,
        severity=finding.severity,
        message=finding.say(context.language),
        rules=finding.rules,
        witness=facts(document["witness"], fields) if "witness" in document else None,
    )


def _case_result(case: Document) -> CaseResultEntry:
    differences = [
        CaseDifferenceEntry(each["entry"], each["expected"], each["found"]) for each in case["differences"]
    ]
    return CaseResultEntry(case["name"], case["passed"], differences)


REPORT = Computed(report)
ERRORS = Computed(errors)
WARNINGS = Computed(warnings)
FINDINGS = Computed(findings)
CASES = Computed(cases)
