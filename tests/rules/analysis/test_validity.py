"""Rules and sources of law whose days are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.analysis.findings import FindingKind
from rules.analysis.validity import validity_findings
from rules.model import LegalBasis
from tests.rules.policies import base, overlay, policy
from wording.catalogue import Language

LAST = date(2026, 3, 31)
OLD = LegalBasis("某办法", "第三条", valid_to=LAST)
IN_FORCE = LegalBasis("某条例")


def test_a_source_that_is_no_longer_in_force_is_told_with_all_rules_that_cite_it() -> None:
    made = policy(
        replace(base("a"), legal_basis=(IN_FORCE, OLD)),
        replace(base("b"), legal_basis=(IN_FORCE,)),
        replace(overlay("o"), legal_basis=(OLD,)),
    )
    assert not list(validity_findings(made, LAST))
    (finding,) = validity_findings(made, date(2026, 4, 1))
    assert (finding.kind, finding.rules, finding.day) == (FindingKind.BASIS_EXPIRED, ("a", "o"), LAST)
    assert "某办法 第三条" in finding.say(Language.EN)
    assert "2026-03-31" in finding.say()


def test_a_rule_whose_days_are_over_is_told_and_its_sources_are_not() -> None:
    ended = replace(base("a"), valid_to=LAST, legal_basis=(OLD,))
    assert not list(validity_findings(policy(ended), LAST))
    (finding,) = validity_findings(policy(ended), date(2026, 4, 1))
    assert (finding.kind, finding.rules, finding.day) == (FindingKind.RULE_EXPIRED, ("a",), LAST)
    assert finding.witness == {"day": date(2026, 4, 1).toordinal()}
