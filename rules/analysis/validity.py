"""What has ended: rules that no longer decide, and sources of law that are no longer in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rules.analysis.findings import Finding, FindingKind
from rules.model import DAY_FIELD, LegalBasis, Policy, Rule


def validity_findings(policy: Policy, on: date) -> Iterator[Finding]:
    """Rules whose own last day lies before a day, and the sources of the others whose last day does."""
    cited: dict[LegalBasis, list[str]] = {}
    for rule in policy.rules:
        if ended(rule, on):
            witness = {DAY_FIELD: on.toordinal()}
            yield Finding(FindingKind.RULE_EXPIRED, (rule.id,), witness, day=rule.valid_to)
            continue
        for basis in rule.legal_basis:
            if basis.valid_to is not None and basis.valid_to < on:
                cited.setdefault(basis, []).append(rule.id)
    for basis, rules in cited.items():
        named = f"{basis.title} {basis.article}".strip()
        witness = {DAY_FIELD: on.toordinal()}
        yield Finding(FindingKind.BASIS_EXPIRED, tuple(rules), witness, basis=named, day=basis.valid_to)


def ended(rule: Rule, on: date) -> bool:
    """Whether the rule's last day lies before a day."""
    return rule.valid_to is not None and rule.valid_to < on
