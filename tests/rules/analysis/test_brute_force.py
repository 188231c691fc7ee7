"""The analysis says just what is true of small tables: nothing false, nothing missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rules.analysis.analyse import base_findings
from rules.analysis.findings import Analysis, FindingKind, in_order
from rules.analysis.overlays import overlay_findings
from rules.evaluate import evaluate, rule_holds
from rules.model import REGION_FIELD, Outcome, Policy, RuleKind, conditions_of
from tests.rules.analysis.brute_force import (
    DOMAINS,
    PLACE_DOMAINS,
    PLACES,
    Domains,
    overlay_truth,
    tables,
    tables_of_places,
    truth,
)

SEEDS = range(6)
TABLES_OF_EACH = 50


def first_rules(analysis: Analysis, kind: FindingKind) -> set[str]:
    return {finding.rules[0] for finding in analysis.of(kind)}


def confirm_witnesses(made: Policy, analysis: Analysis) -> None:
    """Every witness shows, by the reference evaluator, what the finding says."""
    rows = made.base_rules()
    by_id = {row.id: row for row in rows}
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
            case _:
                assert all(holding)
                assert rows.index(involved[1]) < rows.index(involved[0])


def compare(made: Policy, places: Sequence[frozenset[str]] = (), domains: Domains = DOMAINS) -> None:
    """The analysis of the table against what is true of it."""
    analysis, real = in_order(list(base_findings(made, places))), truth(made, domains)
    assert analysis.complete
    assert first_rules(analysis, FindingKind.UNSATISFIABLE) == real.unsatisfiable
    assert first_rules(analysis, FindingKind.DUPLICATE) == real.duplicate
    assert first_rules(analysis, FindingKind.SHADOWED) == real.shadowed
    assert first_rules(analysis, FindingKind.SHADOWED_TOGETHER) == real.together
    found = {(each.rules[0], each.rules[1]) for each in analysis.of(FindingKind.CONTRADICTION)}
    assert found == real.contradictions
    assert first_rules(analysis, FindingKind.ORDER_DECIDES) == real.order_decides
    assert bool(analysis.of(FindingKind.GAP, FindingKind.GAP_DEFAULT)) == real.gap
    confirm_witnesses(made, analysis)
    if places:
        regions = [each.witness.get(REGION_FIELD) for each in analysis.findings if each.witness]
        assert {region for region in regions if region} <= set(places)


def compare_overlays(made: Policy, places: Sequence[frozenset[str]] = (), domains: Domains = DOMAINS) -> None:
    """The analysis of the table's overlays against what is true of them."""
    analysis, real = in_order(list(overlay_findings(made, places))), overlay_truth(made, domains)
    rows = {row.id: row for row in made.overlay_rules()}
    assert analysis.complete
    assert first_rules(analysis, FindingKind.UNSATISFIABLE) == real.unsatisfiable
    assert first_rules(analysis, FindingKind.OVERLAY_EMPTY) == real.empty
    told = analysis.of(FindingKind.OVERLAY_DUPLICATE, FindingKind.OVERLAY_REDUNDANT)
    assert {each.rules[0] for each in told} == {rule for rule, _ in real.duplicate | real.redundant}
    for each in told:
        is_duplicate = each.kind is FindingKind.OVERLAY_DUPLICATE
        assert (each.rules[0], each.rules[1]) in (real.duplicate if is_duplicate else real.redundant)
        assert each.witness is not None
        assert all(rule_holds(rows[rule], each.witness) for rule in each.rules)


def all_overlays(made: Policy) -> Policy:
    """The same table with every other row as an overlay that adds a flag or two."""
    rules = [
        replace(rule, kind=RuleKind.OVERLAY, outcome=Outcome(flags=("f", "g")[: 1 + at % 4 // 2]))
        if at % 2
        else rule
        for at, rule in enumerate(made.rules)
    ]
    return replace(made, rules=tuple(rules))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_true_is_found_and_nothing_else(seed: int) -> None:
    for at, made in enumerate(tables(seed, TABLES_OF_EACH)):
        try:
            compare(made)
            compare_overlays(all_overlays(made))
        except AssertionError:
            print(f"seed {seed}, table {at}: {made.rules}")
            raise


@pytest.mark.parametrize("seed", SEEDS)
def test_places_of_a_tree_are_told_apart_as_they_lie(seed: int) -> None:
    for at, made in enumerate(tables_of_places(seed, TABLES_OF_EACH)):
        try:
            compare(made, PLACES, PLACE_DOMAINS)
            compare_overlays(all_overlays(made), PLACES, PLACE_DOMAINS)
        except AssertionError:
            print(f"seed {seed}, table {at}: {made.rules}")
            raise
