"""Unary tests: the values for which a cell holds, and the conditions that it becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dmn.expression import NotFeel
from rules.dmn.spelling import cells_of, spell_cell
from rules.dmn.table import Alternatives, Base, Type
from rules.dmn.unary import alternatives, read_cell
from rules.dmn.words import Names
from rules.evaluate import holds
from rules.model import Condition, FactValue, Operator, Scalar

NAMES = Names(["limit", "words"])
NUMBER, STRING, BOOLEAN, DATE = Type(Base.NUMBER), Type(Base.STRING), Type(Base.BOOLEAN), Type(Base.DATE)
WORDS = Type(Base.STRING, is_list=True)


def meets(found: Alternatives, value: FactValue | None) -> bool:
    facts = {} if value is None else {"x": value}
    return any(all(holds(condition, facts) for condition in conditions) for conditions in found)


def which(text: str, type_: Type, values: list[FactValue | None]) -> list[FactValue | None]:
    """Those of the values for which the cell holds."""
    found = read_cell(text, "x", type_, NAMES).alternatives
    assert found is not None
    return [value for value in values if meets(found, value)]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("-", [-1, 0, 1, 2, 2.5, 3, None]),
        ("", [-1, 0, 1, 2, 2.5, 3, None]),
        (" - ", [-1, 0, 1, 2, 2.5, 3, None]),
        ("2", [2]),
        ("-1", [-1]),
        ("1,3", [1, 3]),
        ("(2)", [2]),
        ("< 2", [-1, 0, 1]),
        ("<=2", [-1, 0, 1, 2]),
        (">2", [2.5, 3]),
        (">= 2", [2, 2.5, 3]),
        ("[1..3]", [1, 2, 2.5, 3]),
        ("(1..3]", [2, 2.5, 3]),
        ("]1..3]", [2, 2.5, 3]),
        ("[1..3)", [1, 2, 2.5]),
        ("[1..3[", [1, 2, 2.5]),
        ("(1..3)", [2, 2.5]),
        ("]1..3[", [2, 2.5]),
        ("(2..2)", []),
        ("[3..1]", []),
        ("[-1..-0]", [-1, 0]),
        ("<0, >2", [-1, 2.5, 3]),
        ("0, [2..3)", [0, 2, 2.5]),
        ("not(2)", [-1, 0, 1, 2.5, 3, None]),
        ("not(1, 3)", [-1, 0, 2, 2.5, None]),
        ("not(<2)", [2, 2.5, 3]),
        ("not([1..2.5])", [-1, 0, 3]),
        ("not((1..2.5))", [-1, 0, 1, 2.5, 3]),
        ("not(<0, >2)", [0, 1, 2]),
        ("not(0, [2..3))", [-1, 1, 3]),
        ("null", [None]),
        ("not(null)", [-1, 0, 1, 2, 2.5, 3]),
        ("null, <1, >2", [-1, 0, 2.5, 3, None]),
        ("null, 2", [2, None]),
    ],
)
def test_numbers(text: str, held: list[FactValue | None]) -> None:
    assert which(text, NUMBER, [-1, 0, 1, 2, 2.5, 3, None]) == held


@pytest.mark.parametrize(
    ("text", "type_", "values", "held"),
    [
        ('"a"', STRING, ["a", "b", "", None], ["a"]),
        ('"a", "b"', STRING, ["a", "b", "c", None], ["a", "b"]),
        ('not("a","b")', STRING, ["a", "b", "c", None], ["c", None]),
        ('not("a", null)', STRING, ["a", "b", None], ["b"]),
        ('"a, b"', STRING, ["a", "a, b"], ["a, b"]),
        ("true", BOOLEAN, [True, False, None], [True]),
        ("not(true)", BOOLEAN, [True, False, None], [False, None]),
        (
            '>= date("2026-07-01")',
            DATE,
            [date(2026, 6, 30).toordinal(), date(2026, 7, 1).toordinal()],
            [date(2026, 7, 1).toordinal()],
        ),
        ('"a"', WORDS, [frozenset("ab"), frozenset("b"), None], [frozenset("ab")]),
        (
            'list contains(?, "a") and list contains(?, "b")',
            WORDS,
            [frozenset("ab"), frozenset("b")],
            [frozenset("ab")],
        ),
        (
            'list contains(?, "a") or list contains(?, "b")',
            WORDS,
            [frozenset("b"), frozenset("c")],
            [frozenset("b")],
        ),
        ('not(list contains(?, "a"))', WORDS, [frozenset("ab"), frozenset("b")], [frozenset("b")]),
        ('1, "a"', Type(), [1, "a", "1"], [1, "a"]),
    ],
)
def test_other_types(
    text: str, type_: Type, values: list[FactValue | None], held: list[FactValue | None]
) -> None:
    assert which(text, type_, values) == held


@pytest.mark.parametrize(
    ("text", "type_", "code"),
    [
        ('"a"', NUMBER, "wrong_type"),
        ("1", STRING, "wrong_type"),
        ("true", STRING, "wrong_type"),
        ("1", BOOLEAN, "wrong_type"),
        ('"2026-07-01"', DATE, "wrong_type"),
        ('list contains(?, "a")', NUMBER, "wrong_type"),
        ('< "b"', STRING, "no_order"),
        ('["a".."c"]', Type(), "no_order"),
        ("[null..3]", NUMBER, "no_order"),
        ("list contains(?, limit)", WORDS, "contains"),
        ("list contains(?, 1)", WORDS, "contains"),
        ('list contains(words, "a")', WORDS, "unexpected"),
        ('list contains(?, "a") and list contains(?, "b") or list contains(?, "c")', WORDS, "unexpected"),
        ("Winter", STRING, "unknown_name"),
        ("1,", NUMBER, "incomplete"),
        ("not(1", NUMBER, "incomplete"),
        ("[1..", NUMBER, "incomplete"),
        ("[1,2]", NUMBER, "unexpected"),
        ("1..2", NUMBER, "unexpected"),
        ("? > 5", NUMBER, "unexpected"),
        (
            "not(" + ",".join(f"[{n}..{n + 1}]" for n in range(0, 40, 2)) + ")",
            NUMBER,
            "too_many_alternatives",
        ),
    ],
)
def test_what_is_refused(text: str, type_: Type, code: str) -> None:
    with pytest.raises(NotFeel) as caught:
        read_cell(text, "x", type_, NAMES)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "scope", "held"),
    [
        ("limit", {"limit": 2}, [2]),
        ("> limit", {"limit": 2}, [3]),
        ("[limit..3]", {"limit": 2}, [2, 3]),
        ("not([limit..3])", {"limit": 2}, [1]),
        ("> limit", {"limit": None}, []),
        ("not(> limit)", {"limit": None}, []),
        ("limit + 1", {"limit": 2}, [3]),
        ("words", {"words": (1, 3)}, [1, 3]),
        ("words", {"words": ()}, []),
    ],
)
def test_cells_that_speak_of_variables(
    text: str, scope: dict[str, int | tuple[int, ...] | None], held: list[FactValue | None]
) -> None:
    cell = read_cell(text, "x", NUMBER, NAMES)
    assert cell.alternatives is None
    found = alternatives(cell.tests, cell.negated, "x", NUMBER, scope)
    assert [value for value in (1, 2, 3) if meets(found, value)] == held


POINTS = st.integers(-3, 3)
VALUES: list[FactValue | None] = [n / 2 for n in range(-8, 9)]


@st.composite
def unary(draw: st.DrawFn) -> tuple[str, Callable[[float], bool]]:
    """A unary test and what it means."""
    if draw(st.booleans()):
        point = draw(POINTS)
        mark = draw(st.sampled_from(["", "<", "<=", ">", ">="]))
        meanings: dict[str, Callable[[float], bool]] = {
            "": lambda x: x == point,
            "<": lambda x: x < point,
            "<=": lambda x: x <= point,
            ">": lambda x: x > point,
            ">=": lambda x: x >= point,
        }
        return f"{mark}{point}", meanings[mark]
    low, high = draw(POINTS), draw(POINTS)
    opening, closing = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))

    def inside(x: float) -> bool:
        return (low <= x if opening == "[" else low < x) and (x <= high if closing == "]" else x < high)

    return f"{opening}{low}..{high}{closing}", inside


@given(st.lists(unary(), min_size=1, max_size=4), st.booleans())
def test_lists_and_their_negation(tests: list[tuple[str, Callable[[float], bool]]], negated: bool) -> None:
    text = ",".join(text for text, _ in tests)
    held = which(f"not({text})" if negated else text, NUMBER, VALUES)
    assert held == [
        value
        for value in VALUES
        if isinstance(value, float) and any(meaning(value) for _, meaning in tests) is not negated
    ]


def random_conditions(random: Random) -> list[Condition]:
    """Conditions on one number that meet often."""

    def number() -> int | float:
        return random.choice((1, 2, 3, 1.5, -2, 0.1))

    found = []
    for _ in range(random.randint(1, 5)):
        values: tuple[Scalar, ...] = tuple(number() for _ in range(random.randint(1, 3)))
        low, high = sorted((number(), number()))
        ends = random.choice(((low, high), (low, None), (None, high)))
        negated = random.random() < 0.5
        found.append(
            random.choice(
                (
                    Condition("x", Operator.EQUALS, values[:1], negated=negated),
                    Condition("x", Operator.IN, values, negated=negated),
                    Condition("x", Operator.BETWEEN, low=ends[0], high=ends[1], negated=negated),
                    Condition("x", Operator.PRESENT, negated=negated),
                )
            )
        )
    return found


@pytest.mark.parametrize("seed", range(200))
def test_conditions_on_a_number_are_spelled_and_read_the_same(seed: int) -> None:
    conditions = random_conditions(Random(seed))
    cells = list(cells_of(conditions))
    assert [condition for cell in cells for condition in cell] == conditions
    for cell in cells:
        assert read_cell(spell_cell(cell), "x", NUMBER, NAMES).alternatives == (cell,)


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ([Condition("x", Operator.BETWEEN, low=5)], ">=5"),
        (
            [Condition("x", Operator.BETWEEN, low=5), Condition("x", Operator.EQUALS, (5,), negated=True)],
            ">5",
        ),
        ([Condition("x", Operator.BETWEEN, low=1, high=2.5)], "[1..2.5]"),
        ([Condition("x", Operator.BETWEEN, low=1, high=2, negated=True)], "null,<1,>2"),
        ([Condition("x", Operator.IN, ("a", "b"), negated=True)], 'not("a","b")'),
        ([Condition("x", Operator.IN, ("a",))], '("a")'),
        ([Condition("x", Operator.ANY_OF, ("a", "b"))], 'list contains(?, "a") or list contains(?, "b")'),
        ([Condition("x", Operator.ALL_OF, ("a",))], '(list contains(?, "a"))'),
        ([Condition("x", Operator.PRESENT)], "not(null)"),
    ],
)
def test_how_conditions_are_spelled(conditions: list[Condition], text: str) -> None:
    assert spell_cell(conditions) == text


@pytest.mark.parametrize("operator", [Operator.ANY_OF, Operator.ALL_OF])
@pytest.mark.parametrize("words", [("a",), ("a", "b"), ("a", "a"), ('"', "\\u566a", "\n")])
@pytest.mark.parametrize("negated", [False, True])
def test_conditions_on_lists_are_spelled_and_read_the_same(
    operator: Operator, words: tuple[str, ...], negated: bool
) -> None:
    condition = Condition("x", operator, words, negated=negated)
    assert read_cell(spell_cell([condition]), "x", WORDS, NAMES).alternatives == ((condition,),)
