"""Proposals: the row that tells corrected decisions from those that stand, and what it is said to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from uuid import UUID
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.check import check
from rules.evaluate import evaluate
from rules.learning import LEAST_RATIO, LEAST_SUPPORT, Case, Proposal, propose
from rules.lexicon import Lexicon
from rules.model import (
    Condition,
    FactField,
    FactValue,
    FieldKind,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)
from tests.rules.policies import with_row
from tests.rules.random_policies import FUNCTIONS, random_facts, random_policy

FIELDS = (
    FactField("sector", FieldKind.CHOICE, "类别", "Sector", ("trade", "farm", "road")),
    FactField("premises", FieldKind.CHOICES, "场所", "Premises", ("hotpot", "bakery", "market")),
    FactField("licensed", FieldKind.FLAG, "有证", "Licensed"),
    FactField("severity", FieldKind.NUMBER, "严重程度", "Severity"),
    FactField("day", FieldKind.NUMBER, "日期", "Day"),
)


def row(code: str, priority: int, lead: str, *conditions: Condition) -> Rule:
    return Rule(code, RuleKind.BASE, priority, code, code, conditions, Outcome(lead, ("water", "market")))


def sector(word: str) -> Condition:
    return Condition("sector", Operator.EQUALS, (word,))


TRADE = row("trade", 20, "urban_management", sector("trade"))
POLICY = Policy(
    "small",
    1,
    "小",
    "Small",
    FIELDS,
    (TRADE, row("rest", 90, "ecology"), row("farm", 10, "agriculture", sector("farm"))),
    Lexicon(),
)


def case(number: int, led_by: str = "", **facts: FactValue) -> Case:
    by = frozenset(led_by.split(",")) if led_by else frozenset()
    return Case(UUID(int=number), {"sector": "trade", "day": 739_000 + number, **facts}, by)


def cases(count: int, led_by: str = "", start: int = 0, **facts: FactValue) -> list[Case]:
    return [case(start + number, led_by, **facts) for number in range(count)]


HOTPOT = frozenset({"hotpot"})
BAKERY = frozenset({"bakery"})
MARKET = frozenset({"hotpot", "market"})


@pytest.mark.parametrize(
    ("given_cases", "conditions", "lead", "counts"),
    [
        # One word of several sets the corrected ones apart.
        (
            cases(5, "market", premises=HOTPOT) + cases(9, premises=BAKERY, start=10),
            [Condition("premises", Operator.ANY_OF, ("hotpot",))],
            "market",
            (5, 0),
        ),
        # Only two facts together do.
        (
            cases(6, "market", premises=HOTPOT, licensed=False)
            + cases(6, premises=HOTPOT, licensed=True, start=10)
            + cases(6, premises=BAKERY, licensed=False, start=20),
            [
                Condition("premises", Operator.ANY_OF, ("hotpot",)),
                Condition("licensed", Operator.EQUALS, (False,)),
            ],
            "market",
            (6, 0),
        ),
        # A threshold.
        (
            cases(4, "ecology", severity=5) + cases(4, severity=2, start=10),
            [Condition("severity", Operator.BETWEEN, low=5.0)],
            "ecology",
            (4, 0),
        ),
        # All of them: the rule itself leads wrongly.
        (cases(4, "market", premises=HOTPOT), [], "market", (4, 0)),
        # A few decisions would be spoiled; they are told.
        (
            cases(6, "market", premises=HOTPOT) + cases(2, premises=MARKET, start=10) + cases(5, start=20),
            [Condition("premises", Operator.ANY_OF, ("hotpot",))],
            "market",
            (6, 2),
        ),
        # The new lead carries several functions: one that the policy lets lead comes first.
        (cases(3, "arts,ecology"), [], "ecology", (3, 0)),
        # Most of the corrections went one way.
        (
            cases(3, "market", licensed=True) + cases(4, "ecology", licensed=False, start=10),
            [],
            "ecology",
            (4, 0),
        ),
    ],
    ids=["word", "pair", "threshold", "all", "spoiled", "functions", "majority"],
)
def test_what_is_proposed(
    given_cases: list[Case], conditions: list[Condition], lead: str, counts: tuple[int, int]
) -> None:
    found = propose(POLICY, TRADE, given_cases)
    assert found is not None
    assert found.row.conditions == (sector("trade"), *conditions)
    assert found.row.outcome.lead == lead
    assert lead not in found.row.outcome.co_functions
    assert (len(found.supporting), len(found.opposing)) == counts
    assert (found.before, found.row.id, found.row.priority) == ("trade", "trade-2", 19)
    assert found.row.title == "trade（据异议拟订）"
    assert found.row.legal_basis == ()
    wanted = {each.dispute for each in given_cases if lead in each.led_by}
    assert set(found.supporting) <= wanted


@pytest.mark.parametrize(
    "given_cases",
    [
        [],
        cases(20),
        cases(LEAST_SUPPORT - 1, "market"),
        cases(3, "market", premises=HOTPOT) + cases(2, premises=HOTPOT, start=10),
        cases(5, "urban_management,market"),  # another unit with the same function
        [
            replace(each, facts={**each.facts, "sector": "farm"}) for each in cases(9, "market")
        ],  # mended since
        cases(2, "market", premises=HOTPOT) + cases(2, "ecology", premises=HOTPOT, start=10),
    ],
    ids=["none", "no corrections", "too few", "too many spoiled", "place", "mended", "no two alike"],
)
def test_where_nothing_is_proposed(given_cases: list[Case]) -> None:
    assert propose(POLICY, TRADE, given_cases) is None


@pytest.mark.parametrize(
    ("change", "priority"),
    [
        (lambda rule: rule, 19),
        (lambda rule: replace(rule, priority=11), 11),  # the row before has 10
        (lambda rule: replace(rule, priority=10), 10),
        (lambda rule: replace(rule, priority=9), 8),
    ],
)
def test_the_row_overtakes_nobody(change: Callable[[Rule], Rule], priority: int) -> None:
    rule = change(TRADE)
    policy = replace(POLICY, rules=(POLICY.rules[2], rule, POLICY.rules[1]))
    found = propose(policy, rule, cases(3, "market"))
    assert found is not None
    assert found.row.priority == priority
    order = [each.id for each in with_row(policy, found.row, found.before).base_rules()]
    assert order.index("trade-2") + 1 == order.index("trade")


def test_ids_are_fresh_and_not_too_long() -> None:
    rule = replace(TRADE, id="t" * 64)
    policy = replace(POLICY, rules=(rule, replace(TRADE, id=f"{'t' * 60}-2"), *POLICY.rules[1:]))
    found = propose(policy, rule, cases(3, "market"))
    assert found is not None
    assert found.row.id == f"{'t' * 60}-3"


def decided_by(policy: Policy, facts: Mapping[str, FactValue]) -> str | None:
    first = evaluate(policy, facts).base
    return None if first is None else policy.base_rules()[first].id


def generated(random: Random) -> tuple[Policy, Rule, list[Case]] | None:
    """A random policy, one of its rules that leads, and cases that it or another rule decides; what people
    made of them depends on one fact, and sometimes on nothing."""
    policy = random_policy(random, random.choice((3, 9, 20)))
    leading = [rule for rule in policy.base_rules() if rule.outcome.lead]
    if not leading:
        return None
    rule = random.choice(leading)
    focused = replace(policy, rules=(rule,))
    found = [random_facts(random, random.choice((policy, focused))) for _ in range(60)]
    told_by = random.choice([field.name for field in policy.fields])

    def led_by(facts: Mapping[str, FactValue]) -> frozenset[str]:
        value = facts.get(told_by)
        told = sorted(value) if isinstance(value, frozenset) else value
        if crc32(repr(told).encode()) % 3 and random.random() < 0.9:
            return frozenset()
        return frozenset(random.sample(FUNCTIONS, random.choice((1, 1, 2))))

    return policy, rule, [Case(UUID(int=at), facts, led_by(facts)) for at, facts in enumerate(found)]


@given(seed=st.integers(0, 2**48))
def test_a_proposal_does_exactly_what_it_says(seed: int) -> None:
    made = generated(Random(seed))
    if made is None:
        return
    policy, rule, decided = made
    found = propose(policy, rule, decided)
    if found is None:
        return
    changed = with_row(policy, found.row, found.before)
    taken = set()
    for each in decided:
        before, after = decided_by(policy, each.facts), decided_by(changed, each.facts)
        # Nothing changes but what the rule decided.
        assert after == before or (before, after) == (rule.id, found.row.id)
        if after == found.row.id:
            taken.add(each.dispute)
    by_dispute = {each.dispute: each for each in decided}
    lead = found.row.outcome.lead
    right = {key for key in taken if lead in by_dispute[key].led_by}
    assert right >= set(found.supporting)
    # A unit that carries both functions is no correction of the rule.
    assert {key for key in right if rule.outcome.lead not in by_dispute[key].led_by} == set(found.supporting)
    stood = {
        key for key in taken if not by_dispute[key].led_by or rule.outcome.lead in by_dispute[key].led_by
    }
    assert stood == set(found.opposing)
    assert len(found.supporting) >= max(LEAST_SUPPORT, LEAST_RATIO * len(found.opposing))
    assert propose(policy, rule, decided) == found


def proposals() -> list[tuple[Policy, Proposal]]:
    """Proposals for the small policy, whose words and fields are limited."""
    random = Random(7)
    found = []
    for _ in range(200):
        facts: list[dict[str, FactValue]] = [
            {
                "premises": frozenset(random.sample(["hotpot", "bakery", "market", "unheard of"], 2)),
                "licensed": random.random() < 0.5,
                "severity": random.randint(1, 5),
            }
            for _ in range(12)
        ]
        made = [case(at, random.choice(("", "agriculture")), **each) for at, each in enumerate(facts)]
        if proposal := propose(POLICY, TRADE, made):
            found.append((POLICY, proposal))
    return found


def test_a_proposal_keeps_a_sound_policy_sound() -> None:
    functions = frozenset({"urban_management", "ecology", "agriculture", "water", "market"})
    found = proposals()
    assert len(found) > 50
    for policy, proposal in found:
        changed = with_row(policy, proposal.row, proposal.before)
        assert check(changed, functions, frozenset()) == ()
