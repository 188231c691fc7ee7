"""The live path: durable-rules inside its limits, shared by threads, replaced while it works."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import durable_rules_engine
import pytest

from bench.workload import WORKLOADS, workload
from rules.engine import MOST_FAILURES, Engine, Rulesets
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Condition, Facts, FactValue, Operator, Policy, Rule, Verdict
from rules.rulesets import ALWAYS, MAX_LIST, MAX_LISTS, MAX_TESTS, ROW, Shape, question_of, ruleset_of
from tests.rules.policies import any_of, base, equals, negated, overlay, policy
from tests.rules.random_policies import random_facts, random_policy

PORT = equals("sector", "port")
NOISE = any_of("pollutant", "noise")


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
def test_small_policies(rules: list[Rule], facts: dict[str, FactValue], expected: Verdict) -> None:
    engine = Engine(policy(*rules))
    for _ in range(3):
        assert engine.verdict(facts) == expected
    assert engine.disagreements == 0
    assert not engine.degraded


@pytest.mark.parametrize("name", WORKLOADS)
def test_five_thousand_rows(name: str) -> None:
    made = workload(name, 5000, 400)
    rulesets = Rulesets()
    engine, index = Engine(made.policy, rulesets=rulesets), Index(made.policy)
    for facts in made.facts:
        assert engine.verdict(facts) == index.verdict(facts)
    for facts in made.facts[:40]:
        assert engine.verdict(facts) == evaluate(made.policy, facts)
    assert engine.disagreements == 0
    assert 0 < len(rulesets) <= 100


class _TwoFaced(dict[str, FactValue]):
    """Facts that say something else every time they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, name: str, default: Any = None) -> Any:
        self.asked += name == "pollutant"
        return frozenset({"noise"}) if self.asked == 1 else default


def test_a_disagreement_is_counted_and_the_reference_decides() -> None:
    seen: list[Facts] = []
    engine = Engine(policy(base("a", NOISE)), on_disagreement=seen.append)
    facts = _TwoFaced()
    assert engine.verdict(facts) == Verdict(None, ())
    assert engine.disagreements == 1
    assert seen == [facts]
    assert engine.verdict({"pollutant": frozenset({"noise"})}) == Verdict(0, ())
    assert engine.disagreements == 1


def _break_all(rulesets: Rulesets) -> None:
    for ruleset in rulesets._live.values():
        durable_rules_engine.delete_state(ruleset.handle, "0")
        durable_rules_engine.delete_ruleset(ruleset.handle)


def test_a_ruleset_that_fails_is_replaced_by_the_reference() -> None:
    rulesets = Rulesets()
    engine = Engine(policy(base("a", PORT), overlay("x", PORT)), rulesets=rulesets)
    facts = {"sector": "port"}
    assert engine.verdict(facts) == Verdict(0, (0,))
    for count in range(1, MOST_FAILURES + 1):
        _break_all(rulesets)
        assert engine.verdict(facts) == Verdict(0, (0,))
        assert engine.disagreements == count
        if count < MOST_FAILURES:  # made again, it works
            assert engine.verdict(facts) == Verdict(0, (0,))
            assert engine.disagreements == count
    for count in range(MOST_FAILURES + 1, MOST_FAILURES + 3):
        assert engine.verdict(facts) == Verdict(0, (0,))
        assert engine.disagreements == count
        assert len(rulesets) == 0
    other = Engine(policy(base("a", PORT, NOISE)), rulesets=rulesets)
    assert other.verdict({"sector": "port", "pollutant": frozenset({"noise"})}) == Verdict(0, ())
    assert other.disagreements == 0


def test_rows_of_one_shape_share_a_ruleset() -> None:
    rulesets = Rulesets()
    rules = policy(
        *(base(f"r{at}", equals("channel", f"c{at}"), equals("severity", at)) for at in range(30)),
        base("port", PORT, Condition("severity", Operator.BETWEEN, low=40)),
        overlay("licensed", equals("licensed", True), equals("channel", "c3")),
    )
    engine = Engine(rules, rulesets=rulesets)
    for at in range(30):
        assert engine.verdict({"channel": f"c{at}", "severity": at}) == Verdict(at, ())
        assert len(rulesets) == 1
    assert engine.verdict({"sector": "port", "severity": 41}) == Verdict(30, ())
    assert engine.verdict({"channel": "c3", "severity": 3, "licensed": True}) == Verdict(3, (0,))
    assert engine.verdict({"channel": "c3", "severity": 4}) == Verdict(None, ())
    assert engine.disagreements == 0
    assert len(rulesets) == 1


def test_policies_share_rulesets_and_get_their_own_answers() -> None:
    rulesets = Rulesets()
    ports = Engine(policy(base("a", PORT, NOISE), base("b", PORT)), rulesets=rulesets)
    works = equals("channel", "works"), any_of("signs", "smoke")
    others = Engine(policy(base("c", *works), base("d", works[0]), base("e")), rulesets=rulesets)
    noisy, smoky = {"pollutant": frozenset({"noise"})}, {"signs": frozenset({"smoke"})}
    cases: list[tuple[Facts, int | None, int]] = [
        ({"sector": "port", "channel": "works", **noisy, **smoky}, 0, 0),
        ({"sector": "port", "channel": "works", **noisy}, 0, 1),
        ({"sector": "port", "channel": "works", **smoky}, 1, 0),
        ({"sector": "port", **smoky}, 1, 2),
        ({"channel": "works", **noisy}, None, 1),
        ({}, None, 2),
    ]
    for _ in range(3):
        for facts, of_ports, of_others in cases:
            assert ports.verdict(facts) == Verdict(of_ports, ())
            assert others.verdict(facts) == Verdict(of_others, ())
    assert ports.disagreements == others.disagreements == 0
    assert len(rulesets) == 3  # a word and a flag, a word, nothing


def test_rulesets_that_make_room_for_others_answer_rightly() -> None:
    random, rulesets = Random(17), Rulesets(2)
    policies = [random_policy(random, 60), _wide_rows(8)]
    for rules in policies:
        assert len(_shapes(rules)) > 4
    engines = [Engine(rules, rulesets=rulesets) for rules in policies]
    cases = [_many(random, policies[0]), [_meeting(random, row) for row in policies[1].rules] * 15]
    for pair in zip(*cases, strict=True):
        for engine, facts in zip(engines, pair, strict=True):
            assert engine.verdict(facts) == evaluate(engine.policy, facts)
            assert len(rulesets) <= 2
    assert [engine.disagreements for engine in engines] == [0, 0]


@pytest.mark.parametrize("conditions", [MAX_TESTS - 1, MAX_TESTS, MAX_TESTS + 1, 3 * MAX_TESTS])
@pytest.mark.parametrize("words", [0, 1, 20])
def test_a_row_of_many_conditions_decides_like_the_reference(conditions: int, words: int) -> None:
    singles = [equals(f"field{at}", f"w{at}") for at in range(conditions - words)]
    rules = policy(base("a", *singles, *(any_of(f"set{at}", "here") for at in range(words))))
    engine = Engine(rules)
    facts: dict[str, FactValue] = {f"field{at}": f"w{at}" for at in range(conditions - words)}
    facts |= {f"set{at}": frozenset({"here"}) for at in range(words)}
    assert engine.verdict(facts) == evaluate(rules, facts) == Verdict(0, ())
    for name in facts:
        # Where no row holds, durable-rules is asked about the first.
        without = {other: fact for other, fact in facts.items() if other != name}
        assert engine.verdict(without) == evaluate(rules, without) == Verdict(None, ())
    assert engine.disagreements == 0


@pytest.mark.parametrize("more", [(), (PORT,), (NOISE, PORT)], ids=len)
def test_a_condition_that_can_never_hold_never_fires(more: tuple[Condition, ...]) -> None:
    never = (equals("channel", "a"), equals("channel", "b"), *more)
    rulesets = Rulesets()
    engine = Engine(policy(base("never", *never), overlay("nor", *never)), rulesets=rulesets)
    around: Facts = {"sector": "port", "pollutant": frozenset({"noise"})}
    for channel in ("a", "b", "c", None):
        facts = around if channel is None else {**around, "channel": channel}
        assert engine.verdict(facts) == Verdict(None, ())
    assert engine.disagreements == 0
    assert len(rulesets) == 1


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
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=root, check=True)
    assert done.stdout.decode().strip() == "True 0 0 []"


def test_threads_get_their_own_answers_while_policies_are_swapped() -> None:
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
            assert old.disagreements == 0
        over.set()
        results = [each.result() for each in running]
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


def _meeting(random: Random, row: Rule) -> dict[str, FactValue]:
    """Facts that meet a wide row."""
    return {
        each.field: each.low if each.low is not None else random.choice(each.values)
        for each in row.conditions
        if not each.negated
    }


def _shapes(rules: Policy) -> set[Shape]:
    index = Index(rules)
    return {question_of(row).shape for row in (*index.base_rows, *index.overlay_rows)}


@pytest.mark.parametrize(
    "rules", [_wide_rows(8), _wide_rows(48), random_policy(Random(5), 300), policy(base("a"))]
)
def test_rulesets_stay_inside_what_is_safe(rules: Policy) -> None:
    for shape in _shapes(rules):
        ruleset = json.loads(ruleset_of(shape))
        assert list(ruleset) == [ROW, ALWAYS] == ["a", "_"]
        assert [rule["pri"] for rule in ruleset.values()] == [0, 1]
        assert ruleset[ALWAYS]["all"] == [{"m": {"$gte": {"f0": 0}}}]
        (matched,) = ruleset[ROW]["all"]
        tests = matched["m"].get("$and", [matched["m"]])
        assert 1 <= len(tests) <= MAX_TESTS
        assert sum("$or" in test for test in tests) <= MAX_LISTS == 4
        names = []
        for test in tests:
            either = test.get("$or", [test])
            assert len(either) <= MAX_LIST
            found = [part for each in either for part in each.get("$gte", each).items()]
            assert len({name for name, _ in found}) == 1
            assert all(type(value) is int and 0 <= value <= 16 for _, value in found)
            names.append(found[0][0])
        spans, flags = shape
        expected = [*(f"f{at}" for at in range(len(spans))), *(f"g{at}" for at in range(flags))]
        assert names == (expected or ["f0"])


def test_messages_stay_inside_what_is_safe() -> None:
    random = Random(6)
    for rules in (_wide_rows(8), random_policy(random, 100)):
        index = Index(rules)
        for facts in _many(random, rules) if len(rules.rules) > 8 else [_meeting(random, rules.rules[0])]:
            codes = index.coding.encode(facts)
            for row in index.base_rows:
                question = question_of(row)
                message = json.loads(question.message(codes, facts))
                assert (message.pop("sid"), message.pop("id")) == ("0", "1")
                spans, flags = question.shape
                names = {*(f"f{at}" for at in range(len(spans))), *(f"g{at}" for at in range(flags))}
                assert message.keys() == names | {"f0"}
                assert all(type(value) is int and 0 <= value <= 16 for value in message.values())


def test_wide_rows_decide_like_the_reference() -> None:
    rules = _wide_rows(20)
    engine = Engine(rules)
    random = Random(3)
    for row in rules.rules:
        facts = _meeting(random, row)
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
