"""Is there a point of a box that lies in none of many others? The question behind every shadow and gap.

Bit i of a mask stands for box i. The plainest point of the region (of each column its first atom, which is
the unknown fact where that will do) meets few boxes; where it meets none, it is the answer. Otherwise one box
that it meets is taken away from the region, and what is left, in smaller regions, is searched in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from rules.analysis.boxes import Box, both
from rules.analysis.columns import Columns
from rules.analysis.work import Work
from rules.index import bits

_LOOKED_AT = 16  # of the boxes that a point meets, how many are compared before one is taken away
_BLOCK = 64  # atoms of a column whose boxes are also kept together, so that a wide cell is soon added up
_FEW = 8  # boxes that are sooner asked one by one than looked up
_BOXES_A_STEP = 8_000
_A_BOX = 4  # steps that it takes to compare one box, column by column


class Space:
    """Many boxes, as masks by column and atom. A step of work is a look at one mask of 8,000 boxes."""

    def __init__(self, columns: Columns, boxes: Sequence[Box]) -> None:
        self.columns = columns
        self.boxes = boxes
        self.every = (1 << len(boxes)) - 1
        self._masks = _masks(columns, boxes)
        self._blocks = {column: _blocks(masks) for column, masks in self._masks.items()}
        # The column that rules out most by its first atom is asked first, so that most points are soon free;
        # likewise by its last.
        self._plainest = self._order(0)
        self._fullest = self._order(-1)
        self._cost = 1 + len(boxes) // _BOXES_A_STEP

    def hits(self, region: Box, among: int, work: Work) -> int:
        """The boxes of `among` that the plainest point of the region lies in. Raises OutOfWork."""
        if (few := among.bit_count()) <= _FEW:
            work.take(1 + few * _A_BOX)
            point = self.point(region)
            return sum(
                1 << at
                for at in bits(among)
                if all(cell >> point.get(column, 0) & 1 for column, cell in self.boxes[at].items())
            )
        looks = 1
        for column, masks in self._plainest:
            if not among:
                break
            looks += 1
            cell = region.get(column)
            among &= masks[0 if cell is None else _lowest(cell)]
        work.take(looks * self._cost)
        return among

    def hits_at_fullest(self, region: Box, among: int, work: Work) -> int:
        """The boxes of `among` that the fullest point of the region (of each column its last atom) lies in.
        Raises OutOfWork."""
        looks = 1
        for column, masks in self._fullest:
            if not among:
                break
            looks += 1
            cell = region.get(column)
            among &= masks[-1 if cell is None else cell.bit_length() - 1]
        work.take(looks * self._cost)
        return among

    def _order(self, atom: int) -> list[tuple[int, list[int]]]:
        return sorted(self._masks.items(), key=lambda entry: entry[1][atom].bit_count())

    def meets(self, box: Box, among: int, work: Work) -> int:
        """The boxes of `among` that share a point with the box. Raises OutOfWork."""
        for column, cell in sorted(box.items(), key=lambda entry: entry[1].bit_count()):
            left = among.bit_count()
            if left <= _looks(cell):  # fewer boxes than masks to add up: ask the boxes
                work.take(left * _A_BOX)
                return sum(1 << at for at in bits(among) if both(box, self.boxes[at]) is not None)
            work.take(_looks(cell) * self._cost)
            among &= self._allowing(column, cell)
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
            region = regions.pop()
            hits = self.hits(region, among, work)
            if not hits:
                return region
            looked_at = list(islice(bits(hits), _LOOKED_AT))
            work.take(len(looked_at) * _A_BOX)
            opens = [self._open(region, box) for box in looked_at]
            best = min(range(len(opens)), key=lambda at: len(opens[at]))
            if met is not None:
                met.add(looked_at[best])
            regions.extend(self._without(region, looked_at[best], opens[best]))
        return None

    def point(self, region: Box) -> dict[int, int]:
        """The plainest point of a region, by column."""
        return {column: _lowest(cell) for column, cell in region.items()}

    def _allowing(self, column: int, cell: int) -> int:
        """The boxes that leave one of these atoms of the column possible."""
        masks, blocks = self._masks[column], self._blocks[column]
        allowed = 0
        for at, part in _parts(cell):
            if part == _WHOLE_BLOCK:
                allowed |= blocks[at]
            else:
                for atom in bits(part):
                    allowed |= masks[at * _BLOCK + atom]
        return allowed

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


_WHOLE_BLOCK = (1 << _BLOCK) - 1


def _parts(cell: int) -> Iterator[tuple[int, int]]:
    """The atoms of a cell, block by block."""
    at = 0
    while cell:
        if part := cell & _WHOLE_BLOCK:
            yield at, part
        cell >>= _BLOCK
        at += 1


def _looks(cell: int) -> int:
    """How many masks have to be added up for a cell."""
    if cell.bit_length() <= _BLOCK:
        return cell.bit_count()
    return sum(1 if part == _WHOLE_BLOCK else part.bit_count() for _, part in _parts(cell))


def _lowest(cell: int) -> int:
    return (cell & -cell).bit_length() - 1


def _blocks(masks: Sequence[int]) -> list[int]:
    """The boxes of each whole block of atoms."""
    found: list[int] = []
    for start in range(0, len(masks) - _BLOCK + 1, _BLOCK):
        together = 0
        for mask in masks[start : start + _BLOCK]:
            together |= mask
        found.append(together)
    return found


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
    mask = ((1 << boxes) - 1) & ~mask_of([at for at, _ in cells], boxes)
    masks: list[int] = []
    for atom in range(atoms):
        if atom in changes:
            mask ^= mask_of(changes[atom], boxes)
        masks.append(mask)
    return masks


def mask_of(positions: Sequence[int], boxes: int) -> int:
    """The mask with these bits, of so many."""
    found = bytearray(boxes // 8 + 1)
    for at in positions:
        found[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(found, "little")
