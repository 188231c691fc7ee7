"""The check of a draft, as a report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from rules.analysis.findings import FindingKind
from rules.checksum import checksums
from rules.document import policy_document
from rules.examination import MOST_KEPT, Surroundings, examination, failing, findings_of, flaws_of, trial
from rules.model import Case, Expected, Policy
from rules.territory import Directory, Region
from tests.rules.policies import any_of, base, equals, policy

TODAY = date(2026, 11, 21)
TREE = Directory({"1": Region("1", None, "city"), "12": Region("12", "1", "district")}, {})
SURROUNDINGS = Surroundings(frozenset({"ecology", "port"}), frozenset(), TREE, (), TODAY)
SOUND = replace(
    policy(base("port", equals("sector", "port"), lead="port"), base("rest", lead=None, priority=2)),
    cases=(
        Case("港口", Expected(lead="port"), facts={"sector": "port"}),
        Case("其余", Expected(lead="port", rule="port"), facts={"sector": "transport"}),
    ),
)


def report_of(checked: Policy) -> dict[str, object]:
    """The report, which has to be JSON."""
    report: dict[str, object] = json.loads(json.dumps(examination(policy_document(checked), SURROUNDINGS)))
    return report


def test_a_sound_policy_has_findings_and_results() -> None:
    report = report_of(SOUND)
    assert report["day"] == "2026-11-21"
    assert report["complete"]
    assert flaws_of(report) == flaws_of(report, "warnings") == ()
    assert FindingKind.GAP_DEFAULT in {finding.kind for finding in findings_of(report)}
    assert failing(report) == ("其余",)
    assert report["cases"] == [
        {"name": "港口", "passed": True, "differences": []},
        {
            "name": "其余",
            "passed": False,
            "differences": [
                {"entry": "lead", "expected": "port", "found": "triage"},
                {"entry": "rule", "expected": "port", "found": "rest"},
            ],
        },
    ]


def test_what_has_errors_is_not_looked_at_further() -> None:
    report = report_of(replace(SOUND, rules=(*SOUND.rules, base("x", lead="nobody"))))
    assert [flaw.code for flaw in flaws_of(report)] == ["check.unknown_function"]
    assert (report["findings"], report["cases"], report["complete"]) == ([], [], False)


def test_a_document_that_is_no_policy_is_an_error() -> None:
    document = {**policy_document(SOUND), "rules": [{"id": 3}]}
    report = examination(document, SURROUNDINGS)
    assert {"pack.not_a_text", "pack.missing"} <= {flaw.code for flaw in flaws_of(report)}


def test_a_report_keeps_the_first_of_many_and_counts_all() -> None:
    many = policy(*(base(f"r{number}", lead="nobody") for number in range(MOST_KEPT + 5)))
    report = examination(policy_document(many), SURROUNDINGS)
    assert len(flaws_of(report)) == MOST_KEPT
    assert report["counts"]["errors"] == MOST_KEPT + 5


def test_a_case_knows_its_place() -> None:
    placed = replace(
        policy(base("here", any_of("region", "1"), lead="port"), base("rest", priority=2)),
        cases=tuple(
            Case(code, Expected("port"), facts={"licensed": True}, region=code) for code in ("12", "2")
        ),
    )
    assert failing(report_of(placed)) == ("2",)


def test_the_engine_tries_what_is_sound() -> None:
    document = policy_document(SOUND)
    assert trial(document) == (None, checksums(document))


def test_equal_policies_add_up_to_the_same() -> None:
    one = checksums(policy_document(SOUND))
    assert checksums(policy_document(replace(SOUND, version=9))) == one
    other = checksums(policy_document(replace(SOUND, rules=SOUND.rules[::-1])))
    assert (other.whole == one.whole, other.lexicon == one.lexicon) == (False, True)
