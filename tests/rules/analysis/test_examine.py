"""The whole analysis: what it joins, and how it is stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from bench.brute_force import DIRECTORY
from rules.analysis.document import analysis_document, finding_document, finding_from_document
from rules.analysis.examine import examine
from rules.analysis.findings import Analysis, Finding, FindingKind, Severity
from rules.analysis.names import Names
from rules.analysis.work import Limit
from rules.lexicon import Lexicon, Term
from rules.model import LegalBasis, Outcome, Policy
from tests.rules.policies import any_of, base, equals, negated, overlay, policy
from wording.catalogue import Language

ON = date(2026, 5, 1)
SMOKE = any_of("signs", "smoke")


def everything() -> Policy:
    """A policy with most kinds of findings."""
    rows = (
        base("never", SMOKE, negated(SMOKE), lead="port"),
        base("first", SMOKE),
        base("again", SMOKE),
        base("under", SMOKE, equals("licensed", True)),
        base("rival", equals("licensed", True), lead="water"),
        base("later", equals("channel", "letter"), lead="water", priority=2),
        replace(base("ended", equals("channel", "fax"), priority=3), valid_to=date(2026, 1, 1)),
        replace(base("far", equals("channel", "visit"), priority=4), regions=("99",)),
        replace(
            base("default", lead=None, priority=9), outcome=Outcome(triage=True, candidates=("agriculture",))
        ),
        overlay("empty", outcome=Outcome()),
        overlay("adds", SMOKE, outcome=Outcome(co_functions=("transport",), flags=("group",))),
        overlay("adds again", SMOKE, outcome=Outcome(co_functions=("transport",), flags=("group",))),
        overlay("adds less", SMOKE, equals("licensed", True), outcome=Outcome(flags=("group",))),
    )
    old = LegalBasis("某办法", valid_to=date(2020, 1, 1))
    rows = (*rows[:1], replace(rows[1], legal_basis=(old,)), *rows[2:])
    terms = (Term("灰", "context", facts=(("signs", "dust"),)), Term("啊", "context"))
    return replace(policy(*rows), lexicon=Lexicon(terms))


def test_one_analysis_has_all_kinds_in_their_order() -> None:
    analysis = examine(everything(), on=ON, directory=DIRECTORY)
    kinds = list(dict.fromkeys(finding.kind for finding in analysis.findings))
    assert kinds == [
        FindingKind.UNSATISFIABLE,
        FindingKind.DUPLICATE,
        FindingKind.SHADOWED,
        FindingKind.CONTRADICTION,
        FindingKind.GAP_DEFAULT,
        FindingKind.NEVER_PRODUCED,
        FindingKind.OVERLAY_EMPTY,
        FindingKind.OVERLAY_DUPLICATE,
        FindingKind.OVERLAY_REDUNDANT,
        FindingKind.LEAD_WITHOUT_UNIT,
        FindingKind.CO_FUNCTION_WITHOUT_UNIT,
        FindingKind.FACT_NEVER_FOUND,
        FindingKind.RULE_EXPIRED,
        FindingKind.BASIS_EXPIRED,
        FindingKind.UNKNOWN_REGION,
        FindingKind.ORDER_DECIDES,
        FindingKind.CANDIDATE_WITHOUT_UNIT,
        FindingKind.TERM_UNUSED,
        FindingKind.TERM_IDLE,
    ]
    assert analysis == examine(everything(), on=ON, directory=DIRECTORY)


def test_without_a_directory_nothing_is_said_of_places_and_units() -> None:
    analysis = examine(everything(), on=ON)
    assert not analysis.of(
        FindingKind.LEAD_WITHOUT_UNIT, FindingKind.CO_FUNCTION_WITHOUT_UNIT, FindingKind.UNKNOWN_REGION
    )


def test_rows_of_places_beside_each_other_contradict_only_where_places_are_not_known() -> None:
    made = policy(
        replace(base("north"), regions=("11",)), replace(base("south", lead="water"), regions=("12",))
    )
    assert examine(made, on=ON).of(FindingKind.CONTRADICTION)
    assert not examine(made, on=ON, directory=DIRECTORY).of(FindingKind.CONTRADICTION)


def test_a_place_lies_in_all_above_it() -> None:
    made = policy(
        replace(base("city"), regions=("1",)), replace(base("town", lead="water"), regions=("111",))
    )
    (finding,) = examine(made, on=ON, directory=DIRECTORY).of(FindingKind.SHADOWED)
    assert finding.witness == {"region": frozenset({"1", "11", "111"})}


def test_a_region_that_the_directory_does_not_have_may_be_founded_yet() -> None:
    made = policy(replace(base("far"), regions=("99",)), replace(base("near"), regions=("12",)))
    analysis = examine(made, on=ON, directory=DIRECTORY)
    assert not analysis.of(FindingKind.UNSATISFIABLE, FindingKind.SHADOWED)
    assert [finding.rules for finding in analysis.of(FindingKind.UNKNOWN_REGION)] == [("far",)]


def test_only_the_regions_that_the_policy_decides_for_are_places() -> None:
    made = policy(replace(base("a"), regions=("12",)), replace(base("b", lead="water"), regions=("1",)))
    findings = examine(made, on=ON, directory=DIRECTORY, regions=["11", "111"])
    (missing,) = [each for each in findings.of(FindingKind.LEAD_WITHOUT_UNIT) if each.function == "water"]
    assert missing.regions == ("11", "111")


FINDINGS = [
    *examine(everything(), on=ON, directory=DIRECTORY).findings,
    Finding(FindingKind.SHADOWED_TOGETHER, ("a", "b", "c"), {"day": 739000, "signs": frozenset({"smoke"})}),
    Finding(FindingKind.GAP, (), {"severity": 1.5, "licensed": False}),
    *(Finding(FindingKind.INCOMPLETE, ("a",), limit=limit) for limit in Limit),
    Finding(FindingKind.INCOMPLETE_GAP, (), limit=Limit.STEPS),
]


def test_findings_are_stored_and_read_back() -> None:
    assert {finding.kind for finding in FINDINGS} == set(FindingKind)
    stored = json.loads(json.dumps(analysis_document(Analysis(tuple(FINDINGS)))))
    assert [finding_from_document(each) for each in stored["findings"]] == FINDINGS
    assert stored["complete"] is False


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.kind.value)
def test_every_finding_is_said_in_both_languages_and_names_what_it_is_about(finding: Finding) -> None:
    made = everything()
    for language in Language:
        plain, named = finding.say(language), finding.say(language, Names(language, made))
        for rule in finding.rules[:1]:
            assert rule in plain or finding.kind is FindingKind.GAP_DEFAULT
            assert rule in named
    document = finding_document(finding)
    assert document["message"] == f"analysis.{finding.kind}"
    assert document["severity"] in set(Severity)
