"""Small random tables, and what is true of them by trying all facts with the reference evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from random import Random

from rules.evaluate import rule_holds
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
    conditions_of,
)
from rules.territory import Directory, Region, lineage
from tests.rules.policies import policy

START = date(2026, 1, 1)
WORDS = {"colour": ("a", "b", "c"), "shape": ("x", "y"), "marks": ("m", "n", "o"), REGION_FIELD: ("1", "2")}
FIELDS = (
    FactField("colour", FieldKind.CHOICE, "颜色", "Colour", WORDS["colour"]),
    FactField("shape", FieldKind.CHOICE, "形状", "Shape"),
    FactField("marks", FieldKind.CHOICES, "标记", "Marks", WORDS["marks"]),
    FactField(REGION_FIELD, FieldKind.CHOICES, "区域", "Region"),
    FactField("size", FieldKind.NUMBER, "大小", "Size"),
    FactField(DAY_FIELD, FieldKind.NUMBER, "日期", "Day"),
    FactField("open", FieldKind.FLAG, "开", "Open"),
)
# Every fact that rows drawn below can tell apart; "z" is a word that no row names, half sizes lie in gaps.
Domains = Mapping[str, tuple[FactValue | None, ...]]
DOMAINS: Domains = {
    "colour": (None, *WORDS["colour"]),
    "shape": (None, *WORDS["shape"], "z"),
    "marks": (None, *map(frozenset, chain(*(combinations(WORDS["marks"], size) for size in (1, 2, 3))))),
    REGION_FIELD: (
        None,
        *map(frozenset, chain(*(combinations(("1", "2", "z"), size) for size in (1, 2, 3)))),
    ),
    "size": (None, *(at / 2 for at in range(-1, 8))),
    DAY_FIELD: (None, *(START.toordinal() + at for at in range(-1, 5))),
    "open": (None, False, True),
}
# A city with two districts, one of which has a town, for tables whose regions are places of a tree.
TREE = {"1": None, "11": "1", "111": "11", "12": "1"}
DIRECTORY = Directory({code: Region(code, above, "") for code, above in TREE.items()}, {})
PLACES = [frozenset(lineage(DIRECTORY, code)) for code in TREE]
PLACE_DOMAINS = {**DOMAINS, REGION_FIELD: (None, *PLACES)}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so: pairs of ids, or single ids. `together` are rows that only several others shadow."""

    unsatisfiable: set[str]
    duplicate: set[str]
    shadowed: set[str]
    together: set[str]
    contradictions: set[tuple[str, str]]
    order_decides: set[str]
    gap: bool


def tables_of_places(seed: int, count: int) -> Iterator[Policy]:
    """Tables of up to twelve rows that ask about places of the tree and another field."""
    random = Random(seed)
    for _ in range(count):
        fields = [REGION_FIELD, random.choice(("open", "colour"))]
        rows = [_row(random, at, fields, sorted(TREE)) for at in range(random.randint(0, 12))]
        yield policy(*rows, fields=FIELDS)


def tables(seed: int, count: int) -> Iterator[Policy]:
    """Tables of up to twelve rows that ask about two to four fields."""
    random = Random(seed)
    for _ in range(count):
        fields = sorted(
            random.sample(sorted(WORDS | {"size": (), DAY_FIELD: (), "open": ()}), random.randint(2, 3))
        )
        rows = [_row(random, at, fields) for at in range(random.randint(0, 12))]
        yield policy(*rows, fields=FIELDS)


def _row(random: Random, at: int, fields: list[str], regions: Sequence[str] = ("1", "2")) -> Rule:
    count = random.choice((0, 1, 1, 2, 2, 3) if random.random() < 0.3 else (1, 2, 2, 3))
    row = Rule(
        f"r{at}",
        RuleKind.BASE if random.random() < 0.95 else RuleKind.OVERLAY,
        random.randint(1, 4),
        "行",
        "row",
        tuple(_condition(random, random.choice(fields), regions) for _ in range(count)),
        Outcome(lead=random.choice(("ecology", "water", "port"))),
    )
    if row.kind is RuleKind.OVERLAY:
        row = replace(row, outcome=_adds(random))
    if REGION_FIELD in fields and random.random() < 0.2:
        row = replace(row, regions=tuple(random.sample(regions, random.randint(1, len(regions) - 1))))
    if DAY_FIELD in fields and random.random() < 0.3:
        row = replace(row, valid_from=START + timedelta(days=random.randint(0, 2)))
    return row


def _adds(random: Random) -> Outcome:
    """What an overlay adds."""
    flags = tuple(sorted(random.sample(("f", "g"), random.randint(0, 2))))
    return Outcome(flags=flags, conference=random.choice((None, None, "land", "labour")))


def _condition(random: Random, name: str, regions: Sequence[str]) -> Condition:
    negated = random.random() < 0.3
    if random.random() < 0.1:
        return Condition(name, Operator.PRESENT, negated=negated)
    if name in WORDS:
        words = tuple(random.sample(regions if name == REGION_FIELD else WORDS[name], random.randint(1, 2)))
        several = (Operator.ANY_OF, Operator.ALL_OF) if name in ("marks", REGION_FIELD) else (Operator.IN,)
        return Condition(name, random.choice(several), words, negated=negated)
    if name == "open":
        return Condition(name, Operator.EQUALS, (random.random() < 0.5,), negated=negated)
    first = START.toordinal() if name == DAY_FIELD else 0
    if random.random() < 0.3:
        return Condition(name, Operator.EQUALS, (first + random.randint(0, 3),), negated=negated)
    low, high = sorted((first + random.randint(0, 3), first + random.randint(0, 3)))
    ends = random.choice(((low, high), (low, None), (None, high)))
    return Condition(name, Operator.BETWEEN, low=ends[0], high=ends[1], negated=negated)


def all_facts(made: Policy, domains: Domains = DOMAINS) -> list[Facts]:
    """All facts of the fields that the table asks about."""
    asked = sorted({each.field for rule in made.rules for each in conditions_of(rule)})
    return [
        {name: value for name, value in zip(asked, values, strict=True) if value is not None}
        for values in product(*(domains[name] for name in asked))
    ]


def truth(made: Policy, domains: Domains = DOMAINS) -> Truth:
    """What holds of the table's base rows."""
    rows, facts = made.base_rules(), all_facts(made, domains)
    held = [{at for at, each in enumerate(facts) if rule_holds(row, each)} for row in rows]
    found = Truth(set(), set(), set(), set(), set(), set(), False)
    for at, row in enumerate(rows):
        before = range(at)
        if not held[at]:
            found.unsatisfiable.add(row.id)
        elif any(held[at] == held[each] and rows[each].outcome == row.outcome for each in before):
            found.duplicate.add(row.id)
        elif any(held[at] <= held[each] for each in before):
            found.shadowed.add(row.id)
        elif held[at] <= set().union(*held[:at]):
            found.together.add(row.id)
        rivals = [each for each in before if held[at] & held[each] and rows[each].outcome != row.outcome]
        equal = {(row.id, rows[each].id) for each in rivals if rows[each].priority == row.priority}
        found.contradictions.update(equal)
        if len(equal) < len(rivals) and conditions_of(row) and held[at] - set().union(*held[:at]):
            found.order_decides.add(row.id)
    default = next((at for at, row in enumerate(rows) if not conditions_of(row)), len(rows))
    return replace(found, gap=len(set().union(*held[:default])) < len(facts))


@dataclass(frozen=True, slots=True)
class OverlayTruth:
    """What is so of overlays: single ids, and pairs of one and another that makes it superfluous."""

    unsatisfiable: set[str]
    empty: set[str]
    duplicate: set[tuple[str, str]]
    redundant: set[tuple[str, str]]


def overlay_truth(made: Policy, domains: Domains = DOMAINS) -> OverlayTruth:
    """What holds of the table's overlay rows."""
    rows, facts = made.overlay_rules(), all_facts(made, domains)
    held = {row.id: {at for at, each in enumerate(facts) if rule_holds(row, each)} for row in rows}
    found = OverlayTruth(set(), set(), set(), set())
    for at, row in enumerate(rows):
        if not (row.outcome.flags or row.outcome.conference):
            found.empty.add(row.id)
        elif not held[row.id]:
            found.unsatisfiable.add(row.id)
        else:
            for number, other in enumerate(rows):
                if number == at or not (held[row.id] <= held[other.id] and _adds_as_much(other, row)):
                    continue
                if held[row.id] == held[other.id] and _adds_as_much(row, other):
                    found.duplicate.update([(row.id, other.id)] if number < at else [])
                else:
                    found.redundant.add((row.id, other.id))
    return found


def _adds_as_much(more: Rule, less: Rule) -> bool:
    conference = less.outcome.conference is None or less.outcome.conference == more.outcome.conference
    return conference and set(less.outcome.flags) <= set(more.outcome.flags)
