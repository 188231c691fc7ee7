"""Functions that rules name and that nobody carries somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bench.brute_force import TREE
from rules.analysis.findings import Finding, FindingKind
from rules.analysis.staffing import staffing_findings
from rules.model import Outcome, Policy, Rule
from rules.territory import Directory, FunctionSpan, Region, Unit, lineage, nearest_unit
from tests.rules.policies import base, overlay, policy
from wording.catalogue import Language

DAY = date(2026, 5, 1)
REGIONS = {code: Region(code, above, "") for code, above in TREE.items()}


def directory(*carried: tuple[str, str], since: date | None = None) -> Directory:
    """Units by region and function."""
    units = {
        f"{region}-{function}": Unit(f"{region}-{function}", region, (FunctionSpan(function, since),))
        for region, function in carried
    }
    return Directory(REGIONS, units)


def found(made: Policy, staff: Directory, regions: tuple[str, ...] = tuple(TREE)) -> list[Finding]:
    return list(staffing_findings(made, staff, regions, DAY))


def said(findings: list[Finding]) -> list[tuple[FindingKind, str | None, tuple[str, ...], tuple[str, ...]]]:
    return [(each.kind, each.function, each.rules, each.regions) for each in findings]


def test_a_lead_is_missing_where_no_region_up_to_the_city_has_one() -> None:
    made = policy(base("a", lead="water"), base("b", lead="ecology"), base("c", lead="water"))
    findings = found(made, directory(("1", "ecology"), ("11", "water")))
    assert said(findings) == [(FindingKind.LEAD_WITHOUT_UNIT, "water", ("a", "c"), ("1", "12"))]
    assert findings[0].witness == {"region": frozenset({"1"})}
    assert "2 regions (1, 12)" in findings[0].say(Language.EN)


def test_only_regions_count_where_the_policy_and_the_rule_hold() -> None:
    made = policy(replace(base("a", lead="water"), regions=("11",)), base("b", lead="port"))
    findings = found(made, directory(("12", "water")), regions=("111", "12"))
    assert said(findings) == [
        (FindingKind.LEAD_WITHOUT_UNIT, "water", ("a",), ("111",)),
        (FindingKind.LEAD_WITHOUT_UNIT, "port", ("b",), ("111", "12")),
    ]
    assert findings[0].witness == {"region": frozenset({"111", "11", "1"})}


def test_functions_that_join_and_that_are_proposed_are_asked_for_too() -> None:
    triage = replace(base("t", lead=None), outcome=Outcome(triage=True, candidates=("water", "other")))
    joins = overlay("o", outcome=Outcome(co_functions=("port",)))
    findings = found(policy(base("a"), triage, joins), directory(("1", "ecology"), ("11", "port")))
    assert said(findings) == [
        (FindingKind.CO_FUNCTION_WITHOUT_UNIT, "port", ("o",), ("1", "12")),
        (FindingKind.CANDIDATE_WITHOUT_UNIT, "water", ("t",), ("1", "11", "111", "12")),
    ]


def test_a_rule_that_begins_later_is_asked_on_its_first_day_and_one_that_has_ended_never() -> None:
    later = replace(base("a"), valid_from=date(2027, 1, 1))
    ended = replace(base("b", lead="water"), valid_to=date(2026, 4, 30))
    assert not found(policy(later, ended), directory(("1", "ecology"), since=date(2026, 12, 1)))
    assert found(policy(base("now")), directory(("1", "ecology"), since=date(2026, 12, 1)))


def test_a_region_that_the_directory_does_not_have_is_told() -> None:
    made = policy(replace(base("a"), regions=("11", "99")))
    (finding,) = found(made, directory(("1", "ecology")))
    assert (finding.kind, finding.rules, finding.regions) == (FindingKind.UNKNOWN_REGION, ("a",), ("99",))


codes = st.sampled_from(sorted(TREE))
functions = st.sampled_from(["water", "port"])
rows = st.builds(
    lambda lead, regions: replace(base("x", lead=lead), regions=tuple(sorted(regions))),
    functions,
    st.sets(codes, max_size=2),
)


@given(st.lists(rows, max_size=5), st.sets(st.tuples(codes, functions), max_size=4), st.sets(codes))
def test_just_the_places_without_a_unit_are_told(
    drawn: list[Rule], carried: set[tuple[str, str]], regions: set[str]
) -> None:
    rules = [replace(row, id=str(at)) for at, row in enumerate(drawn)]
    staff = directory(*sorted(carried))
    missing: dict[str, tuple[set[str], set[str]]] = {}
    for rule in rules:
        for code in regions:
            above = lineage(staff, code)
            if rule.outcome.lead is None or (rule.regions and not set(rule.regions) & set(above)):
                continue
            if nearest_unit(staff, rule.outcome.lead, code, DAY) is None:
                ids, places = missing.setdefault(rule.outcome.lead, (set(), set()))
                ids.add(rule.id)
                places.add(code)
    findings = found(policy(*rules), staff, tuple(sorted(regions)))
    assert {each.function: (set(each.rules), set(each.regions)) for each in findings} == missing
