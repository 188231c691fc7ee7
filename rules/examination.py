"""The check of a draft: what is wrong, what is odd, and which of its kept cases pass, as a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rules.analysis.document import finding_document, finding_from_document
from rules.analysis.examine import examine
from rules.analysis.findings import Analysis, Finding
from rules.analysis.findings import Severity as Weight
from rules.check import Finding as CheckFinding
from rules.check import Severity, check
from rules.checksum import Checksums, checksums
from rules.document import policy_from_document
from rules.flaws import Flaw, PackError
from rules.kept_cases import CaseResult, run_cases
from rules.lexicon_check import check_lexicon
from rules.model import Policy
from rules.router import Router
from rules.territory import Directory
from rules.trial import trial_compile

MOST_KEPT = 1_000
"""How many flaws, findings and differing cases a report keeps of each; the counts tell of all."""

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a policy is checked against: the functions that there are, the domains of the city's conferences,
    its regions and units (None where nobody knows them), and the day."""

    functions: frozenset[str]
    conference_domains: frozenset[str]
    directory: Directory | None
    regions: tuple[str, ...]
    today: date


def examination(document: Mapping[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    """The report about a policy's document, as JSON.

    `errors` and `warnings` are flaws, `findings` those of the analysis, `cases` the results of the cases;
    `counts` has all numbers, `complete` whether the analysis came to an end, `day` when it was. A policy with
    errors is neither analysed nor tried on its cases.
    """
    try:
        policy = policy_from_document(document)
    except PackError as unreadable:
        return _report(surroundings.today, errors=unreadable.flaws)
    found = check(policy, surroundings.functions, surroundings.conference_domains)
    errors = [_flaw(finding) for finding in found if finding.severity is Severity.ERROR]
    errors += check_lexicon(policy.lexicon, policy.fields)
    warnings = [_flaw(finding) for finding in found if finding.severity is Severity.WARNING]
    if errors:
        return _report(surroundings.today, errors=errors, warnings=warnings)
    analysis = examine(
        policy,
        on=surroundings.today,
        directory=surroundings.directory,
        regions=surroundings.regions,
    )
    cases = _results(policy, surroundings) if policy.cases else ()
    return _report(surroundings.today, warnings=warnings, analysis=analysis, cases=cases)


def _results(policy: Policy, surroundings: Surroundings) -> tuple[CaseResult, ...]:
    return run_cases(policy, Router(policy), surroundings.directory, surroundings.today)


def trial(document: Mapping[str, Any]) -> tuple[dict[str, str] | None, Checksums]:
    """What keeps the rule engine from taking a policy that has passed its check, as `rule` and `reason`, and
    what the document adds up to."""
    policy = policy_from_document(document)
    found = trial_compile(policy)
    refusal = {"rule": found[0].params["rule"], "reason": found[0].code} if found else None
    return refusal, checksums(document)


def flaws_of(report: Report, kind: str = "errors") -> tuple[Flaw, ...]:
    """The `errors` or `warnings` that a report keeps."""
    return tuple(Flaw(flaw["code"], flaw["path"], flaw["values"]) for flaw in report[kind])


def findings_of(report: Report) -> tuple[Finding, ...]:
    """The findings that a report keeps."""
    return tuple(finding_from_document(finding) for finding in report["findings"])


def failing(report: Report) -> tuple[str, ...]:
    """The names of the cases that did not pass."""
    return tuple(case["name"] for case in report["cases"] if not case["passed"])


def _report(
    day: date,
    errors: Sequence[Flaw] = (),
    warnings: Sequence[Flaw] = (),
    analysis: Analysis | None = None,
    cases: Sequence[CaseResult] = (),
) -> dict[str, Any]:
    found = analysis.findings if analysis else ()
    kinds = Counter(finding.kind.value for finding in found)
    passed = sum(result.passed for result in cases)
    # What is worth mending is kept first.
    findings = sorted(found, key=lambda finding: finding.severity is Weight.INFORMATION)
    return {
        "day": day.isoformat(),
        "complete": analysis is not None and analysis.complete,
        "counts": {
            "errors": len(errors),
            "warnings": len(warnings),
            "findings": dict(kinds),
            "passed": passed,
            "failed": len(cases) - passed,
        },
        "errors": [_flaw_document(flaw) for flaw in errors[:MOST_KEPT]],
        "warnings": [_flaw_document(flaw) for flaw in warnings[:MOST_KEPT]],
        "findings": [finding_document(finding) for finding in findings[:MOST_KEPT]],
        "cases": [case_document(result) for result in cases],
    }


def _flaw(finding: CheckFinding) -> Flaw:
    return Flaw(f"check.{finding.code}", finding.where, finding.params)


def _flaw_document(flaw: Flaw) -> dict[str, Any]:
    return {"code": flaw.code, "path": flaw.path, "values": dict(flaw.values)}


def case_document(result: CaseResult) -> dict[str, Any]:
    """The result of a case as JSON."""
    return {
        "name": result.case.name,
        "passed": result.passed,
        "differences": [asdict(difference) for difference in result.differences],
    }
