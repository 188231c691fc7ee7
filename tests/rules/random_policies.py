"""Random policies and facts that meet often, with everything that has ever made an engine stumble."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from rules.lexicon import Lexicon
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FactField,
    Facts,
    FactValue,
    FieldKind,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
    Scalar,
)

WORDS = (
    "噪声",
    "油烟",
    'say "hi"',
    "it's",
    "😀",
    "🏭烟",
    "\\u566a",
    "a\\/b",
    "%d",
    "{}",
    "\n",
    "",
    "1",
    "true",
    " 噪声",
)
REGIONS = ("320000", "320600", "320682", "320682100", "320682101")
FUNCTIONS = ("ecology", "urban_management", "agriculture", "transport", "port")
START = date(2026, 1, 1)

CHOICES = ("premises", "activity", "channel")
SETS = ("pollutants", "flags", REGION_FIELD)
NUMBERS = ("severity", "households", DAY_FIELD)
FLAGS = ("licensed", "at_night")
FIELDS = tuple(
    FactField(name, kind, name, name)
    for names, kind in (
        (CHOICES, FieldKind.CHOICE),
        (SETS, FieldKind.CHOICES),
        (NUMBERS, FieldKind.NUMBER),
        (FLAGS, FieldKind.FLAG),
    )
    for name in names
)
# Values of a wrong kind, which a validator would refuse, must still be answered alike everywhere.
ODD: tuple[FactValue, ...] = (
    1,
    1.0,
    True,
    False,
    0,
    "1",
    math.nan,
    math.inf,
    -math.inf,
    10**30,
    2**53 + 1,
    float(2**53),
    frozenset(),
    frozenset({"噪声"}),
    "x" * 70_000,
)


def random_policy(random: Random, rows: int) -> Policy:
    """A policy of so many rows, base and overlay, with every operator."""
    # Rows of few conditions hit early; rows of many are met far down the table, or not at all.
    fewest = random.choice((0, 1, 2, 2))
    rules = tuple(_rule(random, at, fewest) for at in range(rows))
    return Policy("random", 1, "随机", "random", FIELDS, rules, Lexicon())


def random_facts(random: Random, policy: Policy) -> Facts:
    """Facts, half of the time drawn to meet most of one row."""
    facts: dict[str, FactValue] = {}
    for name in CHOICES:
        facts[name] = random.choice(WORDS)
    for name in SETS:
        facts[name] = frozenset(random.sample(_words_of(name), random.randint(0, 3)))
    for name in NUMBERS:
        facts[name] = _number(random, name)
    for name in FLAGS:
        facts[name] = random.random() < 0.5
    if policy.rules and random.random() < 0.6:
        for condition in random.choice(policy.rules).conditions:
            _meet(random, condition, facts)
    for name in tuple(facts):
        if random.random() < 0.15:
            del facts[name]
        elif random.random() < 0.03:
            facts[name] = random.choice(ODD)
    return facts


def pairs(seed: int, policies: int, facts_of_each: int) -> Iterator[tuple[Policy, list[Facts]]]:
    """Policies of 0 to 60 rows, each with its facts."""
    random = Random(seed)
    for _ in range(policies):
        policy = random_policy(random, random.choice((0, 1, 2, 5, 9, 16, 17, 33, 60)))
        yield policy, [random_facts(random, policy) for _ in range(facts_of_each)]


def _rule(random: Random, at: int, fewest: int) -> Rule:
    kind = RuleKind.OVERLAY if random.random() < 0.3 else RuleKind.BASE
    outcome = Outcome(lead=random.choice(FUNCTIONS)) if kind is RuleKind.BASE else Outcome(flags=("seen",))
    conditions = fewest + random.choice((0, 0, 1, 1, 2, 4))
    rule = Rule(
        id=f"r{at}",
        kind=kind,
        priority=random.randint(0, 20),
        title="行",
        title_en="row",
        conditions=tuple(_condition(random) for _ in range(conditions)),
        outcome=outcome,
    )
    if random.random() < 0.2:
        rule = replace(rule, regions=tuple(random.sample(REGIONS, random.randint(1, 2))))
    if random.random() < 0.2:
        start = START + timedelta(days=random.randint(0, 20))
        end = random.choice((None, start + timedelta(days=random.randint(0, 10))))
        rule = replace(rule, valid_from=random.choice((None, start)), valid_to=end)
    return rule


def _condition(random: Random) -> Condition:
    kind = random.random()
    if kind < 0.1:
        name = random.choice((*CHOICES, *SETS, *NUMBERS, *FLAGS))
        condition = Condition(name, Operator.PRESENT)
    elif kind < 0.4:
        condition = _on_words(random, random.choice(CHOICES))
    elif kind < 0.65:
        name = random.choice(SETS)
        operator = random.choice((Operator.ANY_OF, Operator.ALL_OF))
        condition = Condition(name, operator, tuple(random.sample(_words_of(name), random.randint(1, 3))))
    elif kind < 0.9:
        condition = _on_numbers(random, random.choice(NUMBERS))
    elif kind < 0.97:
        condition = Condition(random.choice(FLAGS), Operator.EQUALS, (random.random() < 0.5,))
    else:
        condition = _misfit(random)
    return replace(condition, negated=True) if random.random() < 0.25 else condition


def _on_words(random: Random, name: str) -> Condition:
    if random.random() < 0.5:
        return Condition(name, Operator.EQUALS, (random.choice(WORDS),))
    return Condition(name, Operator.IN, tuple(random.sample(WORDS, random.choice((1, 2, 3, 8, 12)))))


def _on_numbers(random: Random, name: str) -> Condition:
    if random.random() < 0.3:
        values = tuple(_number(random, name) for _ in range(random.randint(1, 3)))
        return Condition(name, Operator.IN, values)
    low, high = sorted((_number(random, name), _number(random, name)))
    return Condition(
        name, Operator.BETWEEN, low=random.choice((None, low, low)), high=random.choice((None, high, high))
    )


def _misfit(random: Random) -> Condition:
    """Conditions that a check would refuse: they never reach a live policy, and mean the same everywhere."""
    name = random.choice((*CHOICES, *SETS, *NUMBERS, *FLAGS))
    values: tuple[Scalar, ...] = random.choice(((1,), (True,), ("1",), (1, "1"), (), (math.nan,), (0, False)))
    return random.choice(
        (
            Condition(name, Operator.EQUALS, values),
            Condition(name, Operator.IN, values),
            Condition(name, Operator.ANY_OF, values),
            Condition(name, Operator.ALL_OF, values),
            Condition(name, Operator.BETWEEN, low=3, high=2),
            Condition(name, Operator.BETWEEN, low=math.nan),
        )
    )


def _meet(random: Random, condition: Condition, facts: dict[str, FactValue]) -> None:
    if condition.operator in (Operator.EQUALS, Operator.IN) and condition.values:
        facts[condition.field] = random.choice(condition.values)
    elif condition.operator in (Operator.ANY_OF, Operator.ALL_OF):
        facts[condition.field] = frozenset(value for value in condition.values if isinstance(value, str))
    elif condition.operator is Operator.BETWEEN:
        end = random.choice([end for end in (condition.low, condition.high) if end is not None] or [0])
        facts[condition.field] = end if random.random() < 0.7 else end + 1


def _words_of(name: str) -> tuple[str, ...]:
    return REGIONS if name == REGION_FIELD else WORDS[:8]


def _number(random: Random, name: str) -> int | float:
    if name == DAY_FIELD:
        return START.toordinal() + random.randint(0, 30)
    return random.choice((random.randint(-2, 8), random.randint(0, 10) / 2))
