"""The facts of a policy as columns of atoms: all that its rows can tell apart, and nothing more.

A field of one word, number or flag is one column. Its atom 0 stands for the fact that is not known; the
others for each value that a row names, each gap between two numbers, and any other word. A field of several
words is one column for each word that a row names, with the atoms "does not have it" and "has it", and one
for any other word; its fact is unknown where it has none of them.

The region of a dispute is one place with all places above it. Where it is known which places there are, that
is one column, whose atoms are the places that rows can tell apart; otherwise regions are taken for ordinary
words, and a witness may name places that never go together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import reduce
from operator import and_, or_

from rules.evaluate import is_number
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FactField,
    Facts,
    FactValue,
    FieldKind,
    Operator,
    Rule,
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
    within: Mapping[FactValue, int] = attribute(default_factory=dict)
    """Of the column of one place: the cell of the places in each region that a row names."""

    @property
    def every(self) -> int:
        """The cell of all atoms."""
        return (1 << len(self.values)) - 1

    def cell(self, condition: Condition) -> int:
        """The atoms for which the condition holds, of a field of one value or one place."""
        if condition.operator is Operator.PRESENT:
            cell = self.every & ~1
        elif condition.operator is Operator.BETWEEN:
            cell = self._range(condition)
        elif condition.operator is Operator.ALL_OF:
            cell = reduce(and_, (self.within[value] for value in condition.values), self.every & ~1)
        elif condition.operator is Operator.ANY_OF:
            cell = reduce(or_, (self.within[value] for value in condition.values), 0)
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
    """The columns of some rows' conditions, with the way back from atoms to facts. `lineages` are the places
    that there are, each with all above it; none where that is not known."""

    def __init__(
        self, fields: Sequence[FactField], rules: Sequence[Rule], lineages: Sequence[frozenset[str]] = ()
    ) -> None:
        named = _conditions_by_field(rules)
        self.all: list[Column] = []
        self.of_field: dict[str, list[int]] = {}
        for each in fields:
            if each.name not in named:
                continue
            start = len(self.all)
            if each.name == REGION_FIELD and each.kind is FieldKind.CHOICES and lineages:
                self.all.append(_place_column(named[each.name], lineages))
            else:
                self.all.extend(_columns(each, named[each.name]))
            self.of_field[each.name] = list(range(start, len(self.all)))
        self._words = {
            (column.field, column.word): at for at, column in enumerate(self.all) if column.word is not None
        }

    def split(self, name: str) -> bool:
        """Whether each word of the field is a column of its own."""
        return any(self.all[at].word is not None for at in self.of_field[name])

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


def _conditions_by_field(rules: Sequence[Rule]) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for rule in rules:
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


def _place_column(conditions: Sequence[Condition], lineages: Sequence[frozenset[str]]) -> Column:
    """The places that rows can tell apart, the highest first. A region that no place lies in stands alone:
    it may be founded yet."""
    named = {value for condition in conditions for value in condition.values if isinstance(value, str)}
    strangers = named.difference(*lineages)
    told_apart: dict[frozenset[str], frozenset[str]] = {}
    for lineage in sorted([*lineages, *(frozenset({word}) for word in strangers)], key=_height):
        told_apart.setdefault(lineage & named, lineage)
    within: dict[FactValue, int] = dict.fromkeys(named, 0)
    for at, words in enumerate(told_apart, 1):
        for word in words:
            within[word] |= 1 << at
    return Column(REGION_FIELD, (None, *told_apart.values()), within=within)


def _height(lineage: frozenset[str]) -> tuple[int, list[str]]:
    return len(lineage), sorted(lineage)


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
