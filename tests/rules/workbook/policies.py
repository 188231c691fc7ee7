"""Any policy at all that a check passes, for what has to come back as it was."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.lexicon import Lexicon, Reading, Scope, Term, TermKind
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Case,
    Condition,
    Expected,
    FactField,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)

# fmt: off
NASTY = (
    "=1+1", "+86", "-5", "@sum", "\t=a", "\r=b", "'quoted", "''", " blanks ", "a\nb", "a\rb", "a\r\nb",
    "\u3000", "_x000D_", "50", "007", "1e5", "TRUE", "是", "否", "无", "非", "非 夜间", "非：a", "任一",
    "全部：a, b", "已知", "未知", "not a", "any: b", "present", "none", "until", "至 2026-01-01", "待核",
    "网址 x", "a, b", "a；b", "a、b", "a｜b", "a|b", "a：b", 'say "hi"', '"', '""', "“a”", "“", "😀",
    "🏭烟", "生态环境部门", "工厂", "factory", "环境污染", "{", '{"a": 1}', "re:x", ".*", "/x/", "^a$",
    "≥ 5", "10～20", "\x00", "\x1f", "\x85", "\u2028", "\ufeff=1", "＝1", "#REF!", "2026-01-31", "{x}",
    "%s", "\\", "<f>1</f>", "&amp;", "]]>",
)
# fmt: on
# XML holds neither halves of surrogate pairs nor these two.
_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
ANY = st.one_of(st.sampled_from(NASTY), st.text(_SIGNS, max_size=8))
TEXT = ANY.filter(lambda text: bool(text.strip()))
WORD = ANY.filter(bool)
DAY = st.dates(date(1, 1, 1), date(9999, 12, 31))
INTEGER = st.integers(-(10**17), 10**17)
# No document tells -0.0 from 0.
FLOAT = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
NUMBER = st.one_of(INTEGER, FLOAT)
FUNCTION = st.sampled_from(sorted(FUNCTIONS))
CONFERENCE = st.sampled_from(sorted(CONFERENCE_DOMAINS))


def listed(each: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(each, min_size=least, max_size=3).map(tuple)


@st.composite
def fields(draw: st.DrawFn) -> tuple[FactField, ...]:
    names = draw(st.lists(TEXT, max_size=5, unique=True))
    own = tuple(
        FactField(name, draw(st.sampled_from(FieldKind)), draw(TEXT), draw(TEXT), draw(listed(WORD)))
        for name in names
        if name not in (REGION_FIELD, DAY_FIELD)
    )
    return (
        *own,
        FactField(REGION_FIELD, FieldKind.CHOICES, "区划", "Region"),
        FactField(DAY_FIELD, FieldKind.NUMBER, "日期", "Day"),
    )


@st.composite
def conditions(draw: st.DrawFn, field: FactField) -> Condition:
    negated = draw(st.booleans())
    words = st.sampled_from(field.values) if field.values else ANY
    known = Condition(field.name, Operator.PRESENT, negated=negated)
    some: st.SearchStrategy[Condition]
    match field.kind:
        case FieldKind.CHOICE:
            some = st.one_of(
                words.map(lambda word: Condition(field.name, Operator.EQUALS, (word,), negated=negated)),
                listed(words, 1).map(
                    lambda found: Condition(field.name, Operator.IN, found, negated=negated)
                ),
            )
        case FieldKind.CHOICES:
            some = st.builds(
                lambda operator, found: Condition(field.name, operator, found, negated=negated),
                st.sampled_from((Operator.ANY_OF, Operator.ALL_OF)),
                listed(words, 1),
            )
        case FieldKind.FLAG:
            some = st.booleans().map(
                lambda flag: Condition(field.name, Operator.EQUALS, (flag,), negated=negated)
            )
        case FieldKind.NUMBER:
            numbers = st.one_of(st.integers(1, date.max.toordinal()), NUMBER)
            some = st.one_of(
                numbers.map(
                    lambda number: Condition(field.name, Operator.EQUALS, (number,), negated=negated)
                ),
                st.lists(numbers, min_size=1, max_size=3).map(
                    lambda found: Condition(field.name, Operator.IN, tuple(found), negated=negated)
                ),
                st.tuples(st.none() | NUMBER, st.none() | NUMBER)
                .filter(lambda ends: ends != (None, None))
                .map(lambda ends: _between(field.name, ends, negated)),
            )
    return draw(st.one_of(st.just(known), some))


def _between(name: str, ends: tuple[float | None, float | None], negated: bool) -> Condition:
    low, high = ends
    if low is not None and high is not None and high < low:
        low, high = high, low
    low, high = (None if end is None else float(end) for end in (low, high))
    return Condition(name, Operator.BETWEEN, low=low, high=high, negated=negated)


@st.composite
def rules(draw: st.DrawFn, own: tuple[FactField, ...], rule_id: str) -> Rule:
    kind = draw(st.sampled_from(RuleKind))
    base = kind is RuleKind.BASE
    lead = draw(st.none() | FUNCTION) if base else None
    days = sorted(draw(st.lists(DAY, min_size=2, max_size=2)))
    return Rule(
        rule_id,
        kind,
        draw(INTEGER),
        draw(TEXT),
        draw(TEXT),
        tuple(draw(conditions(draw(st.sampled_from(own)))) for _ in range(draw(st.integers(0, 4)))),
        Outcome(
            lead,
            draw(listed(FUNCTION)),
            draw(st.none() | CONFERENCE),
            draw(listed(WORD)),
            draw(st.none() | TEXT),
            base and (lead is None or draw(st.booleans())),
            draw(listed(FUNCTION)),
        ),
        tuple(
            LegalBasis(
                draw(TEXT),
                draw(st.just("") | TEXT),
                draw(st.just("") | TEXT),
                draw(st.booleans()),
                draw(st.none() | DAY),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        draw(st.sampled_from((None, days[0]))),
        draw(st.sampled_from((None, days[1]))),
        draw(listed(WORD)),
    )


@st.composite
def lexicons(draw: st.DrawFn, own: tuple[FactField, ...]) -> Lexicon:
    """A lexicon of declared facts; sectors only where the policy has such a field."""
    pairs = st.sampled_from(
        [("", ""), *((field.name, word) for field in own for word in (*field.values, "词"))]
    ).filter(lambda pair: bool(pair[0]))
    allowed = {field.name: field.values for field in own}
    facts = st.lists(
        pairs.filter(lambda pair: not allowed[pair[0]] or pair[1] in allowed[pair[0]]), max_size=3
    ).map(tuple)
    marks = listed(WORD)
    terms = tuple(
        Term(text, draw(st.sampled_from(TermKind)), draw(facts), None, draw(FLOAT), draw(marks), draw(marks))
        for text in draw(st.lists(TEXT, max_size=3, unique=True))
    )
    there = sorted({mark for term in terms for mark in term.marks} | {"premises"})
    groups = st.lists(listed(st.sampled_from(there), 1), min_size=1, max_size=3).map(tuple)
    readings = tuple(
        Reading(
            name,
            draw(groups),
            draw(listed(st.sampled_from(there))),
            draw(st.sampled_from(Scope)),
            draw(st.sampled_from(TermKind)),
            draw(facts),
            None,
            draw(FLOAT),
        )
        for name in draw(st.lists(TEXT, max_size=2, unique=True))
    )
    return Lexicon(terms, readings)


@st.composite
def cases(draw: st.DrawFn, own: tuple[FactField, ...]) -> Case:
    values = st.one_of(ANY, NUMBER, st.booleans(), st.frozensets(WORD, max_size=3))
    names = st.one_of(st.sampled_from([field.name for field in own]), ANY)
    lead = draw(st.none() | TEXT)
    expected = Expected(
        lead,
        lead is None,
        draw(st.none() | listed(WORD)),
        draw(st.none() | listed(WORD)),
        draw(st.none() | st.just("") | TEXT),
        draw(st.none() | TEXT),
    )
    return Case(
        draw(TEXT),
        expected,
        draw(TEXT),
        draw(st.dictionaries(names, values, max_size=3)),
        draw(st.none() | TEXT),
        draw(st.none() | DAY),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    own = draw(fields())
    ids = draw(st.lists(TEXT, max_size=3, unique=True))
    return Policy(
        draw(TEXT),
        draw(INTEGER),
        draw(TEXT),
        draw(TEXT),
        own,
        tuple(draw(rules(own, rule_id)) for rule_id in ids),
        draw(lexicons(own)),
        draw(st.floats(0, 1)) + 0.0,
        tuple(draw(cases(own)) for _ in range(draw(st.integers(0, 2)))),
    )
