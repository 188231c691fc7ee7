"""Spell values and conditions as FEEL, so that reading them gives the same again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from rules.dmn.words import CONTAINS
from rules.model import Condition, Operator, Scalar

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_SPECIAL = re.compile(rf'["\\\t\n\r]|{_NOT_XML.pattern}')
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def spell(value: Scalar | None) -> str:
    """A value as a literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return spell_text(value) if isinstance(value, str) else _number(value)


def spell_text(text: str) -> str:
    """A text in quotation marks; what XML cannot carry is escaped."""
    return f'"{_SPECIAL.sub(_escaped, text)}"'


def _escaped(match: re.Match[str]) -> str:
    mark = match.group()
    return _ESCAPES.get(mark) or f"\\u{ord(mark):04x}"


def spell_list(words: Sequence[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(map(spell_text, words))}]"


def spell_days(start: date | None, end: date | None) -> str:
    """The unary test of a period, both days included."""
    low, high = (f'date("{day.isoformat()}")' if day else None for day in (start, end))
    return _range(low, high)


def printable(text: str) -> bool:
    """Whether XML 1.0 can carry the text as it is."""
    return _NOT_XML.search(text) is None


def cells_of(conditions: Sequence[Condition]) -> Iterator[tuple[Condition, ...]]:
    """The conditions of a row, as many together as one cell can say: those of `> 5` are one cell."""
    left = list(conditions)
    while left:
        cell = [left.pop(0)]
        first = cell[0]
        if first.operator is Operator.BETWEEN and not first.negated:
            for end in (first.low, first.high):
                if left and end is not None and left[0] == _other_than(first.field, end):
                    cell.append(left.pop(0))
        yield tuple(cell)


def _other_than(field: str, number: float) -> Condition:
    return Condition(field, Operator.EQUALS, (number,), negated=True)


def spell_cell(conditions: Sequence[Condition]) -> str:
    """The unary tests of one cell's conditions (of `cells_of`)."""
    first, *ends = conditions
    if first.operator is Operator.BETWEEN:
        if not first.negated:
            others = [end.values[0] for end in ends]
            low = first.low is not None and first.low in others
            high = first.high is not None and first.high in others[low:]
            return _range(_end(first.low), _end(first.high), low, high)
        sides = (("<", first.low), (">", first.high))
        return ",".join(["null", *(f"{mark}{_number(end)}" for mark, end in sides if end is not None)])
    if first.operator is Operator.PRESENT:
        return "null" if first.negated else "not(null)"
    said = _positive(first)
    return f"not({said})" if first.negated else said


def _positive(condition: Condition) -> str:
    values = condition.values
    match condition.operator:
        case Operator.ANY_OF | Operator.ALL_OF:
            every = condition.operator is Operator.ALL_OF
            asked = [f"{CONTAINS}(?, {spell(word)})" for word in values]
            # A list of one would say the same for "any" and "all"; the brackets tell them apart.
            return (
                f"({asked[0]})" if every and len(asked) == 1 else (" and " if every else " or ").join(asked)
            )
        case Operator.IN if len(values) == 1:
            return f"({spell(values[0])})"
        case _:
            return ",".join(map(spell, values))


def _range(low: str | None, high: str | None, low_open: bool = False, high_open: bool = False) -> str:
    if low is None:
        return f"{'<' if high_open else '<='}{high}"
    if high is None:
        return f"{'>' if low_open else '>='}{low}"
    return f"{'(' if low_open else '['}{low}..{high}{')' if high_open else ']'}"


def _end(number: float | None) -> str | None:
    return None if number is None else _number(number)


def _number(number: int | float) -> str:
    """A number without an exponent, which FEEL has not. The point keeps floats apart from whole numbers."""
    if isinstance(number, int):
        return str(number)
    plain = format(Decimal(repr(number)), "f")
    return plain if "." in plain else f"{plain}.0"
