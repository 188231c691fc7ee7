"""An analysis as JSON, and its findings back: reports are stored and sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.analysis.findings import Analysis, Finding, FindingKind
from rules.analysis.work import Limit
from rules.facts_document import facts_document, facts_from_document

_TEXTS = ("function", "field", "word", "basis")


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding. What its kind does not have is not there; `message` is the key of its sentence."""
    document: dict[str, Any] = {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "message": f"analysis.{finding.kind}",
        "rules": list(finding.rules),
    }
    if finding.witness is not None:
        document["witness"] = facts_document(finding.witness)
    document |= {name: value for name in _TEXTS if (value := getattr(finding, name)) is not None}
    document |= {name: list(value) for name in ("terms", "regions") if (value := getattr(finding, name))}
    if finding.count:
        document["count"] = finding.count
    if finding.day:
        document["day"] = finding.day.isoformat()
    if finding.limit:
        document["limit"] = finding.limit.value
    return document


def finding_from_document(document: Mapping[str, Any]) -> Finding:
    """The finding of `finding_document`."""
    witness, day, limit = (document.get(name) for name in ("witness", "day", "limit"))
    return Finding(
        kind=FindingKind(document["kind"]),
        rules=tuple(document["rules"]),
        witness=None if witness is None else facts_from_document(witness),
        function=document.get("function"),
        field=document.get("field"),
        word=document.get("word"),
        terms=tuple(document.get("terms", ())),
        regions=tuple(document.get("regions", ())),
        count=document.get("count", 0),
        basis=document.get("basis"),
        day=date.fromisoformat(day) if day else None,
        limit=Limit(limit) if limit else None,
    )


def analysis_document(analysis: Analysis) -> dict[str, Any]:
    """A whole analysis."""
    findings = [finding_document(finding) for finding in analysis.findings]
    return {"complete": analysis.complete, "findings": findings}
