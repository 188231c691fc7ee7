"""Rows as boxes in one space, as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rules.analysis.boxes import Box, TooManyBoxes, boxes_of, contains
from rules.analysis.columns import Columns
from rules.analysis.search import Space, mask_of
from rules.analysis.work import Limit, Work
from rules.index import bits
from rules.model import FactField, Facts, Outcome, Rule

MOST_BITS = 1_000_000_000
"""Bits of all masks of a table: 125 MB, and some seconds to make them."""
MOST_BOXES_IN_ALL = 300_000
_MANY = 16


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows in one space: row `at` has the boxes from `starts[at]` to `starts[at + 1]`.

    `left_out` are positions of rows that are not in the space, by the limit that kept them out: what is found
    among the others holds nevertheless, but whether facts meet no row cannot be told.
    """

    rules: Sequence[Rule]
    space: Space
    starts: Sequence[int]
    owners: Sequence[int]
    left_out: dict[int, Limit]
    outcomes: Sequence[int]
    """A number for the outcome of each row, the same for the same."""

    def boxes(self, at: int) -> range:
        """The boxes of a row."""
        return range(self.starts[at], self.starts[at + 1])

    def mask(self, at: int) -> int:
        """The boxes of a row, as a mask."""
        return ((1 << len(self.boxes(at))) - 1) << self.starts[at]

    def before(self, at: int) -> int:
        """The boxes of all rows in front of this one."""
        return (1 << self.starts[at]) - 1

    def rows(self, boxes: int) -> Iterator[int]:
        """The rows that the boxes are of, in order."""
        for owner, _ in groupby(self.owners[box] for box in bits(boxes)):
            yield owner

    def covered(self, at: int, among: int, work: Work, met: set[int] | None = None) -> bool:
        """Whether every point of the row lies in one of these boxes. Raises OutOfWork."""
        space = self.space
        return all(space.escape(space.boxes[box], among, work, met) is None for box in self.boxes(at))

    def candidates(self, at: int, among: int, work: Work) -> list[int]:
        """The rows of `among` that may hold wherever this row does: they hold at a point of it and, where
        many do, at another one far from it. Raises OutOfWork."""
        found = list(self.rows(self.space.hits(self.plainest(at), among, work)))
        if len(found) > _MANY:
            fullest = set(self.rows(self.space.hits_at_fullest(self.plainest(at), among, work)))
            found = [each for each in found if each in fullest]
        return found

    def within(self, at: int, each: int, work: Work) -> bool:
        """Whether row `each` holds wherever row `at` does. Raises OutOfWork."""
        boxes = self.space.boxes
        outer = [boxes[other] for other in self.boxes(each)]
        inner = [boxes[box] for box in self.boxes(at)]
        work.take(4 + 2 * len(outer) * len(inner))
        if all(any(contains(other, box) for other in outer) for box in inner):
            return True
        # One box that does not hold another does not cover it; several may do so together.
        return len(outer) > 1 and self.covered(at, self.mask(each), work)

    def plainest(self, at: int) -> Box:
        """A box of the row, whose plainest point stands for it."""
        return self.space.boxes[self.starts[at]]

    def facts(self, region: Box) -> Facts:
        """The facts of the plainest point of a region."""
        return self.space.columns.facts(self.space.point(region))

    def by_outcome(self) -> list[int]:
        """The boxes of all rows of each outcome, by its number."""
        found: list[list[int]] = [[] for _ in range(1 + max(self.outcomes, default=-1))]
        for at, outcome in enumerate(self.outcomes):
            found[outcome].extend(self.boxes(at))
        return [mask_of(boxes, len(self.space.boxes)) for boxes in found]


def table_of(
    fields: Sequence[FactField], rules: Sequence[Rule], lineages: Sequence[frozenset[str]] = ()
) -> Table:
    """The rows as boxes. Where they do not all fit, the first of them do."""
    fitting = len(rules)
    while True:
        table = _table(fields, rules, fitting, lineages)
        if table is not None:
            return table
        fitting //= 2


def _table(
    fields: Sequence[FactField], rules: Sequence[Rule], fitting: int, lineages: Sequence[frozenset[str]]
) -> Table | None:
    """The first rows as boxes; None where they do not fit."""
    columns = Columns(fields, rules[:fitting], lineages)
    boxes: list[Box] = []
    owners: list[int] = []
    starts = [0]
    left_out = dict.fromkeys(range(fitting, len(rules)), Limit.MEMORY)
    most = MOST_BITS // (1 + sum(len(column.values) for column in columns.all))
    for at, rule in enumerate(rules):
        own: list[Box] = []
        if at < fitting:
            try:
                own = boxes_of(rule, columns)
            except TooManyBoxes:
                left_out[at] = Limit.WAYS
        boxes.extend(own)
        owners.extend([at] * len(own))
        starts.append(len(boxes))
        if len(boxes) > min(most, MOST_BOXES_IN_ALL):
            return None
    numbers: dict[Outcome, int] = {}
    outcomes = [numbers.setdefault(rule.outcome, len(numbers)) for rule in rules]
    return Table(rules, Space(columns, boxes), starts, owners, left_out, outcomes)
