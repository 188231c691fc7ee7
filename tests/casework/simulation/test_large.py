"""Policies larger than what a statement may hold side by side, deep, or as parameters."""

from __future__ import annotations

from random import Random

from casework.desk import Desk
from rules.lexicon import Lexicon
from rules.model import Condition, FactField, FieldKind, Operator, Outcome, Policy, Rule, RuleKind
from tests.casework.simulation.stored import Matter, store
from tests.casework.simulation.test_agreement import assert_agree

WORDS = tuple(f"词{at}" for at in range(400))


FIELDS = (
    FactField("premises", FieldKind.CHOICE, "场所", "premises"),
    FactField("signs", FieldKind.CHOICES, "迹象", "signs"),
    FactField("severity", FieldKind.NUMBER, "程度", "severity"),
)


def policy_of(rules: int) -> Policy:
    """So many rows, every tenth an overlay, and one with lists and conditions by the thousand."""
    random = Random(8)
    rows = (_widest(), *(_rule(random, at) for at in range(rules)))
    return Policy("large", 1, "大", "large", FIELDS, rows, Lexicon())


def _widest() -> Rule:
    conditions = (
        Condition("signs", Operator.ANY_OF, tuple(f"x{at}" for at in range(1_500))),
        *(Condition("signs", Operator.ANY_OF, (f"y{at}",), negated=True) for at in range(300)),
        Condition("signs", Operator.ALL_OF, tuple(f"x{at}" for at in range(70)), negated=True),
        Condition("premises", Operator.IN, tuple(f"z{at}" for at in range(3_000))),
    )
    return Rule("widest", RuleKind.BASE, 0, "宽", "widest", conditions, Outcome(lead="port"))


def _rule(random: Random, at: int) -> Rule:
    conditions = (
        random.choice(
            (
                Condition("premises", Operator.EQUALS, (random.choice(WORDS),)),
                Condition("premises", Operator.IN, tuple(random.sample(WORDS, 4))),
                Condition("signs", Operator.ANY_OF, tuple(random.sample(WORDS, 2))),
            )
        ),
        Condition("severity", Operator.BETWEEN, low=random.randint(1, 5)),
    )
    if at % 10 == 0:
        outcome = Outcome(flags=(f"flag{at}",))
        return Rule(f"r{at}", RuleKind.OVERLAY, at, "加", "adds", conditions, outcome)
    outcome = Outcome(lead=random.choice(("ecology", "port", "water")))
    return Rule(f"r{at}", RuleKind.BASE, at, "行", "row", conditions, outcome)


async def test_a_large_policy_is_answered_alike(desk: Desk) -> None:
    random = Random(9)
    matters = [
        Matter(
            {
                "sector": "industry",
                "premises": random.choice(WORDS),
                "signs": random.sample(WORDS, random.randint(0, 3)),
                "severity": random.randint(1, 5),
            }
        )
        for _ in range(80)
    ]
    matters += [
        Matter({"sector": "industry", "premises": "z2999", "signs": ["x1499"], "severity": 1}),
        Matter({"sector": "industry", "premises": "z2999", "signs": ["x1499", "y299"], "severity": 1}),
    ]
    await store(desk, matters)
    await assert_agree(desk, policy_of(2_000), matters)
