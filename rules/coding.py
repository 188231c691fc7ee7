"""Facts as small integers: one code for each column that the rules of a policy ask about.

A column is a field together with one kind of value. Its codes say everything that any condition of the policy
can tell apart: `ABSENT`, `OTHER` (known, but nothing that a condition names) and then one code for each
listed word or flag, or for each number that a condition names and each gap between two of them. A condition
is then a list of spans of codes, whether negated or not, and several conditions of one row on one column are
the intersection of their spans. Sets of words have no single code; conditions on them stay as they are.

Every decision begins with the translation, so it is one expression, compiled for the columns of the policy:
half the time of a loop. Its text is made of positions alone; names and values come in from outside.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.evaluate import is_number, known
from rules.model import Condition, Facts, Operator, Rule, Scalar, conditions_of

ABSENT = 0
OTHER = 1
FIRST = 2
OFF, ON = FIRST, FIRST + 1

Span = tuple[int, int]
"""Codes from the first to the second, both included."""
Spans = tuple[Span, ...]
"""Spans in ascending order that neither overlap nor touch; none at all can never be met."""


class ColumnKind(StrEnum):
    """What the values of a column are."""

    WORD = "word"
    FLAG = "flag"
    NUMBER = "number"


Column = tuple[str, ColumnKind]

_EXPRESSIONS = {
    ColumnKind.WORD: "table{at}(facts.get(name{at}), OTHER)",
    ColumnKind.FLAG: "ON if (value := facts.get(name{at})) is True else OFF if value is False"
    " else table{at}(value)",
    ColumnKind.NUMBER: "table{at}[value] if type(value := facts.get(name{at})) is int"
    " else table{at}.other(value)",
}
_WORDS_ALONE, _FLAGS_ALONE = {str}, {bool}
_CODES = {"OTHER": OTHER, "OFF": OFF, "ON": ON}
_MOST_LISTED = 4096  # codes of numbers that are worked out beforehand
_FAR = 2**53


@dataclass(frozen=True, slots=True)
class CodedRow:
    """One row of the decision table: spans by position of the column, and the conditions without a code."""

    spans: tuple[tuple[int, Spans], ...]
    uncoded: tuple[Condition, ...]


class Coding:
    """The columns and codes of some rows, and the translation of facts into them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        values = _values_by_column(condition for rule in rules for condition in conditions_of(rule))
        self.columns: tuple[Column, ...] = tuple(
            column for kind in ColumnKind for column in values if column[1] is kind
        )
        self._positions = {column: at for at, column in enumerate(self.columns)}
        self._first_of_field: dict[str, int] = {}
        for (name, _), at in self._positions.items():
            self._first_of_field.setdefault(name, at)
        words = {column[0]: sorted(found) for column, found in values.items() if column[1] is ColumnKind.WORD}
        self._words = [
            (name, _word_codes(words[name])) for name, kind in self.columns if kind is ColumnKind.WORD
        ]
        self._flags = [name for name, kind in self.columns if kind is ColumnKind.FLAG]
        self._numbers = [
            (name, sorted(values[name, kind])) for name, kind in self.columns if kind is ColumnKind.NUMBER
        ]
        self._sizes = [
            *(FIRST + len(set(codes.values()) - {ABSENT}) for _, codes in self._words),
            *(ON + 1 for _ in self._flags),
            *(FIRST + 2 * len(points) + 1 for _, points in self._numbers),
        ]
        self.encode = self._compiled()
        """Facts in, the code of every column out. TypeError when a fact is of a type that is no fact at all
        and cannot be looked up (a list)."""

    def size(self, column: int) -> int:
        """How many codes the column has."""
        return self._sizes[column]

    def row(self, rule: Rule) -> CodedRow:
        """The row in codes. The rule must be one of those that the coding was made from."""
        spans: dict[int, Spans] = {}
        uncoded: list[Condition] = []
        for condition in conditions_of(rule):
            column = self._column(condition)
            if column is None:
                uncoded.append(condition)
                continue
            found = self._spans(condition, column)
            spans[column] = _both(spans[column], found) if column in spans else found
        return CodedRow(tuple(spans.items()), tuple(uncoded))

    def _compiled(self) -> Callable[[Facts], list[int]]:
        tables: list[object] = [
            *(codes.get for _, codes in self._words),
            *(_flag for _ in self._flags),
            *(_Gaps(points) for _, points in self._numbers),
        ]
        names: dict[str, Any] = {f"table{at}": table for at, table in enumerate(tables)}
        names |= {f"name{at}": name for at, (name, _) in enumerate(self.columns)}
        codes = ", ".join(_EXPRESSIONS[kind].format(at=at) for at, (_, kind) in enumerate(self.columns))
        encode: Callable[[Facts], list[int]] = eval(  # noqa: S307 - nothing of a policy is in the text
            f"lambda facts: [{codes}]", {**_CODES, **names}
        )
        return encode

    def _column(self, condition: Condition) -> int | None:
        if condition.operator is Operator.PRESENT:
            return self._first_of_field[condition.field]
        kind = _kind_of(condition)
        return None if kind is None else self._positions[condition.field, kind]

    def _spans(self, condition: Condition, column: int) -> Spans:
        last = self._sizes[column] - 1
        if condition.operator is Operator.PRESENT:
            spans: Spans = ((OTHER, last),)
        elif condition.operator is Operator.BETWEEN:
            low = FIRST if condition.low is None else self._code(column, condition.low)
            high = last if condition.high is None else self._code(column, condition.high)
            spans = ((low, high),) if low <= high else ()
        elif len(condition.values) == 1:
            code = self._code(column, condition.values[0])
            spans = ((code, code),)
        else:
            spans = _joined({self._code(column, value) for value in condition.values})
        return _rest(spans, last) if condition.negated else spans

    def _code(self, column: int, value: Scalar) -> int:
        if isinstance(value, str):
            return self._words[column][1][value]
        if isinstance(value, bool):
            return ON if value else OFF
        points = self._numbers[column - len(self._words) - len(self._flags)][1]
        return FIRST + bisect_left(points, value) + bisect_right(points, value)


class _Gaps(dict[object, int]):
    """The code of a number: of one of `points`, or of a gap before, between or after them."""

    def __init__(self, points: Sequence[Any]) -> None:
        self._points = points
        if points and all(abs(end) < _FAR for end in (points[0], points[-1])):
            around = range(int(points[0]) - 1, int(points[-1]) + 2)
            super().__init__((number, self[number]) for number in around[:_MOST_LISTED])

    def __missing__(self, number: Any) -> int:
        return FIRST + bisect_left(self._points, number) + bisect_right(self._points, number)

    def other(self, value: object) -> int:
        """The code of anything but an int."""
        if is_number(value):
            return self[value]
        return OTHER if known(value) else ABSENT


def _flag(value: object) -> int:
    """The code of anything but a flag in a column of flags."""
    return OTHER if known(value) else ABSENT


def _kind_of(condition: Condition) -> ColumnKind | None:
    """The kind of column that the condition asks; None where it has no code of its own."""
    if condition.operator is Operator.BETWEEN:
        ends = [end for end in (condition.low, condition.high) if end is not None]
        return ColumnKind.NUMBER if all(is_number(end) for end in ends) else None
    if condition.operator not in (Operator.EQUALS, Operator.IN) or not condition.values:
        return None
    kinds = set(map(type, condition.values))
    if kinds == _WORDS_ALONE:
        return ColumnKind.WORD
    if kinds == _FLAGS_ALONE:
        return ColumnKind.FLAG
    return ColumnKind.NUMBER if all(is_number(value) for value in condition.values) else None


def _values_by_column(conditions: Iterable[Condition]) -> dict[Column, set[Scalar]]:
    """Every column that the conditions ask, with the values that they name."""
    found: dict[Column, set[Scalar]] = {}
    asked_for_presence: dict[str, None] = {}
    for condition in conditions:
        if condition.operator is Operator.PRESENT:
            asked_for_presence[condition.field] = None
        elif kind := _kind_of(condition):
            named = found.setdefault((condition.field, kind), set())
            named.update(condition.values if condition.operator is not Operator.BETWEEN else ())
            named.update(end for end in (condition.low, condition.high) if end is not None)
    for name in asked_for_presence:
        if not any((name, kind) in found for kind in ColumnKind):
            found[name, ColumnKind.WORD] = set()
    return found


def _word_codes(words: Sequence[Scalar]) -> dict[object, int]:
    codes: dict[object, int] = {word: FIRST + at for at, word in enumerate(words)}
    # What a look-up meets for a fact that is not known.
    codes[None] = codes[frozenset()] = ABSENT
    return codes


def _joined(codes: set[int]) -> Spans:
    spans: list[Span] = []
    for code in sorted(codes):
        if spans and spans[-1][1] == code - 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    return tuple(spans)


def _rest(spans: Spans, last: int) -> Spans:
    rest: list[Span] = []
    start = ABSENT
    for low, high in spans:
        if start < low:
            rest.append((start, low - 1))
        start = high + 1
    if start <= last:
        rest.append((start, last))
    return tuple(rest)


def _both(left: Spans, right: Spans) -> Spans:
    met = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((low, high) for low, high in met if low <= high))
