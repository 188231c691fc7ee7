"""The facts of a policy as columns of atoms: all that its rows can tell apart, and nothing more.

A field of one word, number or flag is one column. Its atom 0 stands for the fact that is not known; the
others for each value that a row names, each gap between two numbers, and any other word. A field of several
words is one column for each word that a row names, with the atoms "does not have it" and "has it", and one
for any other word; its fact is unknown where it has none of them. Regions are taken for ordinary words: that
a place also lies in all places above it is not known here, so that a witness may name places that never go
together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from rules.evaluate import is_number
from rules.model import (
    DAY_FIELD,
    Condition,
    FactField,
    Facts,
    FactValue,
    FieldKind,
    Operator,
    Policy,
    conditions_of,
)

LACKS, HAS = 1, 2
"""Cells of a column of one word: without it, with it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `values` are the facts that its atoms stand for, None for the one that is not known; of a
    word of a field of several, `word` is the word. Cells are sets of atoms: bit i stands for atom i."""

    field: str
    values: tuple[FactValue | None, ...]
    word: str | None = None
    places: Mapping[FactValue, int] = attribute(default_factory=dict)
    """The atom of each value that a row names."""
    points: tuple[float, ...] = ()
    """The numbers that rows name, in order."""
    atoms_of_points: tuple[int, ...] = ()

    @property
    def every(self) -> int:
        """The cell of all atoms."""
        return (1 << len(self.values)) - 1

    def cell(self, condition: Condition) -> int:
        """The atoms for which the condition holds, of a field of one value."""
        if condition.operator is Operator.PRESENT:
            cell = self.every & ~1
        elif condition.operator is Operator.BETWEEN:
            cell = self._range(condition)
        else:
            cell = 0
            for value in condition.values:
                if value in self.places:
                    cell |= 1 << self.places[value]
        return self.every & ~cell if condition.negated else cell

    def _range(self, condition: Condition) -> int:
        first, last = 1, len(self.values) - 1
        if condition.low is not None:
            first = self.atoms_of_points[bisect_left(self.points, condition.low)]
        if condition.high is not None:
            last = self.atoms_of_points[bisect_right(self.points, condition.high) - 1]
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)


Point = Mapping[int, int]
"""The atom chosen of each column, by position; a column that is not named is at atom 0."""


class Columns:
    """The columns of some rows' conditions, with the way back from atoms to facts."""

    def __init__(self, policy: Policy) -> None:
        named = _conditions_by_field(policy)
        self.all: list[Column] = []
        self.of_field: dict[str, list[int]] = {}
        self.kinds = {each.name: each.kind for each in policy.fields}
        for each in policy.fields:
            if each.name in named:
                start = len(self.all)
                self.all.extend(_columns(each, named[each.name]))
                self.of_field[each.name] = list(range(start, len(self.all)))
        self._words = {
            (column.field, column.word): at for at, column in enumerate(self.all) if column.word is not None
        }

    def word(self, name: str, word: object) -> int | None:
        """The column of a word of a field of several; None where the field cannot have that word."""
        return self._words.get((name, word)) if isinstance(word, str) else None

    def facts(self, point: Point) -> Facts:
        """The facts that a point stands for."""
        found: dict[str, FactValue] = {}
        for at, atom in sorted(point.items()):
            column = self.all[at]
            value = column.values[atom]
            if value is None:
                continue
            present = found.get(column.field)
            if isinstance(value, frozenset) and isinstance(present, frozenset):
                value |= present
            found[column.field] = value
        return found


def _conditions_by_field(policy: Policy) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for rule in policy.base_rules():
        for condition in conditions_of(rule):
            found.setdefault(condition.field, []).append(condition)
    return found


def _columns(each: FactField, conditions: Sequence[Condition]) -> Iterable[Column]:
    match each.kind:
        case FieldKind.FLAG:
            yield Column(each.name, (None, False, True), places={False: 1, True: 2})
        case FieldKind.NUMBER:
            yield _number_column(each.name, conditions)
        case FieldKind.CHOICE:
            words = _words(each, conditions)
            places: dict[FactValue, int] = {word: at for at, word in enumerate(words, 1)}
            yield Column(each.name, (None, *words, *_other(each, words)), places=places)
        case FieldKind.CHOICES:
            words = _words(each, conditions)
            for word in (*words, *_other(each, words)):
                yield Column(each.name, (None, frozenset({word})), word)


def _words(each: FactField, conditions: Sequence[Condition]) -> list[str]:
    """The words that rows name and the field may have."""
    named = {value for condition in conditions for value in condition.values if isinstance(value, str)}
    return sorted(named & set(each.values) if each.values else named)


def _other(each: FactField, words: Sequence[str]) -> tuple[str, ...]:
    """A word that no row names, where there is one."""
    if each.values:
        return tuple(word for word in each.values if word not in words)[:1]
    other = "*"
    while other in words:
        other += "*"
    return (other,)


def _number_column(name: str, conditions: Sequence[Condition]) -> Column:
    points = sorted(
        {
            value
            for condition in conditions
            for value in (*condition.values, condition.low, condition.high)
            if is_number(value)
        }
    )
    values: list[FactValue | None] = [None]
    atoms: list[int] = []
    if points:
        values.append(_beyond(points[0], -1))
    else:
        values.append(0)
    for at, point in enumerate(points):
        atoms.append(len(values))
        values.append(point)
        between = _beyond(point, 1) if at + 1 == len(points) else _between(name, point, points[at + 1])
        if between is not None:
            values.append(between)
    places: dict[FactValue, int] = dict(zip(points, atoms, strict=True))
    return Column(name, tuple(values), places=places, points=tuple(points), atoms_of_points=tuple(atoms))


def _beyond(point: float, step: int) -> float:
    """A number beyond the outermost, however large it is."""
    return point + step if point + step != point else point * (2 if (point > 0) == (step > 0) else 0.5)


def _between(name: str, low: float, high: float) -> float | None:
    """A number between two, a whole one if it can be; None where there is none, as between two days."""
    whole = int(low // 1) + 1
    if whole < high:
        return whole
    middle = low + (high - low) / 2
    return None if name == DAY_FIELD or not low < middle < high else middle
