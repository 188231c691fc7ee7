"""Expressions: what they come to, and what is refused by name."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dmn.expression import NotFeel
from rules.dmn.feel import parse_expression
from rules.dmn.spelling import printable, spell, spell_list, spell_text
from rules.dmn.values import Value, equal, value_of
from rules.dmn.words import Names

SCOPE: dict[str, Value] = {
    "Age": 18,
    "Years of Service": 3,
    "a-b": 7,
    "word": "噪声",
    "words": ("油烟", "噪声"),
    "loan": {"rate": 0.5, "first payment": 10},
    "yes": True,
    "nothing": None,
    "day": date(2026, 7, 1),
}
NAMES = Names(SCOPE, ["rate", "first payment"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.50", 1.5),
        (".5", 0.5),
        ("-3", -3),
        ("--3", 3),
        ("true", True),
        ("null", None),
        ('"a\\"b\\\\c\\n\\u566a\\uD83D\\uDE00\\U01F600"', 'a"b\\c\n噪😀😀'),
        ('"a\\/b"', "a\\/b"),
        ('date("2026-07-01")', date(2026, 7, 1)),
        ("0.1 + 0.2", 0.3),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-5 ** 2", 25),
        ("2 ** 3 ** 2", 64),
        ("10 / 4", 2.5),
        ("10 / 0", None),
        ("1 + null", None),
        ("9 ** 9 ** 9 ** 9", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("Age + 1", 19),
        ("Years  of\n Service * 2", 6),
        ("a-b", 7),
        ("a-b - 1", 6),
        ("loan.rate * loan.first payment", 5),
        ("loan.missing", None),
        ("word.rate", None),
        ('Age >= 18 and word = "噪声"', True),
        ("Age < 18 or nothing", None),
        ("nothing and false", False),
        ("not(yes)", False),
        ("not(Age)", None),
        ("Age != 18", False),
        ("true = 1", False),
        ('"a" < "b"', True),
        ('"a" < 1', None),
        ('day > date("2026-06-30")', True),
        ("max(1, Age, 3)", 18),
        ("min([4, 2])", 2),
        ("sum(0.1, 0.2)", 0.3),
        ('sum(1, "a")', None),
        ("count(words)", 2),
        ("max(1, word)", None),
        ("[1, word]", (1, "噪声")),
    ],
)
def test_what_expressions_come_to(text: str, value: Value) -> None:
    found = value_of(parse_expression(text, NAMES), SCOPE)
    assert type(found) is type(value)
    assert equal(found, value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "incomplete"),
        ("1 +", "incomplete"),
        ("1 2", "unexpected"),
        ("(1", "incomplete"),
        ('"open', "open_string"),
        ("1 # 2", "strange"),
        ("Weight", "unknown_name"),
        ("Ageing", "unknown_name"),
        ("噪声", "unknown_name"),
        ("if yes then 1 else 2", "unsupported_word"),
        ("for x in words return x", "unsupported_word"),
        ("substring(word, 1)", "function"),
        ('matches(word, "a.*")', "function"),
        ("list contains(words, word)", "function"),
        ("date(2026, 7, 1)", "not_a_date"),
        ('date("1 July")', "not_a_date"),
        ("date(word)", "not_a_date"),
        ('"\\uD83D"', "bad_escape"),
        ('"\\UFFFFFF"', "bad_escape"),
        ("1" * 401, "number_too_long"),
        ("(" * 60 + "1" + ")" * 60, "nested"),
        ("max()", "arguments"),
        ("not(yes, yes)", "arguments"),
        ("loan.1", "unexpected"),
        ("1" + "+1" * 201, "too_many_operations"),
        ("loan" + ".rate" * 201, "too_many_operations"),
        ("yes" + " and yes" * 201, "too_many_operations"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    with pytest.raises(NotFeel) as caught:
        parse_expression(text, NAMES)
    assert caught.value.code == code


PIECES = st.sampled_from(["Age", "a-b", "loan", "rate", "and", "or", "not", "max", "date", "null", "if"]) | (
    st.sampled_from(
        ["1", "2.5", '"a"', ".", "(", ")", "[", "]", "..", ",", "+", "-", "*", "**", "<", "=", "?"]
    )
)


@given(st.text(max_size=30) | st.lists(PIECES, max_size=12).map(" ".join))
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        expression = parse_expression(text, NAMES)
    except NotFeel:
        return
    value_of(expression, SCOPE)
    value_of(expression, {})


NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.text() | NUMBERS | st.booleans() | st.none())
def test_spelled_values_read_the_same(value: str | int | float | bool | None) -> None:
    written = spell(value)
    assert printable(written)
    found = value_of(parse_expression(written, NAMES), {})
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, value) == math.copysign(1, found if isinstance(found, float) else 0)


@given(st.lists(st.text(max_size=5), max_size=4))
def test_spelled_lists_read_the_same(words: list[str]) -> None:
    assert value_of(parse_expression(spell_list(words), NAMES), {}) == tuple(words)


@pytest.mark.parametrize(("text", "written"), [('a"b', '"a\\"b"'), ("\x00", '"\\u0000"'), ("噪声", '"噪声"')])
def test_how_texts_are_spelled(text: str, written: str) -> None:
    assert spell_text(text) == written
