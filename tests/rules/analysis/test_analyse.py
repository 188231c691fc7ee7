"""Small tables and what the analysis finds in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.analysis import table
from rules.analysis.analyse import BUDGET, Budget, base_findings
from rules.analysis.boxes import MOST_BOXES
from rules.analysis.findings import Analysis, FindingKind, in_order
from rules.analysis.names import Names
from rules.analysis.work import Limit
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


def analyse(made: Policy, budget: Budget = BUDGET) -> Analysis:
    return in_order(list(base_findings(made, (), budget)))


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


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(steps=1_000_000, a_row=0, each=200), Limit.QUESTION),
        (Budget(steps=1_000, a_row=0, each=1_000_000), Limit.STEPS),
        (Budget(steps=0, a_row=10, each=1_000_000), Limit.STEPS),
    ],
)
def test_work_that_runs_out_is_told_and_nothing_is_made_up(budget: Budget, limit: Limit) -> None:
    analysis = analyse(partition(), budget)
    assert not analysis.complete
    (left,) = analysis.of(FindingKind.INCOMPLETE)
    assert left.rules[-1] == "last"
    assert left.limit is limit
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
    analysis = analyse(partition(), Budget(steps=0, a_row=0))
    assert not analysis.complete
    (gap,) = analysis.of(FindingKind.INCOMPLETE_GAP)
    assert gap.limit is Limit.STEPS
    assert not analysis.of(FindingKind.GAP, FindingKind.SHADOWED_TOGETHER)


def test_contradictions_beyond_the_limit_are_told() -> None:
    rows = [base(f"r{at}", equals("licensed", True), lead=("ecology", "water")[at % 2]) for at in range(10)]
    analysis = analyse(policy(*rows), Budget(pairs=7))
    assert len(analysis.of(FindingKind.CONTRADICTION)) == 7
    assert not analysis.complete
    (left,) = analysis.of(FindingKind.INCOMPLETE)
    assert left.limit is Limit.PAIRS


def test_no_work_at_all_finds_only_what_costs_none() -> None:
    for rows, _ in CASES.values():
        analysis = analyse(policy(*rows), Budget(steps=0, a_row=0))
        assert {finding.kind for finding in analysis.findings} <= {
            FindingKind.UNSATISFIABLE,
            FindingKind.NEVER_PRODUCED,
            FindingKind.INCOMPLETE,
            FindingKind.INCOMPLETE_GAP,
        }


MANY = tuple(f"w{at}" for at in range(MOST_BOXES))


@pytest.mark.parametrize(
    "conditions",
    [
        [any_of("signs", *MANY, "more")],
        [any_of("signs", *MANY[:200]), any_of("signs", *MANY[200:400])],
    ],
    ids=["words", "words twice"],
)
def test_a_row_that_can_be_met_in_too_many_ways_is_named_and_the_others_analysed(
    conditions: list[Condition],
) -> None:
    made = policy(base("a", LEFT), base("b", *conditions), base("c", LEFT, LICENSED, priority=2))
    analysis = analyse(made)
    assert said(analysis) == [("shadowed", "c", "a"), ("incomplete", "b"), ("incomplete_gap",)]
    assert {finding.limit for finding in analysis.findings} == {None, Limit.WAYS}


def test_of_rows_that_do_not_fit_the_first_are_analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [base(f"r{at}", equals("severity", at), priority=at) for at in range(8)]
    made = policy(*rows[:2], base("again", equals("severity", 1), priority=1), *rows[2:])
    monkeypatch.setattr(table, "MOST_BITS", 100)
    analysis = analyse(made)
    (duplicate,) = analysis.of(FindingKind.DUPLICATE)
    assert duplicate.rules == ("again", "r1")
    (left,) = analysis.of(FindingKind.INCOMPLETE)
    assert (left.rules, left.limit) == (("r3", "r4", "r5", "r6", "r7"), Limit.MEMORY)
    assert analysis.of(FindingKind.INCOMPLETE_GAP)
    assert not analysis.of(FindingKind.GAP)


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
        "例如：日期 = 2026-01-01、licensed = 是、sector = port、severity = 2、signs = {smell、smoke}。",
        "For example: Day = 2026-01-01, licensed = yes, sector = port, severity = 2, signs = {smell, smoke}.",
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


def test_rules_and_fields_are_called_by_their_names_where_the_policy_is_at_hand() -> None:
    made = policy(base("a", LICENSED), base("b", severity(1, None), lead="water"))
    (finding,) = analyse(made).of(FindingKind.CONTRADICTION)
    english = finding.say(Language.EN, Names(Language.EN, made))
    assert english.startswith("The rules “Rule b (b)” and “Rule a (a)” have the same priority")
    assert english.endswith("For example: Licensed = yes, Severity = 1.")
    assert "“规则b（b）”与“规则a（a）”" in finding.say(Language.ZH, Names(Language.ZH, made))


def test_many_rules_are_counted_not_listed() -> None:
    made = policy(*(base(f"r{at}", negated(KNOWN), KNOWN, lead="port") for at in range(9)))
    (finding,) = analyse(made).of(FindingKind.NEVER_PRODUCED)
    assert "r0、r1、r2、r3、r4 等，另有 4 项" in finding.say()
    assert "r0, r1, r2, r3, r4 and 4 more" in finding.say(Language.EN)
