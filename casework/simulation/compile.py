"""A policy as one statement over stored decisions: what each of them would be, counted by what came out.

Base rows become one number, the position of the first that holds; overlay rows become bits. Rows are asked
where they can hold only: those that want a certain word stand behind that word, in a CASE over the words, so
that a decision meets a few rows of five thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from sqlalchemy import ColumnElement, case

from casework.simulation.conditions import FactColumns, json_text
from db.documents import least, quoted, whole
from rules.evaluate import holds
from rules.model import Condition, Operator, Policy, Rule, conditions_of
from rules.router import UNITS_FIELD

BITS = 60
"""Overlay rows in one column: SQLite's integers have 63 bits."""
_FEW = 6
"""So few rows are asked one by one."""
_DEPTH = 4
"""So many words deep rows are sorted; SQLite's parser gives up on deep statements."""
_COPIES = 64
"""Behind so many words one row may stand, or the statement would grow beyond all bounds."""
_ARGUMENTS = 100
"""SQLite's functions take no more than 127 arguments."""

Number = ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row with what is left to ask of it. `value` is its position, or its bit; `copies` is behind how many
    words it stands."""

    value: int
    conditions: tuple[Condition, ...]
    copies: int = 1


@dataclass(frozen=True, slots=True)
class UnitsClass:
    """Counts of units that no base row tells apart, of which one is `example` (None: not known), and the
    base rows that are left to ask for them."""

    example: int | None
    rows: tuple[Row, ...]


class Questions:
    """What a policy asks of facts, apart from how many units its rows name.

    That count is known when the first verdict is, and may change it; so base rows are asked for every class
    of counts, while an overlay row is asked without it and judged by `overlays` later.
    """

    def __init__(self, policy: Policy) -> None:
        self._base, self._overlays = policy.base_rules(), policy.overlay_rules()
        self.conditions = tuple(
            condition
            for rule in (*self._base, *self._overlays)
            for condition in conditions_of(rule)
            if condition.field != UNITS_FIELD
        )
        self._units = {
            at: found
            for at, rule in enumerate(self._overlays)
            if (found := [each for each in conditions_of(rule) if each.field == UNITS_FIELD])
        }
        self.base_classes, self._class_of = _classes(self._base, _most_units(policy))
        self.asks_units = len(self.base_classes) > 1 or bool(self._units)

    @property
    def none(self) -> int:
        """What stands for no base row."""
        return len(self._base)

    def base(self, columns: FactColumns) -> list[Number]:
        """For each class of counts the position of the first base row that holds, or `none`."""
        return [_first(each.rows, columns, self.none) for each in self.base_classes]

    def masks(self, columns: FactColumns) -> list[Number]:
        """The overlay rows that hold, BITS in a column, the first row being the lowest bit."""
        rows = [
            Row(1 << at % BITS, _without_units(conditions_of(rule))) for at, rule in enumerate(self._overlays)
        ]
        return [_sum(rows[start : start + BITS], columns) for start in range(0, len(rows), BITS)]

    def position(self, base: Sequence[int], units: int | None) -> int | None:
        """The base row that holds for a count of units."""
        found = base[self._class_of[units]]
        return None if found == self.none else found

    def overlays(self, masks: Sequence[int], units: int | None) -> tuple[int, ...]:
        """The overlay rows that hold for a count of units."""
        facts = {} if units is None else {UNITS_FIELD: units}
        held = (
            column * BITS + bit
            for column, mask in enumerate(masks)
            for bit in range(mask.bit_length())
            if mask >> bit & 1
        )
        return tuple(at for at in held if all(holds(each, facts) for each in self._units.get(at, ())))


def _most_units(policy: Policy) -> int:
    """How many functions the rows can name together at most."""
    outcomes = [rule.outcome for rule in policy.rules]
    leads = {outcome.lead for outcome in outcomes if outcome.lead}
    return len(leads.union(*(outcome.co_functions for outcome in outcomes)))


def _classes(base: Sequence[Rule], most: int) -> tuple[list[UnitsClass], Mapping[int | None, int]]:
    """The classes of counts, and the class of each count. Counts are known from two on."""
    places: dict[tuple[Row, ...], int] = {}
    class_of: dict[int | None, int] = {}
    found: list[UnitsClass] = []
    asked = any(each.field == UNITS_FIELD for rule in base for each in conditions_of(rule))
    for units in (None, *range(2, most + 1)):
        if found and not asked:
            class_of[units] = 0
            continue
        facts = {} if units is None else {UNITS_FIELD: units}
        rows = tuple(
            Row(at, _without_units(conditions))
            for at, conditions in enumerate(map(conditions_of, base))
            if all(holds(each, facts) for each in conditions if each.field == UNITS_FIELD)
        )
        if rows not in places:
            places[rows] = len(found)
            found.append(UnitsClass(units, rows))
        class_of[units] = places[rows]
    return found, class_of


def _without_units(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(condition for condition in conditions if condition.field != UNITS_FIELD)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows behind the words of one field, without the condition that put them there, and the other rows."""

    field: str
    by_word: Mapping[str, tuple[Row, ...]]
    left: tuple[Row, ...]


def _first(rows: Sequence[Row], columns: FactColumns, none: int, depth: int = 0) -> Number:
    """The lowest value among the rows that hold, or `none`. The rows are in the order of their values."""
    nothing = whole(none)
    parts: list[Number] = []
    while found := _by_word(rows, _is_word, depth):
        rows = found.left
        parts.append(
            case(
                {
                    quoted(json_text(word)): _first(behind, columns, none, depth + 1)
                    for word, behind in found.by_word.items()
                },
                value=columns.text(found.field),
                else_=nothing,
            )
        )
    while found := _by_word(rows, _shares_word, depth):
        rows = found.left
        for word, behind in found.by_word.items():
            has = columns.has_word(found.field, word)
            parts.append(case((has, _first(behind, columns, none, depth + 1)), else_=nothing))
    if rows:
        asked = [(columns.all_hold(row.conditions), whole(row.value)) for row in rows]
        parts.append(case(*asked, else_=nothing))
    return _least(parts) if parts else nothing


def _least(parts: Sequence[Number]) -> Number:
    while len(parts) > 1:
        chunks = [parts[at : at + _ARGUMENTS] for at in range(0, len(parts), _ARGUMENTS)]
        parts = [least(*chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks]
    return parts[0]


def _sum(rows: Sequence[Row], columns: FactColumns) -> Number:
    """The values of all rows that hold, added up."""
    nothing = whole(0)
    parts: list[Number] = []
    if found := _by_word(rows, _is_word, 0):
        rows = found.left
        branches = {
            quoted(json_text(word)): _sum_of_each(behind, columns) for word, behind in found.by_word.items()
        }
        parts.append(case(branches, value=columns.text(found.field), else_=nothing))
    return reduce(add, [*parts, _sum_of_each(rows, columns)]) if rows else parts[0]


def _sum_of_each(rows: Sequence[Row], columns: FactColumns) -> Number:
    nothing = whole(0)
    return reduce(
        add,
        [case((columns.all_hold(row.conditions), whole(row.value)), else_=nothing) for row in rows],
    )


def _by_word(rows: Sequence[Row], asks: Callable[[Condition], bool], depth: int) -> Sorted | None:
    """The rows sorted by the words of the field that most of them ask in this way; None where that saves
    little: each word is looked for, or compared, before its rows are asked."""
    asking: Counter[str] = Counter()
    for row in rows:
        asking.update({each.field for each in row.conditions if _sorts(each, row, asks)})
    field, count = max(asking.items(), key=lambda entry: entry[1], default=("", 0))
    if count <= _FEW or depth >= _DEPTH:
        return None
    by_word: dict[str, list[Row]] = {}
    left: list[Row] = []
    for row in rows:
        taken = next(
            (each for each in row.conditions if each.field == field and _sorts(each, row, asks)), None
        )
        if taken is None:
            left.append(row)
            continue
        others = tuple(each for each in row.conditions if each is not taken)
        rest = replace(row, conditions=others, copies=row.copies * len(taken.values))
        for word in dict.fromkeys(taken.values):
            by_word.setdefault(str(word), []).append(rest)
    if asks is _shares_word and 2 * len(by_word) > count:
        return None
    return Sorted(field, {word: tuple(behind) for word, behind in by_word.items()}, tuple(left))


def _sorts(condition: Condition, row: Row, asks: Callable[[Condition], bool]) -> bool:
    return asks(condition) and row.copies * len(condition.values) <= _COPIES


def _is_word(condition: Condition) -> bool:
    return condition.operator in (Operator.EQUALS, Operator.IN) and _wants_words(condition)


def _shares_word(condition: Condition) -> bool:
    return condition.operator is Operator.ANY_OF and _wants_words(condition)


def _wants_words(condition: Condition) -> bool:
    named = all(isinstance(value, str) for value in condition.values)
    return bool(condition.values) and named and not condition.negated
