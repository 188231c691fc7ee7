"""The index answers like the reference evaluator where its masks are put to the test."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest

from rules.coding import ABSENT, FIRST, OFF, ON, OTHER, Coding, ColumnKind
from rules.evaluate import evaluate
from rules.index import SEGMENT, Index, bits
from rules.model import Condition, Facts, Operator
from tests.rules.policies import any_of, base, equals, negated, overlay, policy
from tests.rules.random_policies import random_facts, random_policy


@pytest.mark.parametrize("rows", [0, 1, 8, 60, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 7])
def test_policies_of_any_size(rows: int) -> None:
    random = Random(rows)
    policy = random_policy(random, rows)
    index = Index(policy)
    for _ in range(8):
        facts = random_facts(random, policy)
        assert index.verdict(facts) == evaluate(policy, facts)


def test_the_last_row_of_the_last_segment_is_found() -> None:
    rules = [base(f"r{at}", equals("channel", f"c{at}")) for at in range(2 * SEGMENT + 3)]
    index = Index(policy(*rules))
    for at in (0, SEGMENT - 1, SEGMENT, 2 * SEGMENT + 2):
        assert index.verdict({"channel": f"c{at}"}).base == at
    assert index.verdict({"channel": "c"}).base is None


@pytest.mark.parametrize(
    ("condition", "fact", "code"),
    [
        (equals("f", "a"), None, ABSENT),
        (equals("f", "a"), frozenset(), ABSENT),
        (equals("f", "a"), "b", OTHER),
        (equals("f", "a"), True, OTHER),
        (equals("f", "a"), "a", FIRST),
        (equals("f", True), False, OFF),
        (equals("f", True), True, ON),
        (equals("f", True), 1, OTHER),
        (equals("f", 5), 4, FIRST),
        (equals("f", 5), 5.0, FIRST + 1),
        (equals("f", 5), 6, FIRST + 2),
        (equals("f", 1), True, OTHER),
        (equals("f", 5), float("nan"), OTHER),
        (equals("f", 5), "5", OTHER),
        (Condition("f", Operator.PRESENT), "anything", OTHER),
    ],
)
def test_codes(condition: Condition, fact: Any, code: int) -> None:
    coding = Coding([base("a", condition)])
    assert coding.encode({} if fact is None else {"f": fact}) == [code]
    assert code < coding.size(0)


@pytest.mark.parametrize("fact", [["a"], {"a": 1}, {"a"}])
def test_a_fact_that_cannot_be_looked_up(fact: Any) -> None:
    rules = policy(base("a", equals("sector", "port")), base("b", negated(equals("sector", "port"))))
    assert Index(rules).verdict({"sector": fact}) == evaluate(rules, {"sector": fact})


def test_rows_that_at_most_one_column_rules_out() -> None:
    port, noise, severe = equals("sector", "port"), any_of("pollutant", "noise"), equals("severity", 5)
    rules = policy(base("a", port, noise, severe), base("b", port, severe), base("c", noise), overlay("x"))
    index = Index(rules)
    facts: Facts = {"sector": "port", "pollutant": frozenset({"dust"}), "severity": 4}
    codes = index.coding.encode(facts)
    every = index.base.select(range(3))
    severity = index.coding.columns.index(("severity", ColumnKind.NUMBER))
    assert list(index.base.near(codes, facts, every, None)) == [(1, severity), (2, None)]
    assert list(index.base.near(codes, facts, every, 2)) == [(1, severity)]
    assert list(index.base.near(codes, facts, index.base.select([2]), None)) == [(2, None)]


def test_bits() -> None:
    assert list(bits(0)) == []
    assert list(bits(0b1011 | 1 << 5000)) == [0, 1, 3, 5000]


@pytest.mark.parametrize(
    "values", [(0, 10_000_000), (2.5, 3), (-(10**30), 10**30), (10**400,), (math.inf, 0), (-7.5, 4096, 2**53)]
)
def test_numbers_near_far_and_in_between(values: tuple[int | float, ...]) -> None:
    conditions = [
        *(equals("f", value) for value in values),
        *(Condition("f", Operator.BETWEEN, low=value) for value in values),
    ]
    rules = policy(*(overlay(f"r{at}", condition) for at, condition in enumerate(conditions)))
    index = Index(rules)
    near = [value + step for value in values for step in (-1, -0.5, 0, 0.5, 1) if abs(value) < 2**60]
    for fact in (*values, *near, 1, 5000, -5000, 10**31, 0.0, math.nan, True, "5"):
        assert index.verdict({"f": fact}) == evaluate(rules, {"f": fact}), fact
