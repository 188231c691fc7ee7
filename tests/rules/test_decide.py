"""From a verdict to a decision: who leads, who joins, what follows, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from rules.decide import NEAR_MISSES, Decider, part_of
from rules.engine import Engine
from rules.evaluate import evaluate, holds
from rules.index import Index
from rules.model import (
    Candidate,
    Condition,
    Decision,
    FactValue,
    Held,
    LegalBasis,
    Operator,
    Outcome,
    Policy,
    Rule,
    Trace,
    TriageReason,
    Verdict,
    conditions_of,
)
from tests.rules.policies import any_of, base, decide_and_trace, equals, negated, overlay, policy
from tests.rules.random_policies import random_facts, random_policy

PORT, INDUSTRY = equals("sector", "port"), equals("sector", "industry")
DUST, NOISE = any_of("pollutant", "dust"), any_of("pollutant", "noise")
SEVERE = Condition("severity", Operator.BETWEEN, low=4)


def words(*found: str) -> frozenset[str]:
    return frozenset(found)


def outcome(rule: Rule, **changes: Any) -> Rule:
    return replace(rule, outcome=replace(rule.outcome, **changes))


def decide(rules: Policy, facts: dict[str, FactValue]) -> tuple[Decision, Trace]:
    """Decide in all ways; they must agree."""
    index = Index(rules)
    engine = Engine(rules)
    decided = decide_and_trace(Decider(rules, index), facts)
    assert decide_and_trace(Decider(rules, engine, engine.index), facts) == decided
    assert decide_and_trace(Decider(rules, engine), facts) == decided
    return decided


def test_base_and_overlays_add_up() -> None:
    law, order = LegalBasis("《噪声法》", "第八条"), LegalBasis("《本市规定》", certain=False)
    rules = policy(
        replace(
            outcome(base("a", PORT, lead="port"), co_functions=("water", "port"), flags=("big",)),
            legal_basis=(law,),
        ),
        replace(
            overlay("x", outcome=Outcome(co_functions=("port", "ecology", "water"), flags=("big", "seen"))),
            legal_basis=(order, law),
        ),
        overlay("y", PORT, outcome=Outcome(conference="environment", legal_path="mediation")),
        overlay("z", PORT, outcome=Outcome(conference="land", legal_path="court")),
        overlay("never", INDUSTRY),
    )
    decision, _ = decide(rules, {"sector": "port", "flags": words("night", "repeat", "aloud", "group")})
    assert decision == Decision(
        lead="port",
        co_functions=("water", "ecology"),
        conference="environment",
        flags=("repeat", "group", "night", "aloud", "big", "seen"),
        legal_path="mediation",
        rule_id="a",
        overlay_ids=("x", "y", "z"),
        legal_basis=(law, order),
    )


def test_the_base_row_names_the_conference_first() -> None:
    rules = policy(
        outcome(base("a"), conference="land", legal_path="court"),
        overlay("x", outcome=Outcome(conference="environment", legal_path="mediation")),
    )
    decision, _ = decide(rules, {})
    assert (decision.conference, decision.legal_path) == ("land", "court")


def test_no_row_goes_to_triage_with_what_overlays_add() -> None:
    rules = policy(base("a", PORT), overlay("x", outcome=Outcome(co_functions=("ecology",), flags=("seen",))))
    decision, trace = decide(rules, {"flags": "night"})
    assert decision.triage_reason is TriageReason.NO_RULE
    assert (decision.lead, decision.rule_id, decision.candidates) == (None, None, ())
    assert (decision.co_functions, decision.flags) == (("ecology",), ("seen",))
    assert trace.base is None
    assert [row.rule.id for row in trace.overlays] == ["x"]


@pytest.mark.parametrize(
    ("lead", "candidates", "expected"),
    [
        (None, (), []),
        (None, ("port",), [("port", 1.0)]),
        (None, ("port", "ecology", "port"), [("port", 2 / 3), ("ecology", 1 / 3)]),
        ("other", ("port", "ecology"), [("other", 3 / 6), ("port", 2 / 6), ("ecology", 1 / 6)]),
    ],
)
def test_a_row_that_asks_for_triage_ranks_its_candidates(
    lead: str | None, candidates: tuple[str, ...], expected: list[tuple[str, float]]
) -> None:
    rules = policy(outcome(base("t", lead=None), lead=lead, candidates=candidates))
    decision, _ = decide(rules, {})
    assert decision.triage_reason is TriageReason.BY_RULE
    assert (decision.lead, decision.rule_id) == (None, "t")
    assert decision.candidates == tuple(Candidate(function, score, "t") for function, score in expected)
    assert sum(candidate.score for candidate in decision.candidates) <= 1 + 1e-9


def test_the_trace_shows_what_held_and_by_what() -> None:
    days = Condition("day", Operator.BETWEEN, low=date(2026, 1, 1).toordinal())
    both = Condition("pollutant", Operator.ALL_OF, ("dust", "noise"))
    unlicensed = negated(equals("licensed", True))
    rules = policy(
        replace(base("a", PORT, both, unlicensed), regions=("3206",), valid_from=date(2026, 1, 1)),
        overlay("x", any_of("pollutant", "dust", "fumes"), Condition("pollutant", Operator.PRESENT)),
    )
    facts: dict[str, FactValue] = {
        "sector": "port",
        "pollutant": words("dust", "noise", "smoke"),
        "region": words("3206", "320682"),
        "day": date(2026, 6, 1).toordinal(),
    }
    _, trace = decide(rules, facts)
    assert trace.base is not None
    assert trace.base.held == (
        Held(PORT, "port"),
        Held(both, words("dust", "noise")),
        Held(unlicensed, None),
        Held(any_of("region", "3206"), words("3206")),
        Held(days, date(2026, 6, 1).toordinal()),
    )
    assert [held.value for held in trace.overlays[0].held] == [words("dust"), facts["pollutant"]]


# Rows, facts, and the near misses: id, failed condition, value.
NEAR: dict[str, tuple[list[Rule], dict[str, FactValue], list[tuple[str, Condition, object]]]] = {
    "one of two": (
        [base("a", PORT, DUST, lead="port"), base("z")],
        {"sector": "port", "pollutant": words("noise")},
        [("a", DUST, words("noise"))],
    ),
    "an unknown fact": (
        [base("a", PORT, DUST, lead="port"), base("z")],
        {"sector": "port"},
        [("a", DUST, None)],
    ),
    "two of three failed": (
        [base("a", PORT, DUST, SEVERE, lead="port"), base("z")],
        {"sector": "port", "severity": 1},
        [],
    ),
    "nothing but its only condition": ([base("a", PORT, lead="port"), base("z")], {}, []),
    "only a negation was there": (
        [base("a", PORT, negated(DUST), lead="port"), base("z")],
        {"sector": "industry"},
        [],
    ),
    "only its region was there": (
        [replace(base("a", PORT, lead="port"), regions=("3206",)), base("z")],
        {"region": words("3206")},
        [],
    ),
    "another region": (
        [replace(base("a", PORT, lead="port"), regions=("3206",)), base("z")],
        {"sector": "port", "region": words("3207")},
        [("a", any_of("region", "3206"), words("3207"))],
    ),
    "the same lead": ([base("a", PORT, DUST), base("z")], {"sector": "port"}, []),
    "behind the row that decided": (
        [base("z"), base("a", PORT, DUST, lead="port")],
        {"sector": "port"},
        [],
    ),
    "a row for triage": ([base("a", PORT, DUST, lead=None), base("z")], {"sector": "port"}, []),
    "two conditions on one field": (
        [base("a", NOISE, DUST, lead="port"), base("z")],
        {"pollutant": words("noise")},
        [("a", DUST, words("noise"))],
    ),
    "in the order of priority": (
        [
            base("late", PORT, DUST, lead="port", priority=3),
            base("early", PORT, SEVERE, lead="water", priority=2),
            base("z", priority=4),
        ],
        {"sector": "port", "severity": 2},
        [("early", SEVERE, 2), ("late", DUST, None)],
    ),
    "no more than a few": (
        [*(base(f"r{at}", PORT, equals("channel", f"c{at}"), lead="port") for at in range(9)), base("z")],
        {"sector": "port", "channel": "c"},
        [(f"r{at}", equals("channel", f"c{at}"), "c") for at in range(NEAR_MISSES)],
    ),
    "no row decided": (
        [base("a", PORT, DUST, lead="port")],
        {"sector": "port"},
        [("a", DUST, None)],
    ),
}


@pytest.mark.parametrize("case", NEAR)
def test_near_misses(case: str) -> None:
    rules, facts, expected = NEAR[case]
    _, trace = decide(policy(*rules), facts)
    assert [(miss.rule.id, miss.failed, miss.value) for miss in trace.near_misses] == expected


def test_facts_that_are_no_facts_have_no_near_misses() -> None:
    rules = policy(base("a", PORT, DUST, lead="port"))
    facts: Any = {"sector": ["port"], "pollutant": words("dust")}
    decision, trace = decide(rules, facts)
    assert decision.triage_reason is TriageReason.NO_RULE
    assert trace.near_misses == ()


def test_any_source_of_verdicts_will_do() -> None:
    class Reference:
        def verdict(self, facts: Any, codes: Sequence[int] | None = None) -> Verdict:
            return evaluate(rules, facts)

    rules = policy(base("a", PORT, lead="port"), base("z"))
    assert Decider(rules, Reference()).decide({"sector": "port"})[0].lead == "port"


@pytest.mark.parametrize("given", [5, 5.0, True])
def test_a_fact_is_traced_as_it_was_given(given: FactValue) -> None:
    condition = equals("licensed", True) if given is True else equals("severity", 5)
    rules = policy(base("a", PORT, condition), overlay("x", condition))
    decider = Decider(rules, Index(rules))
    for fact in (given, given):
        _, trace = decide_and_trace(decider, {"sector": "port", condition.field: fact})
        assert trace.base is not None
        values = [row.held[-1].value for row in (trace.base, *trace.overlays)]
        assert [(type(value), value) for value in values] == [(type(given), given)] * 2


def test_equal_verdicts_with_different_flags_of_the_facts() -> None:
    rules = policy(base("a", PORT), overlay("x", outcome=Outcome(flags=("seen",))))
    decider = Decider(rules, Index(rules))
    for flags in ((), ("night",), (), ("group", "repeat"), ("night",)):
        decision, _ = decider.decide({"sector": "port", "flags": words(*flags)})
        assert sorted(decision.flags) == sorted((*flags, "seen"))


def test_more_verdicts_than_decisions_are_kept() -> None:
    rules = policy(base("a"), *(overlay(f"o{at}", equals(f"field{at}", "yes")) for at in range(13)))
    decider = Decider(rules, Index(rules))
    for number in (*range(5000), 0, 1, 4999):
        chosen = [at for at in range(13) if number >> at & 1]
        decision, _ = decider.decide({f"field{at}": "yes" for at in chosen})
        assert decision.overlay_ids == tuple(f"o{at}" for at in chosen)


def test_traces_over_random_policies() -> None:
    random = Random(23)
    near = 0
    for _ in range(60):
        rules = random_policy(random, random.choice((5, 30, 60)))
        decider = Decider(rules, Index(rules))
        for _ in range(20):
            facts = random_facts(random, rules)
            decision, verdict = decider.decide(facts)
            trace = decider.trace(facts, decision, verdict)
            for row in (*([trace.base] if trace.base else []), *trace.overlays):
                expected = [Held(each, part_of(each, facts)) for each in conditions_of(row.rule)]
                assert repr(row.held) == repr(tuple(expected))
            for miss in trace.near_misses:
                assert [each for each in conditions_of(miss.rule) if not holds(each, facts)] == [miss.failed]
                assert miss.rule.outcome.lead != decision.lead
                near += 1
    assert near > 100
