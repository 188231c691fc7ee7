"""Small random tables, and what is true of them by trying all facts with the reference evaluator.

A claim is what a finding says, as a tuple: its kind and the ids that it is about. What is said and not true
is a false finding; what is true and not said is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from random import Random

from rules.analysis.findings import Finding, FindingKind
from rules.evaluate import rule_holds
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
    conditions_of,
)
from rules.territory import Directory, Region, lineage

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


def tables_of_places(seed: int, count: int) -> Iterator[Policy]:
    """Tables of up to twelve rows that ask about places of the tree and another field."""
    random = Random(seed)
    for _ in range(count):
        fields = [REGION_FIELD, random.choice(("open", "colour"))]
        rows = [_row(random, at, fields, sorted(TREE)) for at in range(random.randint(0, 12))]
        yield _policy(rows)


def tables(seed: int, count: int) -> Iterator[Policy]:
    """Tables of up to twelve rows that ask about two to four fields."""
    random = Random(seed)
    for _ in range(count):
        fields = sorted(
            random.sample(sorted(WORDS | {"size": (), DAY_FIELD: (), "open": ()}), random.randint(2, 3))
        )
        rows = [_row(random, at, fields) for at in range(random.randint(0, 12))]
        yield _policy(rows)


def _policy(rows: Sequence[Rule]) -> Policy:
    return Policy("random", 1, "随机", "Random", FIELDS, tuple(rows), Lexicon())


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


Claim = tuple[str, ...]


def claims(findings: Iterable[Finding]) -> set[Claim]:
    """What findings say."""
    found: set[Claim] = set()
    for each in findings:
        match each.kind:
            case FindingKind.GAP | FindingKind.GAP_DEFAULT:
                found.add(("gap",))
            case FindingKind.CONTRADICTION:
                found.add((each.kind, *each.rules))
            case FindingKind.OVERLAY_DUPLICATE | FindingKind.OVERLAY_REDUNDANT:
                found.add(("needless", each.rules[0]))
            case FindingKind.NEVER_PRODUCED:
                found.add((each.kind, str(each.function)))
            case _:
                found.add((each.kind, *each.rules[:1]))
    return found


def truth(made: Policy, domains: Domains = DOMAINS) -> set[Claim]:
    """What is so of the table's rows."""
    facts = all_facts(made, domains)
    held = {
        row.id: frozenset(at for at, each in enumerate(facts) if rule_holds(row, each)) for row in made.rules
    }
    rows = made.base_rules()
    found = {*_of_base_rows(rows, held), *_of_overlays(made.overlay_rules(), held)}
    dead = {claim[1] for claim in found if claim[0] in _NEVER_DECIDES}
    for lead in {row.outcome.lead for row in rows}:
        if dead.issuperset(row.id for row in rows if row.outcome.lead == lead):
            found.add((FindingKind.NEVER_PRODUCED, str(lead)))
    default = next((at for at, row in enumerate(rows) if not conditions_of(row)), len(rows))
    if len(_any(held, rows[:default])) < len(facts):
        found.add(("gap",))
    return found


_NEVER_DECIDES = (
    FindingKind.UNSATISFIABLE,
    FindingKind.DUPLICATE,
    FindingKind.SHADOWED,
    FindingKind.SHADOWED_TOGETHER,
)
_Held = Mapping[str, frozenset[int]]


def _any(held: _Held, rows: Sequence[Rule]) -> frozenset[int]:
    return frozenset[int]().union(*(held[row.id] for row in rows))


def _of_base_rows(rows: Sequence[Rule], held: _Held) -> Iterator[Claim]:
    for at, row in enumerate(rows):
        own, before = held[row.id], rows[:at]
        wider = [each for each in before if own <= held[each.id]]
        if not own:
            yield FindingKind.UNSATISFIABLE, row.id
        elif any(held[each.id] == own and each.outcome == row.outcome for each in wider):
            yield FindingKind.DUPLICATE, row.id
        elif wider:
            yield FindingKind.SHADOWED, row.id
        elif own <= _any(held, before):
            yield FindingKind.SHADOWED_TOGETHER, row.id
        rivals = [each for each in before if own & held[each.id] and each.outcome != row.outcome]
        equal = [each for each in rivals if each.priority == row.priority]
        yield from ((FindingKind.CONTRADICTION, row.id, each.id) for each in equal)
        if len(equal) < len(rivals) and conditions_of(row) and own - _any(held, before):
            yield FindingKind.ORDER_DECIDES, row.id


def _of_overlays(rows: Sequence[Rule], held: _Held) -> Iterator[Claim]:
    for at, row in enumerate(rows):
        if row.outcome == Outcome():
            yield FindingKind.OVERLAY_EMPTY, row.id
        elif not held[row.id]:
            yield FindingKind.UNSATISFIABLE, row.id
        elif any(makes_needless(other, row, held, first=number < at) for number, other in enumerate(rows)):
            yield "needless", row.id


def makes_needless(other: Rule, row: Rule, held: _Held, *, first: bool) -> bool:
    """Whether an overlay adds nothing beside another one, which comes `first` or not. Of two that are the
    same the first is needed."""
    if other is row or not (held[row.id] <= held[other.id] and _adds_as_much(other, row)):
        return False
    return first or not (held[row.id] == held[other.id] and _adds_as_much(row, other))


def _adds_as_much(more: Rule, less: Rule) -> bool:
    conference = less.outcome.conference is None or less.outcome.conference == more.outcome.conference
    return conference and set(less.outcome.flags) <= set(more.outcome.flags)


def with_overlays(made: Policy) -> Policy:
    """The same table with every other row as an overlay that adds a flag or two."""
    rules = [
        replace(rule, kind=RuleKind.OVERLAY, outcome=Outcome(flags=("f", "g")[: 1 + at % 4 // 2]))
        if at % 2
        else rule
        for at, rule in enumerate(made.rules)
    ]
    return replace(made, rules=tuple(rules))
