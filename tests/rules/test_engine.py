"""The live path: durable-rules inside its limits, shared by threads, replaced while it works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import durable_rules_engine
import pytest

from bench.workload import WORKLOADS, workload
from rules.blocks import MAX_LIST, MAX_ROWS, block_of, blocks_of
from rules.engine import Engine
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Condition, Facts, FactValue, Operator, Policy, Rule, Verdict
from tests.rules.policies import any_of, base, equals, negated, overlay, policy
from tests.rules.random_policies import random_facts, random_policy

PORT = equals("sector", "port")
NOISE = any_of("pollutant", "noise")


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    """Engines to be closed at the end of the test."""
    made: list[Engine] = []
    yield made
    for engine in made:
        engine.close()


@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        ([], {"sector": "port"}, Verdict(None, ())),
        ([base("a")], {}, Verdict(0, ())),
        ([overlay("x")], {}, Verdict(None, (0,))),
        ([overlay("x", PORT)], {}, Verdict(None, ())),
        ([base("a", PORT), overlay("x", PORT)], {"sector": "port"}, Verdict(0, (0,))),
        ([base("a", equals("channel", '“%d”{}\\"\n😀'))], {"channel": '“%d”{}\\"\n😀'}, Verdict(0, ())),
        ([base("a", equals("channel", "x" * 70_000))], {"channel": "x" * 70_000}, Verdict(0, ())),
        ([base("a", equals("severity", 10**30))], {"severity": 10**30}, Verdict(0, ())),
        ([base(f"r{at}") for at in range(40)], {}, Verdict(0, ())),
        ([overlay(f"r{at}") for at in range(40)], {}, Verdict(None, tuple(range(40)))),
    ],
)
def test_small_policies(
    rules: list[Rule], facts: dict[str, FactValue], expected: Verdict, engines: list[Engine]
) -> None:
    engine = Engine(policy(*rules))
    engines.append(engine)
    for _ in range(3):
        assert engine.verdict(facts) == expected
    assert engine.disagreements == 0
    assert not engine.degraded


@pytest.mark.parametrize("name", WORKLOADS)
def test_five_thousand_rows(name: str, engines: list[Engine]) -> None:
    made = workload(name, 5000, 400)
    engine, index = Engine(made.policy, max_blocks=64), Index(made.policy)
    engines.append(engine)
    for facts in made.facts:
        assert engine.verdict(facts) == index.verdict(facts)
    for facts in made.facts[:40]:
        assert engine.verdict(facts) == evaluate(made.policy, facts)
    assert engine.disagreements == 0


class _TwoFaced(dict[str, FactValue]):
    """Facts that say something else every time they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, name: str, default: Any = None) -> Any:
        self.asked += name == "pollutant"
        return frozenset({"noise"}) if self.asked == 1 else default


def test_a_disagreement_is_counted_and_the_reference_decides(engines: list[Engine]) -> None:
    seen: list[Facts] = []
    engine = Engine(policy(base("a", NOISE)), on_disagreement=seen.append)
    engines.append(engine)
    facts = _TwoFaced()
    assert engine.verdict(facts) == Verdict(None, ())
    assert engine.disagreements == 1
    assert seen == [facts]
    assert engine.verdict({"pollutant": frozenset({"noise"})}) == Verdict(0, ())
    assert engine.disagreements == 1


def test_a_ruleset_that_fails_is_replaced_by_the_reference(engines: list[Engine]) -> None:
    engine = Engine(policy(base("a", PORT), overlay("x", PORT)))
    engines.append(engine)
    assert engine.verdict({"sector": "port"}) == Verdict(0, (0,))
    for blocks in (engine._base, engine._overlays):
        handle = blocks._blocks[0].handle
        durable_rules_engine.delete_state(handle, "0")
        durable_rules_engine.delete_ruleset(handle)
    for count in (1, 2):
        assert engine.verdict({"sector": "port"}) == Verdict(0, (0,))
        assert engine.disagreements == count


def test_a_closed_engine_still_answers() -> None:
    engine = Engine(policy(base("a", PORT)))
    assert engine.verdict({"sector": "port"}) == Verdict(0, ())
    engine.close()
    engine.close()
    assert engine.verdict({"sector": "port"}) == Verdict(0, ())
    assert engine.disagreements == 0


def test_without_durable_rules_the_reference_decides_and_says_so() -> None:
    script = """
import sys
sys.modules["durable_rules_engine"] = None
from rules.engine import Engine
from rules.trial import trial_compile
from tests.rules.policies import base, equals, policy
rules = policy(base("a", equals("sector", "port")))
engine = Engine(rules)
print(engine.degraded, engine.verdict({"sector": "port"}).base, engine.disagreements, trial_compile(rules))
engine.close()
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=root, check=True)
    assert done.stdout.decode().strip() == "True 0 0 []"


def test_threads_get_their_own_answers_while_policies_are_swapped(engines: list[Engine]) -> None:
    random = Random(11)
    policies = [random_policy(random, rows) for rows in (24, 40)]
    cases = [[(facts, evaluate(each, facts)) for facts in _many(random, each)] for each in policies]
    current = [(Engine(policies[0]), cases[0])]
    over = Event()

    def decide(seed: int) -> tuple[int, int]:
        own, decided, wrong = Random(seed), 0, 0
        while not over.is_set():
            engine, expected = current[0]
            for facts, verdict in own.sample(expected, 20):
                wrong += engine.verdict(facts) != verdict
                decided += 1
        return decided, wrong

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(decide, seed) for seed in range(4)]
        for swap in range(1, 120):
            old = current[0][0]
            current[0] = (Engine(policies[swap % 2]), cases[swap % 2])
            for facts, verdict in cases[swap % 2][:30]:
                assert current[0][0].verdict(facts) == verdict
            old.close()
            assert old.disagreements == 0
        over.set()
        results = [each.result() for each in running]
    engines.append(current[0][0])
    assert all(wrong == 0 for _, wrong in results)
    assert all(decided > 0 for decided, _ in results)


def _many(random: Random, policy: Policy) -> list[Facts]:
    return [random_facts(random, policy) for _ in range(120)]


def _wide_rows(rows: int) -> Policy:
    """Rows that ask for more than a ruleset may hold: many fields, long lists, negations."""
    words = tuple(f"w{at}" for at in range(40))
    wide = []
    for row in range(rows):
        conditions = [
            Condition(f"field{at}", Operator.IN, words[(row + at) % 20 :: 1 + (at % 9)]) for at in range(60)
        ]
        conditions += [negated(equals(f"other{at}", words[at % 40])) for at in range(20)]
        conditions += [Condition(f"number{at}", Operator.BETWEEN, low=row, high=row + at) for at in range(20)]
        wide.append(base(f"r{row}", *conditions))
    return policy(*wide)


def _rulesets() -> Iterator[dict[str, Any]]:
    random = Random(5)
    for rules, size in (
        (_wide_rows(8), 8),
        (_wide_rows(16), 16),
        (_wide_rows(MAX_ROWS), MAX_ROWS),
        (random_policy(random, 200), MAX_ROWS),
    ):
        for block in blocks_of(Index(rules).base_rows, size):
            yield json.loads(block.ruleset)


def test_rulesets_stay_inside_what_is_safe() -> None:
    for ruleset in _rulesets():
        assert len(ruleset) <= MAX_ROWS + 1
        assert [rule["pri"] for rule in ruleset.values()] == list(range(len(ruleset)))
        alternatives, names = 0, set()
        for rule in ruleset.values():
            (matched,) = rule["all"]
            tests = matched["m"]["$and"] if "$and" in matched["m"] else [matched["m"]]
            assert sum("$or" in test for test in tests) <= 4
            for test in tests:
                either = test.get("$or", [test])
                assert len(either) <= MAX_LIST
                for each in either:
                    alternatives += 1
                    ((name, value),) = each.get("$gte", each.get("$lte", each)).items()
                    names.add(name)
                    assert isinstance(value, int)
                    assert 0 <= value < 2**31
        assert alternatives <= 480
        assert names <= {f"{kind}{at}" for kind in "fg" for at in range(200)}


def test_wide_rows_decide_like_the_reference(engines: list[Engine]) -> None:
    rules = _wide_rows(20)
    engine = Engine(rules, block_size=16)
    engines.append(engine)
    random = Random(3)
    for row in rules.rules:
        facts: dict[str, FactValue] = {
            each.field: each.low if each.low is not None else random.choice(each.values)
            for each in row.conditions
            if not each.negated
        }
        assert engine.verdict(facts) == evaluate(rules, facts)
        facts["field7"] = "none of them"
        assert engine.verdict(facts) == evaluate(rules, facts)
    assert engine.disagreements == 0


def test_names_do_not_collide_in_durable_rules() -> None:
    # It tells property names apart by a 32-bit FNV-1a hash only.
    def fnv(name: str) -> int:
        found = 2166136261
        for byte in name.encode():
            found = ((found ^ byte) * 16777619) % 2**32
        return found

    names = ["sid", "id", "$s", *(f"{kind}{at}" for kind in "fg" for at in range(256))]
    assert len({fnv(name) for name in names}) == len(names)


@pytest.mark.parametrize("rows", [0, MAX_ROWS + 1])
def test_a_block_of_no_rows_or_too_many_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match=f"a block takes 1 to {MAX_ROWS} rows, not {rows}"):
        block_of(Index(policy(*(base(f"r{at}") for at in range(rows)))).base_rows)
