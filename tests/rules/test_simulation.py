"""Two answers compared, and the counts of many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.model import Policy
from rules.pack import load_pack
from rules.router import Router
from rules.simulation import (
    Answer,
    Change,
    Comparer,
    Comparing,
    Flow,
    RegionCount,
    RuleCount,
    answer_of,
    changes,
)

FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
PLAIN = Answer("a", frozenset({"b"}), None, frozenset({"night"}), None, None, "r1")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (PLAIN, ()),
        (replace(PLAIN, rule="r2"), ()),
        (replace(PLAIN, lead="c"), (Change.LEAD,)),
        (replace(PLAIN, lead=None, triage_reason="no_rule"), (Change.TO_TRIAGE,)),
        (replace(PLAIN, co_units=frozenset()), (Change.CO_UNITS,)),
        (replace(PLAIN, conference="noise"), (Change.CONFERENCE,)),
        (replace(PLAIN, flags=frozenset({"repeat"})), (Change.FLAGS,)),
        (replace(PLAIN, legal_path="petition"), (Change.LEGAL_PATH,)),
        (
            Answer("c", frozenset(), "noise", frozenset(), "x", None, None),
            (Change.LEAD, Change.CO_UNITS, Change.CONFERENCE, Change.FLAGS, Change.LEGAL_PATH),
        ),
    ],
)
def test_what_differs_is_named(after: Answer, expected: tuple[Change, ...]) -> None:
    assert changes(PLAIN, after) == expected


def test_triage_is_left_or_has_another_reason() -> None:
    triage = replace(PLAIN, lead=None, triage_reason="no_rule")
    assert changes(triage, PLAIN) == (Change.FROM_TRIAGE,)
    assert changes(triage, replace(triage, triage_reason="no_facts")) == (Change.TRIAGE_REASON,)


def test_counts_add_up() -> None:
    moved, flagged = replace(PLAIN, lead="c", rule="r2"), replace(PLAIN, flags=frozenset())
    comparing = Comparing()
    comparing.add("north", PLAIN, PLAIN, 5)
    comparing.add("north", PLAIN, flagged)
    comparing.add("south", PLAIN, moved, 2)
    comparing.add("south", PLAIN, moved)
    found = comparing.result()
    assert (found.compared, found.moved, found.changed) == (9, 3, 4)
    assert found.changes == {Change.LEAD: 3, Change.FLAGS: 1}
    assert found.flows == (Flow("a", "c", 3),)
    assert found.regions == (RegionCount("south", 3, 3, 3), RegionCount("north", 6, 0, 1))
    assert found.rules == (RuleCount("r1", 9, 6, 6), RuleCount("r2", 0, 3, 0))
    assert found.document()["flows"] == [{"before": "a", "after": "c", "count": 3}]


def test_nothing_compared_is_nothing_changed() -> None:
    found = Comparing().result()
    assert (found.compared, found.moved, found.changed, found.flows) == (0, 0, 0, ())


def elsewhere(policy: Policy) -> Policy:
    """The policy with ecology in the place of urban management."""
    rules = [
        replace(rule, outcome=replace(rule.outcome, lead="ecology"))
        if rule.outcome.lead == "urban_management"
        else rule
        for rule in policy.rules
    ]
    return replace(policy, rules=tuple(rules))


@pytest.fixture
def routers() -> tuple[Router, Router, Router]:
    """The municipal policy, one that differs in its rules, and one that cannot read."""
    policy = load_pack("municipal")
    unread = replace(policy, lexicon=replace(policy.lexicon, terms=(), readings=()))
    return Router(policy), Router(elsewhere(policy)), Router(unread)


def test_a_text_is_decided_by_both_policies(routers: tuple[Router, Router, Router]) -> None:
    before, after, unread = routers
    found = Comparer(before, after).text(FUMES, {})
    assert found.changes == (Change.LEAD,)
    assert (found.before.decision.lead, found.after.decision.lead) == ("urban_management", "ecology")
    assert answer_of(found.after.decision) == answer_of(after.route_text(FUMES, {}).decision)
    assert Change.TO_TRIAGE in Comparer(before, unread).text(FUMES, {}).changes


def test_facts_are_decided_by_both_policies(routers: tuple[Router, Router, Router]) -> None:
    before, after, _ = routers
    facts = before.route_text(FUMES, {}).facts
    assert Comparer(before, after).facts(facts).changes == (Change.LEAD,)
    assert Comparer(before, before).facts(facts).changes == ()
