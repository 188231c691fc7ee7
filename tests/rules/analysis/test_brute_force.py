"""The analysis says just what is true of small tables: nothing false, nothing missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from bench.brute_force import (
    DOMAINS,
    FIELDS,
    PLACE_DOMAINS,
    PLACES,
    Domains,
    all_facts,
    claims,
    makes_needless,
    tables,
    tables_of_places,
    truth,
    with_overlays,
)
from rules.analysis import search, table
from rules.analysis.analyse import base_findings
from rules.analysis.findings import Analysis, FindingKind, in_order
from rules.analysis.overlays import overlay_findings
from rules.evaluate import evaluate, rule_holds
from rules.model import REGION_FIELD, Condition, Facts, Operator, Policy, conditions_of
from tests.rules.policies import base, policy

SEEDS = range(6)
TABLES_OF_EACH = 50


def confirm_witnesses(made: Policy, analysis: Analysis) -> None:
    """Every witness shows, by the reference evaluator, what the finding says."""
    rows = made.base_rules()
    by_id = {row.id: row for row in made.rules}
    for finding in analysis.findings:
        if finding.witness is None:
            continue
        verdict = evaluate(made, finding.witness).base
        involved = [by_id[rule] for rule in finding.rules]
        holding = [rule_holds(row, finding.witness) for row in involved]
        match finding.kind:
            case FindingKind.GAP:
                assert verdict is None
            case FindingKind.GAP_DEFAULT:
                assert verdict is not None
                assert rows[verdict] is involved[0]
                assert not conditions_of(rows[verdict])
            case FindingKind.SHADOWED_TOGETHER:
                assert holding[0]
                assert any(holding[1:])
                assert len(involved) > 2
            case FindingKind.OVERLAY_DUPLICATE | FindingKind.OVERLAY_REDUNDANT:
                assert all(holding)
            case _:
                assert all(holding)
                assert rows.index(involved[1]) < rows.index(involved[0])


def compare(made: Policy, places: Sequence[frozenset[str]] = (), domains: Domains = DOMAINS) -> None:
    """The analysis of the table against what is true of it."""
    findings = [*base_findings(made, places), *overlay_findings(made, places)]
    analysis = in_order(findings)
    assert analysis.complete
    assert claims(findings) == truth(made, domains)
    confirm_witnesses(made, analysis)
    if places:
        regions = [each.witness.get(REGION_FIELD) for each in findings if each.witness]
        assert {region for region in regions if region} <= set(places)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_true_is_found_and_nothing_else(seed: int) -> None:
    for at, made in enumerate(tables(seed, TABLES_OF_EACH)):
        try:
            compare(made)
            compare(with_overlays(made))
        except AssertionError:
            print(f"seed {seed}, table {at}: {made.rules}")
            raise


@pytest.mark.parametrize(("few", "many"), [(0, 0), (0, 1000), (1000, 0)])
def test_shortcuts_change_nothing(few: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FEW", few)
    monkeypatch.setattr(table, "_MANY", many)
    for made in tables(7, TABLES_OF_EACH):
        compare(made)
        compare(with_overlays(made))


def test_wide_ranges_meet_just_those_that_they_overlap() -> None:
    random = Random(3)
    rows = []
    for at in range(120):
        low = random.randint(0, 300)
        asked = Condition("size", Operator.BETWEEN, low=low, high=low + random.choice((0, 3, 150)))
        row = base(f"r{at}", replace(asked, negated=at % 5 == 0), lead=("water", "port")[at % 2])
        rows.append(row)
    facts: list[Facts] = [{}, *({"size": half / 2} for half in range(-2, 950))]
    held = [{at for at, each in enumerate(facts) if rule_holds(row, each)} for row in rows]
    meeting = {
        (FindingKind.CONTRADICTION, rows[at].id, rows[other].id)
        for at in range(len(rows))
        for other in range(at)
        if held[at] & held[other] and at % 2 != other % 2
    }
    found = claims(base_findings(policy(*rows, fields=FIELDS)))
    assert {claim for claim in found if claim[0] == FindingKind.CONTRADICTION} == meeting


@pytest.mark.parametrize("seed", SEEDS)
def test_places_of_a_tree_are_told_apart_as_they_lie(seed: int) -> None:
    for at, made in enumerate(tables_of_places(seed, TABLES_OF_EACH)):
        try:
            compare(made, PLACES, PLACE_DOMAINS)
            compare(with_overlays(made), PLACES, PLACE_DOMAINS)
        except AssertionError:
            print(f"seed {seed}, table {at}: {made.rules}")
            raise


def test_the_other_overlay_is_one_that_makes_it_needless() -> None:
    for drawn in tables(9, TABLES_OF_EACH):
        made = with_overlays(drawn)
        rows = made.overlay_rules()
        facts = all_facts(made)
        held = {row.id: frozenset(at for at, one in enumerate(facts) if rule_holds(row, one)) for row in rows}
        by_id = {row.id: row for row in rows}
        for each in overlay_findings(made):
            if each.kind in (FindingKind.OVERLAY_DUPLICATE, FindingKind.OVERLAY_REDUNDANT):
                row, other = (by_id[rule] for rule in each.rules)
                assert makes_needless(other, row, held, first=rows.index(other) < rows.index(row))
                same = held[row.id] == held[other.id] and row.outcome == other.outcome
                assert same is (each.kind is FindingKind.OVERLAY_DUPLICATE)
