"""What the database answers is what the router answers, for any policy and any stored facts."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

import orjson

from casework.desk import Desk
from casework.simulation.asking import AFTER_ALL, BEFORE_ALL, Asking, Simulator
from rules.facts_document import facts_document
from rules.model import (
    SECTOR_FIELD,
    Condition,
    Facts,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)
from rules.router import UNITS_FIELD
from rules.simulation import answer_of
from tests.casework.simulation.stored import Matter, store
from tests.rules.random_policies import FUNCTIONS, random_facts, random_policy

MATTERS = 150
POLICIES = 15
STRANGE: tuple[dict[str, Any], ...] = (
    # Texts and numbers that two languages read differently.
    {"premises": "x,", "activity": '","', "pollutants": ["x,", ",y", 'say "hi"']},
    {"pollutants": ['","', "a\\", "\\"], "premises": ",", "severity": 0.30000000000000004},
    {"pollutants": "噪声", "premises": ["噪声"], "severity": "3", "households": True, "licensed": 1},
    {"pollutants": [], "flags": [], "region": [], "severity": 1e308, "households": -0.0, "day": 0},
    {
        "severity": 2**53 + 1,
        "households": 2**63,
        "licensed": None,
        "premises": "",
        "activity": "\x1f\x7f",
    },
    {"severity": 5e-324, "households": 1.7976931348623157e308, "day": -1, "activity": "é'\"--;%(x)s"},
    {},
)


def storable(facts: Facts) -> bool:
    """Whether JSON has a text for it."""
    return all(not isinstance(value, float) or math.isfinite(value) for value in facts.values())


def policies(random: Random, count: int) -> Iterator[Policy]:
    """Random policies that name functions, ask for triage, and ask how many units are named."""
    for at in range(count):
        policy = random_policy(random, random.choice((0, 1, 5, 17, 60, 120)))
        rules = tuple(_richer(random, rule, with_units=at % 2 == 0) for rule in policy.rules)
        yield replace(policy, rules=rules, triage_below=random.choice((0.0, 0.5, 0.55)))


def _richer(random: Random, rule: Rule, *, with_units: bool) -> Rule:
    co = tuple(random.sample(FUNCTIONS, random.choice((0, 0, 1, 3))))
    outcome = Outcome(
        lead=random.choice(FUNCTIONS) if rule.kind is RuleKind.BASE else None,
        co_functions=co,
        conference=random.choice((None, "noise")),
        flags=random.choice(((), ("seen",), ("噪声", "late"))),
        legal_path=random.choice((None, "petition")),
        triage=rule.kind is RuleKind.BASE and random.random() < 0.1,
    )
    conditions = rule.conditions
    if with_units and random.random() < 0.3:
        asks = Condition(
            UNITS_FIELD, Operator.BETWEEN, low=random.randint(1, 4), negated=random.random() < 0.3
        )
        conditions = (*conditions, asks)
    return replace(rule, outcome=outcome, conditions=conditions)


def matters(random: Random) -> Iterator[Matter]:
    """Disputes with facts that meet the policies, and with facts that meet nothing."""
    drawn = list(policies(random, 10))
    while True:
        facts = dict(random_facts(random, random.choice(drawn)))
        if random.random() < 0.8:
            facts[SECTOR_FIELD] = random.choice(("industry", "noise"))
        if storable(facts):
            yield Matter(facts_document(facts), random.choice((None, 0.2, 0.55, 0.9)))


async def assert_agree(desk: Desk, policy: Policy, stored: Sequence[Matter]) -> None:
    """The answers about all stored disputes are those of the router."""
    simulator = await asyncio.to_thread(Simulator, policy, desk.database.dialect)
    met = await Asking(desk.database, simulator, {}, reread=False).ask(BEFORE_ALL, AFTER_ALL)
    found = {UUID(key): each.after for each in met for key in each.disputes.split(",")}
    assert found.keys() == {each.key for each in stored}
    for each in stored:
        facts = orjson.loads(json.dumps(each.facts))  # as they come out of the database
        routing = simulator.router.replay(facts, each.confidence)
        assert found[each.key] == answer_of(routing.decision), each.facts


async def test_the_database_answers_as_the_router_does(desk: Desk) -> None:
    random = Random(20261121)
    stored = list(islice(matters(random), MATTERS))
    stored += [Matter(facts, 0.9) for facts in STRANGE]
    await store(desk, stored)
    for policy in policies(random, POLICIES):
        await assert_agree(desk, policy, stored)
