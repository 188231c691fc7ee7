"""What may not change a decision: the order of rows that never meet, rows that never hold, names."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from rules.decide import Decider
from rules.engine import Engine
from rules.model import Decision, Facts, Policy, Rule, RuleKind
from tests.rules.policies import base, equals, negated, overlay, policy
from tests.rules.random_policies import random_facts, random_policy

SEEDS = range(12)


def decisions(rules: Policy, many: list[Facts]) -> list[Decision]:
    engine = Engine(rules)
    decider = Decider(rules, engine, engine.index)
    found = [decider.decide(facts)[0] for facts in many]
    assert engine.disagreements == 0
    return found


def drawn(seed: int, rows: int) -> tuple[Random, Policy, list[Facts]]:
    random = Random(seed)
    made = random_policy(random, rows)
    return random, made, [random_facts(random, made) for _ in range(60)]


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_never_meet_may_change_places(seed: int) -> None:
    random = Random(seed)
    rows = [base(f"r{at}", equals("channel", f"c{at}"), lead=f"f{at}") for at in range(40)]
    many: list[Facts] = [{"channel": f"c{random.randrange(50)}"} for _ in range(60)]
    expected = decisions(policy(*rows), many)
    random.shuffle(rows)
    assert decisions(policy(*rows), many) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_that_never_holds_changes_nothing(seed: int) -> None:
    random, made, many = drawn(seed, 30)
    expected = decisions(made, many)
    never = equals("channel", "a"), negated(equals("channel", "a"))
    rules = list(made.rules)
    for at, row in enumerate((base("never", *never, lead="nobody"), overlay("never-either", *never))):
        rules.insert(random.randint(0, len(rules)), replace(row, priority=at * 10))
    assert decisions(replace(made, rules=tuple(rules)), many) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_behind_one_that_always_holds_changes_nothing(seed: int) -> None:
    _, made, many = drawn(seed, 30)
    always = replace(base("always", lead="somebody"), priority=50)
    expected = decisions(replace(made, rules=(*made.rules, always)), many)
    shadowed = replace(base("shadowed", lead="nobody"), priority=51)
    assert decisions(replace(made, rules=(shadowed, *made.rules, always)), many) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_names_decide_nothing(seed: int) -> None:
    _, made, many = drawn(seed, 30)

    def renamed(rule: Rule) -> Rule:
        return replace(rule, id=f"新“{rule.id}”%d", title="别名", title_en="")

    ids = {rule.id: renamed(rule).id for rule in made.rules}
    expected = [
        replace(
            each,
            rule_id=None if each.rule_id is None else ids[each.rule_id],
            overlay_ids=tuple(ids[overlay_id] for overlay_id in each.overlay_ids),
        )
        for each in decisions(made, many)
    ]
    assert decisions(replace(made, rules=tuple(map(renamed, made.rules))), many) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_overlays_never_touch_the_lead(seed: int) -> None:
    _, made, many = drawn(seed, 30)
    alone = replace(made, rules=tuple(rule for rule in made.rules if rule.kind is RuleKind.BASE))
    leads = [(each.lead, each.rule_id) for each in decisions(alone, many)]
    assert [(each.lead, each.rule_id) for each in decisions(made, many)] == leads
