"""Rows as boxes over the columns: a row holds for just the points that lie in one of its boxes.

A condition on one value is a cell of its column. One on several words may be met in several ways ("has noise"
or "has dust"), each of which is a box of its own; boxes of one row may overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.analysis.columns import HAS, LACKS, Columns
from rules.model import Condition, Operator, Rule, conditions_of

MOST_BOXES = 1024
"""How many boxes a row may have. Only a row that asks for several of many words several times has more."""

_MOST_TRIED = 4 * MOST_BOXES  # combinations, of which many come to nothing or to the same

Box = Mapping[int, int]
"""Cell by position of the column; a column that is not named may have any atom."""


@dataclass(frozen=True, slots=True)
class TooManyBoxes(Exception):
    """A row can be met in too many ways to be analysed."""

    rule: str


def boxes_of(rule: Rule, columns: Columns) -> list[Box]:
    """The boxes of a row; none where it can never hold. Raises TooManyBoxes."""
    boxes: list[Box] = [{}]
    for condition in conditions_of(rule):
        ways = list(_ways(condition, columns))
        if len(boxes) * len(ways) > _MOST_TRIED:
            raise TooManyBoxes(rule.id)
        boxes = [met for box in boxes for way in ways if (met := both(box, way)) is not None]
        boxes = list({tuple(sorted(box.items())): box for box in boxes}.values())
        if len(boxes) > MOST_BOXES:
            raise TooManyBoxes(rule.id)
    return boxes


def both(left: Box, right: Box) -> Box | None:
    """What two boxes share; None where that is nothing."""
    met = dict(left)
    for column, cell in right.items():
        shared = met.get(column, cell) & cell
        if not shared:
            return None
        met[column] = shared
    return met


def contains(outer: Box, inner: Box) -> bool:
    """Whether all of one box lies in another."""
    return all(column in inner and not inner[column] & ~cell for column, cell in outer.items())


def _ways(condition: Condition, columns: Columns) -> Iterator[Box]:
    if not columns.split(condition.field):
        at = columns.of_field[condition.field][0]
        if cell := columns.all[at].cell(condition):
            yield {} if cell == columns.all[at].every else {at: cell}
        return
    if condition.operator is Operator.PRESENT:
        asked: list[int | None] = list(columns.of_field[condition.field])
    else:
        asked = [columns.word(condition.field, word) for word in condition.values]
    possible = [at for at in asked if at is not None]
    if condition.operator is not Operator.ALL_OF:
        yield from [dict.fromkeys(possible, LACKS)] if condition.negated else ({at: HAS} for at in possible)
    elif condition.negated:
        # A word that the field cannot have is lacking whatever else it has.
        yield from ({at: LACKS} for at in possible) if len(possible) == len(asked) else [{}]
    elif len(possible) == len(asked):
        yield dict.fromkeys(possible, HAS)
