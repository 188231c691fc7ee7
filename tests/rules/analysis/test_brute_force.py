"""The analysis says just what is true of small tables: nothing false, nothing missed."""

from __future__ import annotations

import pytest

from rules.analysis.analyse import analyse
from rules.analysis.findings import Analysis, FindingKind
from rules.evaluate import evaluate, rule_holds
from rules.model import Policy, conditions_of
from tests.rules.analysis.brute_force import tables, truth

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


def compare(made: Policy) -> None:
    """The analysis of the table against what is true of it."""
    analysis, real = analyse(made), truth(made)
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


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_true_is_found_and_nothing_else(seed: int) -> None:
    for at, made in enumerate(tables(seed, TABLES_OF_EACH)):
        try:
            compare(made)
        except AssertionError:
            print(f"seed {seed}, table {at}: {made.base_rules()}")
            raise
