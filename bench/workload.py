"""Two made-up rule tables and the complaints that meet them, the same on every machine.

Table "broad" has rows of one to four conditions, so that many rows overlap and the first hit comes early.
Table "narrow" has rows for one category, industry and place of the county, so that a complaint meets one row
or none, as in a large real table; half of its complaints fall through.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from rules.lexicon import Lexicon
from rules.model import (
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
)

WORDS: dict[str, list[str]] = {
    "category": [f"噪声-{at:02d}" for at in range(20)],
    "industry": [f"行业-{at:02d}" for at in range(60)],
    "premises": [f"prem{at:02d}" for at in range(15)],
    "place": [f"place{at:02d}" for at in range(12)],
    "region": [f"3{at * 7:05d}" for at in range(300)],
    "channel": [f"ch{at}" for at in range(6)],
}
NUMBERS = {"severity": (1, 5), "repeat": (0, 20)}
FLAGS = ["suspected_crime", "night", "media", "minors", "pol_noise", "pol_odor", "pol_dust", "pol_water"]

WORKLOADS = ("broad", "narrow")
_RULES_SEED = 7
_FACTS_SEED = 11

Row = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """A policy and the facts to decide on."""

    policy: Policy
    facts: list[Facts]


def workload(name: str, rules: int, facts: int) -> Workload:
    """The workload of that name and size."""
    random = Random(_RULES_SEED)
    draw = _broad_row if name == "broad" else _narrow_row
    rows = [draw(random) for _ in range(rules)]
    fields = (
        *(FactField(field, FieldKind.CHOICE, field, field) for field in WORDS),
        *(FactField(field, FieldKind.NUMBER, field, field) for field in NUMBERS),
        *(FactField(field, FieldKind.FLAG, field, field) for field in FLAGS),
    )
    table = tuple(
        Rule(f"r{at}", RuleKind.BASE, at, f"第{at}行", f"Row {at}", row, Outcome(lead="ecology"))
        for at, row in enumerate(rows)
    )
    policy = Policy(name, 1, name, name, fields, table, Lexicon())
    return Workload(policy, _facts(rows, facts))


def _broad_row(random: Random) -> Row:
    field = random.choice(("category", "industry"))
    conditions = [Condition(field, Operator.EQUALS, (random.choice(WORDS[field]),))]
    return _with_more(random, conditions, random.randint(1, 3))


def _narrow_row(random: Random) -> Row:
    conditions = [
        Condition(field, Operator.EQUALS, (random.choice(WORDS[field]),))
        for field in ("category", "industry")
    ]
    regions = random.randint(1, 4)
    if regions > 1:
        conditions.append(
            Condition("region", Operator.IN, tuple(sorted(random.sample(WORDS["region"], regions))))
        )
    else:
        conditions.append(Condition("region", Operator.EQUALS, (random.choice(WORDS["region"]),)))
    row = list(_with_more(random, conditions, random.randint(0, 2)))
    random.shuffle(row)
    return tuple(row)


def _with_more(random: Random, conditions: list[Condition], more: int) -> Row:
    for _ in range(more):
        asked = {condition.field for condition in conditions}
        condition = _condition(random, asked)
        while condition.field in asked:
            condition = _condition(random, asked)
        conditions.append(condition)
    return tuple(conditions)


def _condition(random: Random, asked: set[str]) -> Condition:
    """Of ten conditions six are equalities, two are lists, one is a threshold and one a flag."""
    kind = random.random()
    if kind < 0.6:
        field = random.choice(("category", "industry"))
        if field in asked:
            field = random.choice(("premises", "place", "channel"))
        return Condition(field, Operator.EQUALS, (random.choice(WORDS[field]),))
    if kind < 0.8:
        field = random.choice(("region", "premises", "place", "industry"))
        length = random.randint(3, 8) if field in ("region", "industry") else random.randint(2, 4)
        return Condition(field, Operator.IN, tuple(sorted(random.sample(WORDS[field], length))))
    if kind < 0.9:
        field = random.choice(list(NUMBERS))
        low, high = NUMBERS[field]
        return Condition(field, Operator.BETWEEN, low=random.randint(low + 1, high))
    return Condition(random.choice(FLAGS), Operator.EQUALS, (True,))


def _facts(rows: list[Row], count: int) -> list[Facts]:
    """Every second complaint is drawn to meet a row."""
    random = Random(_FACTS_SEED)
    found: list[Facts] = []
    for at in range(count):
        facts: dict[str, FactValue] = {field: random.choice(words) for field, words in WORDS.items()}
        facts |= {field: random.randint(low, high) for field, (low, high) in NUMBERS.items()}
        facts |= {field: random.random() < 0.2 for field in FLAGS}
        if rows and at % 2:
            for condition in random.choice(rows):
                facts[condition.field] = _meeting(random, condition)
        found.append(facts)
    return found


def _meeting(random: Random, condition: Condition) -> FactValue:
    if condition.operator is Operator.IN:
        return random.choice(condition.values)
    if condition.low is not None:
        return random.randint(int(condition.low), NUMBERS[condition.field][1])
    return condition.values[0]
