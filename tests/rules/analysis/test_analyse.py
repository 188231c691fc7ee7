"""Small tables and what the analysis finds in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.analysis.analyse import analyse
from rules.analysis.boxes import MOST_BOXES
from rules.analysis.findings import Analysis, FindingKind
from rules.model import Condition, FactField, FieldKind, Operator, Outcome, Policy, Rule
from rules.pack import load_pack, pack_keys
from tests.rules.analysis.test_brute_force import confirm_witnesses
from tests.rules.policies import FIELDS, any_of, base, equals, negated, overlay, policy
from wording.catalogue import Language

LEFT, RIGHT = equals("channel", "left"), equals("channel", "right")
LICENSED, UNLICENSED = equals("licensed", True), equals("licensed", False)
KNOWN = Condition("channel", Operator.PRESENT)
ALL_OF = Condition("signs", Operator.ALL_OF, ("smoke", "smell"))
DEFAULT = base("default", lead=None, priority=9)


def severity(low: float | None, high: float | None) -> Condition:
    return Condition("severity", Operator.BETWEEN, low=low, high=high)


def valid(row: Rule, start: date | None, end: date | None) -> Rule:
    return replace(row, valid_from=start, valid_to=end)


CASES: dict[str, tuple[tuple[Rule, ...], list[tuple[str, ...]]]] = {
    "nothing to say": ((base("a", KNOWN), base("b", negated(KNOWN), priority=2)), []),
    "no rows": ((), [("gap",)]),
    "overlays only": ((overlay("o", LEFT),), [("gap",)]),
    "unsatisfiable": (
        (base("a", LEFT, RIGHT, lead="water"), base("b")),
        [("unsatisfiable", "a"), ("gap_default", "b"), ("never_produced", "a")],
    ),
    "duplicate in other words": (
        (base("a", severity(1, None)), base("b", severity(1, None), negated(severity(None, 0))), DEFAULT),
        [("duplicate", "b", "a"), ("gap_default", "default")],
    ),
    "the same words, another outcome": (
        (base("a", LEFT), base("b", LEFT, lead="water", priority=2), DEFAULT),
        [("shadowed", "b", "a"), ("gap_default", "default"), ("never_produced", "b")],
    ),
    "shadowed by one of several words": (
        (base("a", any_of("signs", "smoke", "smell")), base("b", ALL_OF, priority=2), DEFAULT),
        [("shadowed", "b", "a"), ("gap_default", "default")],
    ),
    "shadowed by two flags and the unknown": (
        (
            base("a", LICENSED),
            base("b", UNLICENSED),
            base("c", negated(Condition("licensed", Operator.PRESENT))),
            base("d", LEFT, priority=2),
        ),
        [("shadowed_together", "d", "a", "b", "c")],
    ),
    "both flags leave the unknown": (
        (base("a", LICENSED), base("b", UNLICENSED), base("c", LEFT, priority=2)),
        [("gap",)],
    ),
    "shadowed by ranges that touch": (
        (base("a", severity(None, 2)), base("b", severity(2, None)), base("c", severity(1, 3)), DEFAULT),
        [("shadowed_together", "c", "a", "b"), ("gap_default", "default")],
    ),
    "a range between two that do not touch": (
        (base("a", severity(None, 1)), base("b", severity(2, None)), base("c", severity(0, 3)), DEFAULT),
        [("gap_default", "default")],
    ),
    "days leave nothing between them": (
        (
            valid(base("a", LEFT), None, date(2026, 1, 31)),
            valid(base("b", LEFT), date(2026, 2, 1), None),
            valid(base("c", LEFT), date(2026, 1, 1), date(2026, 2, 28)),
            DEFAULT,
        ),
        [("shadowed_together", "c", "a", "b"), ("gap_default", "default")],
    ),
    "every declared word asked for": (
        (
            base("a", Condition("sector", Operator.IN, ("industry", "port"))),
            base("b", Condition("sector", Operator.IN, ("transport", "construction"))),
            base("c", Condition("sector", Operator.PRESENT), priority=2),
            DEFAULT,
        ),
        [("shadowed_together", "c", "a", "b"), ("gap_default", "default")],
    ),
    "a field of any words has one more": (
        (base("a", LEFT), base("b", RIGHT), base("c", KNOWN, priority=2), DEFAULT),
        [("gap_default", "default")],
    ),
    "regions": (
        (
            replace(base("a"), regions=("320000", "320600")),
            replace(base("b", LEFT, priority=2), regions=("320600",)),
            DEFAULT,
        ),
        [("shadowed", "b", "a"), ("gap_default", "default")],
    ),
    "contradiction": (
        (base("a", LEFT), base("b", LICENSED, lead="water"), DEFAULT),
        [("contradiction", "b", "a"), ("gap_default", "default")],
    ),
    "equal outcomes contradict nobody": (
        (base("a", LEFT), base("b", LICENSED), DEFAULT),
        [("gap_default", "default")],
    ),
    "other co-functions are another outcome": (
        (
            base("a", LEFT),
            replace(base("b", LICENSED), outcome=Outcome(lead="ecology", co_functions=("water",))),
            DEFAULT,
        ),
        [("contradiction", "b", "a"), ("gap_default", "default")],
    ),
    "order decides, told once a row": (
        (
            base("a", LEFT),
            base("b", severity(1, None), priority=2),
            base("c", LICENSED, lead="water", priority=3),
            DEFAULT,
        ),
        [("gap_default", "default"), ("order_decides", "c", "a")],
    ),
    "rows behind the default": (
        (base("a"), base("b", LEFT, lead="water", priority=2)),
        [("shadowed", "b", "a"), ("gap_default", "a"), ("never_produced", "b")],
    ),
}


def said(analysis: Analysis) -> list[tuple[str, ...]]:
    return [(finding.kind.value, *finding.rules) for finding in analysis.findings]


@pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES)
def test_findings(rows: tuple[Rule, ...], expected: list[tuple[str, ...]]) -> None:
    made = policy(*rows)
    analysis = analyse(made)
    assert analysis.complete
    assert said(analysis) == expected
    confirm_witnesses(made, analysis)


def test_a_gap_is_shown_by_facts_that_are_known() -> None:
    made = policy(base("a", LEFT, LICENSED), DEFAULT)
    (gap,) = analyse(made).findings
    assert gap.witness == {"channel": "left", "licensed": False}


@pytest.mark.parametrize(
    ("low", "high"), [(1e30, 2e30), (-1e308, 1e308), (5e-324, 1e-323), (2**60, 2**60 + 1)]
)
def test_numbers_of_any_size_have_witnesses(low: float, high: float) -> None:
    made = policy(base("a", severity(low, high)), base("b", severity(None, None), lead="water"))
    analysis = analyse(made)
    assert said(analysis) == [("contradiction", "b", "a"), ("gap",)]
    confirm_witnesses(made, analysis)


BITS = 6


def partition() -> Policy:
    """A row for each way of six flags, and one behind them that all of these together leave nothing."""
    fields = tuple(FactField(f"f{at}", FieldKind.FLAG, "旗", "Flag") for at in range(BITS))
    table = [
        base(
            f"r{row}",
            *(
                Condition(f"f{bit}", Operator.EQUALS, (True,), negated=not row >> bit & 1)
                for bit in range(BITS)
            ),
        )
        for row in range(2**BITS)
    ]
    return policy(*table, base("last", equals("f0", True), lead="water", priority=2), fields=fields)


@pytest.mark.parametrize(("steps", "steps_a_question"), [(10_000, 9), (2**BITS + 40, 10_000)])
def test_work_that_runs_out_is_told_and_nothing_is_made_up(steps: int, steps_a_question: int) -> None:
    analysis = analyse(partition(), steps, steps_a_question)
    assert not analysis.complete
    (left,) = analysis.of(FindingKind.INCOMPLETE)
    assert left.rules[-1] == "last"
    assert {finding.kind for finding in analysis.findings} <= {
        FindingKind.ORDER_DECIDES,
        FindingKind.INCOMPLETE,
        FindingKind.INCOMPLETE_GAP,
    }


def test_with_enough_work_the_same_table_is_analysed_to_the_end() -> None:
    analysis = analyse(partition())
    assert analysis.complete
    (shadow,) = analysis.of(FindingKind.SHADOWED_TOGETHER)
    assert shadow.rules == ("last", *(f"r{row}" for row in range(1, 2**BITS, 2)))


def test_a_gap_that_is_not_sought_to_the_end_is_told() -> None:
    analysis = analyse(partition(), steps_a_question=0)
    assert not analysis.complete
    assert analysis.of(FindingKind.INCOMPLETE_GAP)
    assert not analysis.of(FindingKind.GAP, FindingKind.SHADOWED_TOGETHER)


def test_contradictions_beyond_the_limit_are_told() -> None:
    rows = [base(f"r{at}", equals("licensed", True), lead=("ecology", "water")[at % 2]) for at in range(10)]
    analysis = analyse(policy(*rows), pairs=7)
    assert len(analysis.of(FindingKind.CONTRADICTION)) == 7
    assert not analysis.complete
    assert analysis.of(FindingKind.INCOMPLETE)


def test_a_row_that_can_be_met_in_too_many_ways_is_named() -> None:
    words = tuple(f"w{at}" for at in range(MOST_BOXES))
    made = policy(base("a", LEFT), base("b", any_of("signs", *words, "more")))
    analysis = analyse(made)
    assert (said(analysis), analysis.complete) == ([("incomplete", "b")], False)


def test_the_same_policy_gives_the_same_findings() -> None:
    made = policy(*(row for rows, _ in CASES.values() for row in rows))
    assert analyse(made) == analyse(made)


@pytest.mark.parametrize("key", pack_keys())
def test_packs_of_the_product_are_analysed(key: str) -> None:
    pack = load_pack(key)
    analysis = analyse(pack)
    assert analysis.complete
    assert not analysis.of(FindingKind.UNSATISFIABLE, FindingKind.SHADOWED, FindingKind.CONTRADICTION)
    confirm_witnesses(pack, analysis)


SENTENCES = {
    "a witness with every kind of fact": (
        (
            base("a", equals("sector", "port"), any_of("signs", "smoke"), LICENSED, severity(2, 2)),
            valid(base("b", ALL_OF, lead="water"), date(2026, 1, 1), date(2026, 1, 1)),
        ),
        FindingKind.CONTRADICTION,
        "例如：day = 2026-01-01、licensed = 是、sector = port、severity = 2、signs = {smell、smoke}。",
        "For example: day = 2026-01-01, licensed = yes, sector = port, severity = 2, signs = {smell, smoke}.",
    ),
    "nothing known": (
        (base("a"), base("b", lead="water")),
        FindingKind.CONTRADICTION,
        "例如：什么都不知道。",
        "For example: nothing is known.",
    ),
    "a function": (
        (base("a"), base("b", lead="water")),
        FindingKind.NEVER_PRODUCED,
        "没有一条规则能够分派给“水利水务部门”，指向它的规则（b）都永远轮不到。",
        "those that name it (b) never decide.",
    ),
}


@pytest.mark.parametrize(("rows", "kind", "zh", "en"), SENTENCES.values(), ids=SENTENCES)
def test_findings_are_said_in_both_languages(
    rows: tuple[Rule, ...], kind: FindingKind, zh: str, en: str
) -> None:
    (finding,) = analyse(policy(*rows, fields=FIELDS)).of(kind)
    assert finding.say().endswith(zh)
    assert finding.say(Language.EN).endswith(en)


def test_many_rules_are_counted_not_listed() -> None:
    made = policy(*(base(f"r{at}", negated(KNOWN), KNOWN, lead="port") for at in range(9)))
    (finding,) = analyse(made).of(FindingKind.NEVER_PRODUCED)
    assert "r0、r1、r2、r3、r4 等另外 4 条" in finding.say()
    assert "r0, r1, r2, r3, r4 and 4 more" in finding.say(Language.EN)
