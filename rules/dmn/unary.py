"""Input entries of decision tables: S-FEEL unary tests, read and turned into conditions.

A condition of the policy model is closed at both ends, and the conditions of a row are a conjunction; a cell
is neither. So a cell becomes *alternatives*, each a conjunction: `> 5` is "at least 5, and not 5", and
`not([1..5])` is "at most 1, and not 1" or "at least 5, and not 5". That needs nothing that the policy model
and its evaluators do not have already. As in the standard, nothing but `null` and `not("word")` holds of a
value that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TypeAlias

from rules.dmn.expression import Expression, Literal, NotFeel
from rules.dmn.feel import Parser
from rules.dmn.table import ALWAYS, Alternatives, Base, Cell, Contains, Equals, Interval, Test, Type
from rules.dmn.values import Value, value_of
from rules.dmn.words import CONTAINS, Names
from rules.evaluate import is_number
from rules.model import Condition, Operator, Scalar

MOST_ALTERNATIVES = 64
"""Into so many rows at most a cell falls apart."""


def read_cell(text: str, key: str, type_: Type, names: Names) -> Cell:
    """The cell of a column. `key` becomes the field of its conditions. Raises NotFeel."""
    text = text.strip()
    if text in ("", "-"):
        return Cell("", (), False, ALWAYS)
    parser = Parser(text, names)
    negated = False
    if parser.at("not"):
        before = parser.mark()
        parser.take()
        if parser.at("("):
            parser.take()
            tests = _tests(parser)
            parser.expect(")")
            negated = True
        else:
            parser.back(before)
    if not negated:
        tests = _tests(parser)
    parser.finish()
    for test in tests:
        _fits(test, type_)
    literal = all(isinstance(end, Literal) for test in tests for end in _ends(test))
    found = alternatives(tests, negated, key, type_, {}) if literal else None
    return Cell(text, tests, negated, found)


def alternatives(
    tests: tuple[Test, ...], negated: bool, key: str, type_: Type, scope: Mapping[str, Value]
) -> Alternatives:
    """The tests as conditions on the field `key`; names are looked up in the scope. Raises NotFeel if they
    fall apart into too many."""
    if not negated and (outside := _outside(tests, key)):
        return ((outside,),)
    turned = _negated if negated else _plain
    groups = [turned(part, key, type_, scope) for part in _parts(tests, scope)]
    if not negated:
        return tuple(each for group in groups for each in group)
    size = 1
    for group in groups:
        size *= len(group)
    if size > MOST_ALTERNATIVES:
        raise NotFeel("too_many_alternatives", limit=str(MOST_ALTERNATIVES))
    return tuple(tuple(condition for part in parts for condition in part) for parts in product(*groups))


def _tests(parser: Parser) -> tuple[Test, ...]:
    tests = [_test(parser)]
    while parser.at(","):
        parser.take()
        tests.append(_test(parser))
    return tuple(tests)


def _test(parser: Parser) -> Test:
    if parser.at("<", "<=", ">", ">="):
        mark = parser.take().text
        end = parser.sum()
        is_open = mark in ("<", ">")
        return Interval(high=end, high_open=is_open) if "<" in mark else Interval(low=end, low_open=is_open)
    if parser.at("[", "(", "]"):
        return _bracketed(parser)
    if parser.at(CONTAINS):
        return _contains(parser)
    return Equals(parser.sum())


def _bracketed(parser: Parser) -> Test:
    """A range, or one value in parentheses, or `list contains` in parentheses."""
    opening = parser.take().text
    if opening == "(" and parser.at(CONTAINS):
        found = _contains(parser)
        parser.expect(")")
        return Contains(found.words, every=len(found.words) == 1 or found.every)
    low = parser.sum()
    if opening == "(" and parser.at(")"):
        parser.take()
        return Equals(low, in_list=True)
    parser.expect("..")
    high = parser.sum()
    closing = parser.expect("]", ")", "[")
    return Interval(low, high, opening != "[", closing != "]")


def _contains(parser: Parser) -> Contains:
    words: list[str] = []
    joined = ""
    while True:
        parser.expect(CONTAINS)
        parser.expect("(")
        parser.expect("?")
        parser.expect(",")
        word = parser.sum()
        parser.expect(")")
        if not (isinstance(word, Literal) and isinstance(word.value, str)):
            raise NotFeel("contains", text=parser.text[:60])
        words.append(word.value)
        if not parser.at("and", "or"):
            return Contains(tuple(words), joined == "and")
        joined = joined or parser.next.text
        parser.expect(joined)


def _ends(test: Test) -> tuple[Expression, ...]:
    match test:
        case Equals(value):
            return (value,)
        case Interval(low, high):
            return tuple(end for end in (low, high) if end is not None)
        case Contains():
            return ()


def _fits(test: Test, type_: Type) -> None:
    """Refuse what can never be asked of a column of this type."""
    if isinstance(test, Contains):
        if type_.base not in (Base.STRING, Base.ANY):
            raise NotFeel("wrong_type", value=CONTAINS, type=type_.base)
        return
    for end in _ends(test):
        if isinstance(end, Literal) and end.value is not None and not fits(end.value, type_.base):
            raise NotFeel("wrong_type", value=str(end.value)[:40], type=type_.base)
    if isinstance(test, Interval):
        ends = [end.value for end in _ends(test) if isinstance(end, Literal)]
        if type_.base in (Base.STRING, Base.BOOLEAN) or not all(ordinal(end) is not None for end in ends):
            raise NotFeel("no_order")


def fits(value: Value, base: Base) -> bool:
    """Whether a value is of a type. Null is of none."""
    match base:
        case Base.STRING:
            return isinstance(value, str)
        case Base.NUMBER:
            return is_number(value)
        case Base.BOOLEAN:
            return isinstance(value, bool)
        case Base.DATE:
            return isinstance(value, date)
        case Base.STRUCTURE:
            return isinstance(value, Mapping)
        case Base.ANY:
            return value is not None


def ordinal(value: Value) -> int | float | None:
    """A number, or a day as the policy model orders it."""
    if isinstance(value, date):
        return value.toordinal()
    return value if is_number(value) else None


def scalar(value: Value) -> Scalar | None:
    """A value as the policy model has it: days as numbers. None for null, lists and structures."""
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, str | int | float | bool) else None


def literals_of(cell: Cell | None) -> tuple[Value, ...]:
    """The values that a list of allowed values names; empty if it has anything but values."""
    if cell is None or cell.negated:
        return ()
    found = [
        test.value.value
        for test in cell.tests
        if isinstance(test, Equals) and isinstance(test.value, Literal)
    ]
    return tuple(found) if len(found) == len(cell.tests) else ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """Literals of one cell, asked together. `of_one` keeps a choice of a single value apart from equality."""

    values: tuple[Scalar, ...]
    of_one: bool


_Part: TypeAlias = "_Choice | Interval | Contains | None"
"""What a cell asks, literals put together; None asks whether the value is null."""


def _parts(tests: tuple[Test, ...], scope: Mapping[str, Value]) -> list[_Part]:
    equals = [test for test in tests if isinstance(test, Equals)]
    asked = [value_of(test.value, scope) for test in equals]
    values = [each for value in asked for each in (value if isinstance(value, tuple) else (value,))]
    words = tuple(plain for value in values if (plain := scalar(value)) is not None)
    found: list[_Part] = [test for test in tests if not isinstance(test, Equals)]
    if words:
        found.insert(0, _Choice(words, any(test.in_list for test in equals)))
    if any(value is None for value in values):
        found.insert(0, None)
    return found


def _plain(part: _Part, key: str, type_: Type, scope: Mapping[str, Value]) -> Alternatives:
    match part:
        case None:
            return ((Condition(key, Operator.PRESENT, negated=True),),)
        case _Choice():
            return ((_chosen(part, key, type_),),)
        case Contains(words, every):
            return ((Condition(key, Operator.ALL_OF if every else Operator.ANY_OF, words),),)
        case Interval():
            return _between(part, key, scope)


def _negated(part: _Part, key: str, type_: Type, scope: Mapping[str, Value]) -> Alternatives:
    if part is None:
        return ((Condition(key, Operator.PRESENT),),)
    if isinstance(part, Interval):
        below = Interval(high=part.low, high_open=not part.low_open)
        above = Interval(low=part.high, low_open=not part.high_open)
        sides = [side for side in (below, above) if _ends(side)]
        return tuple(each for side in sides for each in _between(side, key, scope))
    return tuple((replace(condition, negated=True),) for (condition,) in _plain(part, key, type_, scope))


def _chosen(choice: _Choice, key: str, type_: Type) -> Condition:
    if type_.is_list:
        return Condition(key, Operator.ANY_OF, choice.values)
    operator = Operator.IN if choice.of_one or len(choice.values) > 1 else Operator.EQUALS
    return Condition(key, operator, choice.values)


def _between(interval: Interval, key: str, scope: Mapping[str, Value]) -> Alternatives:
    """The numbers inside; none where an end is unknown."""
    ends: list[int | float | None] = []
    for end in (interval.low, interval.high):
        number = None if end is None else ordinal(value_of(end, scope))
        if end is not None and number is None:
            return ()
        ends.append(number)
    low, high = ends
    found = [Condition(key, Operator.BETWEEN, low=low, high=high)]
    for number, is_open in ((low, interval.low_open), (high, interval.high_open)):
        if number is not None and is_open:
            found.append(Condition(key, Operator.EQUALS, (number,), negated=True))
    return (tuple(found),)


def _outside(tests: tuple[Test, ...], key: str) -> Condition | None:
    """`null, < 1, > 5`: what a negated range of the policy model means, which holds of the unknown too."""
    first, *rest = tests
    if first != Equals(Literal(None)) or not rest:
        return None
    ends: dict[str, int | float] = {}
    for test in rest:
        match test:
            case Interval(None, Literal(value), False, True) if not ends:
                side = "low"
            case Interval(Literal(value), None, True, False) if "high" not in ends:
                side = "high"
            case _:
                return None
        if (number := ordinal(value)) is None:
            return None
        ends[side] = number
    low, high = ends.get("low"), ends.get("high")
    if low is not None and high is not None and high < low:
        return None
    return Condition(key, Operator.BETWEEN, low=low, high=high, negated=True)
