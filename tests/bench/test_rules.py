"""The bench of the rules: its workloads never change, its contenders agree, and it says when they do not."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from bench.bulk import Bulk, measure
from bench.contenders import CONTENDERS, Contender
from bench.decisions import facts_for
from bench.rules import CONTENDERS as MEASURED
from bench.rules import Bar, Measured, compare, lines, report
from bench.workload import WORKLOADS, workload
from rules.evaluate import evaluate


@pytest.mark.parametrize(
    ("name", "rules", "facts"),
    [
        ("broad", "5f7b5a172785ba39", "a0194533dac1e511"),
        ("narrow", "d5e39abf65e29bf6", "ed3bc386a6a44f99"),
    ],
)
def test_a_workload_is_drawn_alike_on_every_machine(name: str, rules: str, facts: str) -> None:
    made = workload(name, 500, 200)
    drawn = [
        [(each.field, each.operator.value, each.values, each.low) for each in rule.conditions]
        for rule in made.policy.rules
    ]
    assert sha256(json.dumps(drawn).encode()).hexdigest()[:16] == rules
    assert sha256(json.dumps([dict(each) for each in made.facts]).encode()).hexdigest()[:16] == facts


@pytest.mark.parametrize("name", WORKLOADS)
@pytest.mark.parametrize("contender", CONTENDERS)
def test_every_contender_answers_like_the_reference(contender: str, name: str) -> None:
    made = workload(name, 60, 150)
    decide = CONTENDERS[contender](made.policy).decide
    answers = [decide(each) for each in made.facts]
    assert answers == [evaluate(made.policy, each).base for each in made.facts]
    assert None in answers
    assert len(set(answers)) > 10


def test_the_slow_ones_are_asked_less_of_large_tables() -> None:
    facts = workload("broad", 1, 300).facts
    assert facts_for("scan", 50, facts) == facts_for("live", 50_000, facts) == facts
    assert facts_for("reference", 50_000, facts) == facts[:40]


def test_a_comparison_has_every_contender_and_every_bar() -> None:
    found, bars = compare("narrow", 20, 60, 2)
    assert [each.contender for each in found] == list(MEASURED)
    assert all(each.equal and each.answered == 60 and each.disagreements == 0 for each in found)
    assert {each.contender: each.rulesets for each in found}["live"] > 0
    assert next(each.of_zen for each in found if each.contender == "zen") == 1.0
    assert [(bar.name, bar.limit) for bar in bars] == [
        ("live path, of zen-engine", 0.65),
        ("index, of zen-engine", 0.3),
        ("trace, of the live path", 2.0),
    ]


def test_records_in_bulk_are_more_than_were_made() -> None:
    found = measure("broad", 30, 100, distinct=40)
    assert found.equal
    assert found.compared == 40
    assert found.cpu_s >= 0


@pytest.mark.parametrize("equal", [True, False])
def test_the_table_says_what_differs_and_what_was_missed(equal: bool) -> None:
    measured = Measured("live", "broad", 5, 4.0, 6.0, 0.7, 0.1, None, None, 1, 0, 10, equal)
    bars = [Bar("a", "broad", 5, 0.7, 0.65), Bar("b", "broad", 5, 1.0, 5.0)]
    found = report([measured], [Bulk("broad", 5, 10, 1.0, 1.0, 10, equal=True)], bars)
    assert found["all_equal"] is equal
    assert not found["bars_reached"]
    printed = list(lines(found))
    assert [line.endswith("ANSWERS DIFFER") for line in printed if "live path" in line] == [not equal]
    assert [line.split()[-3:] for line in printed[-2:]] == [
        ["0.70", "0.65", "MISSED"],
        ["1.00", "5.00", "reached"],
    ]


def test_bulk_that_differs_counts() -> None:
    found = report([], [Bulk("broad", 5, 10, 1.0, 1.0, 10, equal=False)], [])
    assert not found["all_equal"]
    assert found["bars_reached"]


def test_a_contender_counts_what_it_holds() -> None:
    made = workload("broad", 40, 50)
    live: Contender = CONTENDERS["live"](made.policy)
    for each in made.facts:
        live.decide(each)
    assert live.state()["disagreements"] == 0
    assert live.state()["rulesets"] > 0
