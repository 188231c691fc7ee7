"""Deciding for days must not cost memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.workload import workload
from rules.engine import Engine
from rules.model import Facts, Outcome
from tests.rules.policies import any_of, base, equals, overlay, policy

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
    engine.close()
    assert engine.disagreements == 0
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after 200,000 decisions"


@pytest.mark.parametrize("block_size", [8, 16])
def test_blocks_that_come_and_go(block_size: int) -> None:
    made = workload("narrow", 1000, 600)
    engine = Engine(made.policy, block_size=block_size, max_blocks=4)
    for facts in made.facts:
        engine.verdict(facts)
    before = resident()
    for facts in made.facts * 5:
        engine.verdict(facts)
    grown = resident() - before
    engine.close()
    assert engine.disagreements == 0
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after thousands of blocks were replaced"


def test_policies_that_come_and_go() -> None:
    made = workload("broad", 60, 60)

    def swap(times: int) -> None:
        for _ in range(times):
            engine = Engine(made.policy)
            for facts in made.facts:
                engine.verdict(facts)
            engine.close()

    swap(20)
    before = resident()
    swap(150)
    grown = resident() - before
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after 150 policies"
