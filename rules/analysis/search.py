"""Is there a point of a box that lies in none of many others? The question behind every shadow and gap.

Bit i of a mask stands for box i. The plainest point of the region (of each column its first atom, which is
the unknown fact where that will do) meets few boxes; where it meets none, it is the answer. Otherwise one box
that it meets is taken away from the region, and what is left, in smaller regions, is searched in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rules.analysis.boxes import Box, both
from rules.analysis.columns import Columns
from rules.index import bits

_LOOKED_AT = 16  # of the boxes that a point meets, how many are compared before one is taken away


@dataclass(frozen=True, slots=True)
class OutOfWork(Exception):
    """A question costs more steps than it may."""


@dataclass(slots=True)
class Work:
    """Steps that may still be taken: in all, and for one question. A step looks at one point."""

    left: int
    each: int
    asked: int = field(default=0, init=False)

    def ask(self) -> None:
        """Start on the next question."""
        self.asked = min(self.left, self.each)

    def step(self) -> None:
        """Take a step. Raises OutOfWork."""
        if self.asked <= 0:
            raise OutOfWork
        self.asked -= 1
        self.left -= 1


class Space:
    """Many boxes, as masks by column and atom."""

    def __init__(self, columns: Columns, boxes: Sequence[Box]) -> None:
        self.columns = columns
        self.boxes = boxes
        self.every = (1 << len(boxes)) - 1
        self._masks = _masks(columns, boxes)
        # The column that rules out most by its first atom is asked first, so that most points are soon free.
        self._order = sorted(self._masks, key=lambda column: self._masks[column][0].bit_count())

    def hits(self, region: Box, among: int) -> int:
        """The boxes of `among` that the plainest point of the region lies in."""
        for column in self._order:
            cell = region.get(column)
            among &= self._masks[column][0 if cell is None else _lowest(cell)]
            if not among:
                return 0
        return among

    def meets(self, box: Box, among: int) -> int:
        """The boxes of `among` that share a point with the box."""
        for column, cell in sorted(box.items(), key=lambda entry: entry[1].bit_count()):
            if among.bit_count() <= cell.bit_count():  # fewer boxes than atoms: ask the boxes
                return sum(1 << at for at in bits(among) if both(box, self.boxes[at]) is not None)
            masks = self._masks[column]
            allowed = 0
            for atom in bits(cell):
                allowed |= masks[atom]
            among &= allowed
            if not among:
                return 0
        return among

    def escape(self, region: Box, among: int, work: Work, met: set[int] | None = None) -> Box | None:
        """A region whose plainest point lies in no box of `among`; None where they cover the whole region.

        The boxes taken away are added to `met`; with None as the answer they cover it by themselves. Raises
        OutOfWork.
        """
        regions = [region]
        while regions:
            work.step()
            region = regions.pop()
            hits = self.hits(region, among)
            if not hits:
                return region
            looked_at = list(islice(bits(hits), _LOOKED_AT))
            opens = [self._open(region, box) for box in looked_at]
            best = min(range(len(opens)), key=lambda at: len(opens[at]))
            if met is not None:
                met.add(looked_at[best])
            regions.extend(self._without(region, looked_at[best], opens[best]))
        return None

    def point(self, region: Box) -> dict[int, int]:
        """The plainest point of a region, by column."""
        return {column: _lowest(cell) for column, cell in region.items()}

    def _open(self, region: Box, at: int) -> list[int]:
        """The columns in which the region goes beyond the box."""
        return [
            column
            for column, cell in self.boxes[at].items()
            if region.get(column, self.columns.all[column].every) & ~cell
        ]

    def _without(self, region: Box, at: int, open_columns: Sequence[int]) -> Iterator[Box]:
        """The region without a box, in regions that do not overlap."""
        inside = dict(region)
        for column in open_columns:
            cell = self.boxes[at][column]
            present = inside.get(column, self.columns.all[column].every)
            yield {**inside, column: present & ~cell}
            inside[column] = present & cell


def _lowest(cell: int) -> int:
    return (cell & -cell).bit_length() - 1


def _masks(columns: Columns, boxes: Sequence[Box]) -> dict[int, list[int]]:
    """The boxes that leave each atom possible, for the columns that any box asks."""
    asked: dict[int, list[int]] = {}
    for at, box in enumerate(boxes):
        for column in box:
            asked.setdefault(column, []).append(at)
    return {
        column: _sweep(
            [(at, boxes[at][column]) for at in asking], len(columns.all[column].values), len(boxes)
        )
        for column, asking in sorted(asked.items())
    }


def _sweep(cells: Sequence[tuple[int, int]], atoms: int, boxes: int) -> list[int]:
    """The mask of each atom, from one to the next: only where a cell begins or ends does a box come or go."""
    changes: dict[int, list[int]] = {}
    for at, cell in cells:
        for atom in bits(cell ^ cell << 1):
            changes.setdefault(atom, []).append(at)
    mask = ((1 << boxes) - 1) & ~_mask([at for at, _ in cells], boxes)
    masks: list[int] = []
    for atom in range(atoms):
        if atom in changes:
            mask ^= _mask(changes[atom], boxes)
        masks.append(mask)
    return masks


def _mask(positions: Sequence[int], boxes: int) -> int:
    found = bytearray(boxes // 8 + 1)
    for at in positions:
        found[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(found, "little")
