"""Deciding for days must not cost memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from bench.workload import workload
from rules.engine import Engine, Rulesets
from rules.index import Index
from rules.model import Facts, Outcome, Policy
from rules.rulesets import Shape, question_of
from tests.rules.policies import any_of, base, equals, overlay, policy
from tests.rules.random_policies import random_facts, random_policy

LIMIT = 2_000_000


def resident() -> int:
    """Memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_two_hundred_thousand_decisions() -> None:
    rules = policy(
        *(base(f"r{at}", equals("channel", f"c{at}"), equals("severity", at % 5)) for at in range(40)),
        *(
            overlay(f"o{at}", any_of("signs", f"s{at % 3}"), outcome=Outcome(flags=("x",)))
            for at in range(12)
        ),
    )
    engine = Engine(rules)
    facts: list[Facts] = [
        {"channel": f"c{at}", "severity": at % 7 % 5, "signs": frozenset({f"s{at % 4}", f"t{at}"})}
        for at in range(50)
    ]
    for each in facts * 40:
        engine.verdict(each)
    before = resident()
    for each in facts * 4000:
        engine.verdict(each)
    grown = resident() - before
    assert engine.disagreements == 0
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after 200,000 decisions"


def drawn(name: str) -> tuple[Policy, list[Facts]]:
    """A policy and facts to decide on."""
    if name == "random":
        random = Random(7)
        rules = random_policy(random, 60)
        return rules, [random_facts(random, rules) for _ in range(600)]
    made = workload(name, 1000, 600)
    return made.policy, made.facts


def shapes_in_turn(rules: Policy, many: Sequence[Facts]) -> list[Shape]:
    """The shapes of the rows that these facts meet, one after the other."""
    index = Index(rules)
    shapes: list[Shape] = []
    for verdict in map(index.verdict, many):
        rows = [] if verdict.base is None else [index.base_rows[verdict.base]]
        rows += [index.overlay_rows[at] for at in verdict.overlays]
        shapes += [question_of(row).shape for row in rows]
    return shapes


@pytest.mark.parametrize("name", ["narrow", "random"])
def test_rulesets_that_come_and_go(name: str) -> None:
    rules, many = drawn(name)
    shapes = shapes_in_turn(rules, many)
    # A shape that none of the last four was is sure to have been put away since.
    replaced = sum(shape not in shapes[at - 4 : at] for at, shape in enumerate(shapes) if at >= 4)
    assert len(set(shapes)) >= 12
    assert replaced * 5 > 500
    rulesets = Rulesets(4)
    engine = Engine(rules, rulesets=rulesets)
    for facts in many:
        engine.verdict(facts)
    before = resident()
    for facts in many * 5:
        engine.verdict(facts)
    grown = resident() - before
    assert len(rulesets) == 4
    assert engine.disagreements == 0
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after {replaced * 5} rulesets were replaced"


def test_policies_that_come_and_go() -> None:
    made = workload("broad", 60, 60)

    def swap(times: int) -> None:
        for _ in range(times):
            engine = Engine(made.policy)
            for facts in made.facts:
                engine.verdict(facts)

    swap(20)
    before = resident()
    swap(150)
    grown = resident() - before
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after 150 policies"
