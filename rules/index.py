"""The bitset index: which rows can hold for these facts, by a handful of ANDs over whole columns.

Bit i of a mask stands for row i. For every code of a column there is the mask of the rows that its value
leaves possible, so the rows that hold are the AND over the columns, and the first hit is the lowest bit. Rows
are cut into segments: an early hit ends the search, and each AND stays short. The few conditions that no mask
can express are verified on the candidates by the reference evaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.coding import CodedRow, Coding, Spans
from rules.evaluate import evaluate, holds
from rules.model import Condition, Facts, FactValue, Operator, Policy, Verdict

SEGMENT = 3600
"""Rows of a segment: 120 digits of a Python integer, the most that its fast allocator takes."""


@dataclass(frozen=True, slots=True)
class _WordSets:
    """A field of several words: the rows that need none, that each word is enough for, that it rules out."""

    field: str
    free: int
    enough: Mapping[str, int]
    excluded: Mapping[str, int]

    def rows(self, words: FactValue | None) -> int:
        """The mask of the rows that the fact leaves possible."""
        rows = self.free
        if not words or not isinstance(words, frozenset):
            return rows
        for word in words:
            rows |= self.enough.get(word, 0)
        if self.excluded:
            for word in words:
                rows &= ~self.excluded.get(word, 0)
        return rows


class _Segment:
    """Up to `SEGMENT` rows and their masks."""

    def __init__(self, start: int, rows: Sequence[CodedRow], coding: Coding) -> None:
        self.start = start
        self.every = (1 << len(rows)) - 1
        spans_by_column: dict[int, dict[int, Spans]] = {}
        uncoded_by_field: dict[str, dict[int, list[Condition]]] = {}
        for at, row in enumerate(rows):
            for column, spans in row.spans:
                spans_by_column.setdefault(column, {})[at] = spans
            for condition in row.uncoded:
                uncoded_by_field.setdefault(condition.field, {}).setdefault(at, []).append(condition)
        columns = [
            (column, _column_masks(spans, coding.size(column), len(rows)))
            for column, spans in spans_by_column.items()
        ]
        # The column that leaves the fewest rows comes first, so that most misses end after one or two ANDs.
        self.columns = sorted(columns, key=lambda entry: sum(map(int.bit_count, entry[1])) / len(entry[1]))
        self.sets: list[_WordSets] = []
        self.unproven: dict[int, list[Condition]] = {}
        for name, conditions in uncoded_by_field.items():
            self.sets.append(_word_sets(name, conditions, len(rows), self.unproven))
        self.possible = self._compiled()
        """Codes and facts in, the mask of the rows that no column rules out."""

    def _compiled(self) -> Callable[[Sequence[int], Facts], int]:
        """All ANDs as one expression, which ends with the first that leaves no row: as a loop they would take
        half as long again. Its text is made of positions alone."""
        masks = [f"masks{at}[codes[{column}]]" for at, (column, _) in enumerate(self.columns)]
        masks += [f"set{at}.rows(facts.get(set{at}.field))" for at in range(len(self.sets))]
        steps = ["(rows := every)", *(f"(rows := rows & {mask})" for mask in masks)]
        names: dict[str, object] = {f"masks{at}": masks for at, (_, masks) in enumerate(self.columns)}
        names |= {f"set{at}": words for at, words in enumerate(self.sets)}
        possible: Callable[[Sequence[int], Facts], int] = eval(  # noqa: S307 - nothing of a policy is in the text
            f"lambda codes, facts: {' and '.join(steps)}", {"every": self.every, **names}
        )
        return possible

    def failing_at_most_once(self, codes: Sequence[int], facts: Facts, among: int) -> int:
        """The mask of the rows of `among` that at most one column rules out."""
        never = at_most_once = among
        for column, masks in self.columns:
            rows = masks[codes[column]]
            if never:
                at_most_once = at_most_once & rows | never
                never &= rows
            else:
                at_most_once &= rows
                if not at_most_once:
                    return 0
        for words in self.sets:
            rows = words.rows(facts.get(words.field))
            at_most_once = at_most_once & rows | never
            never &= rows
        return at_most_once

    def ruling_out(self, row: int, codes: Sequence[int]) -> int | None:
        """The first column of codes that rules out a row, given as its bit."""
        for column, masks in self.columns:
            if not masks[codes[column]] & row:
                return column
        return None

    def proven(self, at: int, facts: Facts) -> bool:
        """Whether the conditions that the masks leave open hold for a possible row."""
        return all(holds(condition, facts) for condition in self.unproven.get(at, ()))


class RowIndex:
    """The masks of one list of rows, addressed by position."""

    def __init__(self, rows: Sequence[CodedRow], coding: Coding) -> None:
        self._segments = [
            _Segment(start, rows[start : start + SEGMENT], coding) for start in range(0, len(rows), SEGMENT)
        ]

    def first(self, codes: Sequence[int], facts: Facts) -> int | None:
        """The position of the first row that holds."""
        for segment in self._segments:
            rows = segment.possible(codes, facts)
            if rows and not segment.unproven:
                return segment.start + (rows & -rows).bit_length() - 1
            for at in bits(rows):
                if segment.proven(at, facts):
                    return segment.start + at
        return None

    def every(self, codes: Sequence[int], facts: Facts) -> tuple[int, ...]:
        """The positions of all rows that hold, in order."""
        if not self._segments:
            return ()
        return tuple(
            segment.start + at
            for segment in self._segments
            for at in bits(segment.possible(codes, facts))
            if segment.proven(at, facts)
        )

    def near(
        self, codes: Sequence[int], facts: Facts, among: Sequence[int], before: int | None
    ) -> Iterator[tuple[int, int | None]]:
        """The rows of `among` (from `select`) in front of `before` that at most one column rules out, in
        order: their positions, each with the column of codes that rules it out. Without one a set of words
        does, or the row may hold after all."""
        for segment, selected in zip(self._segments, among, strict=True):
            if before is not None and before - segment.start < SEGMENT:
                if before <= segment.start:
                    return
                selected &= (1 << (before - segment.start)) - 1
            rows = segment.failing_at_most_once(codes, facts, selected) if selected else 0
            while rows:
                lowest = rows & -rows
                yield segment.start + lowest.bit_length() - 1, segment.ruling_out(lowest, codes)
                rows ^= lowest

    def select(self, positions: Iterable[int]) -> tuple[int, ...]:
        """These positions as one mask for each segment."""
        found: list[list[int]] = [[] for _ in self._segments]
        for position in positions:
            found[position // SEGMENT].append(position % SEGMENT)
        return tuple([_mask(each, SEGMENT) for each in found])


class Index:
    """A whole policy's index. It answers exactly what the reference evaluator answers, in microseconds."""

    def __init__(self, policy: Policy) -> None:
        base, overlays = policy.base_rules(), policy.overlay_rules()
        self.policy = policy
        self.coding = Coding((*base, *overlays))
        self._encode = self.coding.encode
        self.base_rows = tuple(self.coding.row(rule) for rule in base)
        self.overlay_rows = tuple(self.coding.row(rule) for rule in overlays)
        self.base = RowIndex(self.base_rows, self.coding)
        self.overlays = RowIndex(self.overlay_rows, self.coding)
        # A frozen dataclass takes longer to make than to look up.
        self._plain = tuple(Verdict(at, ()) for at in range(len(base)))
        self._none = Verdict(None, ())

    def verdict(self, facts: Facts, codes: Sequence[int] | None = None) -> Verdict:
        """The first base row and all overlay rows that hold. `codes` are those of the facts, where they have
        been given already."""
        if codes is None:
            try:
                codes = self._encode(facts)
            except TypeError:
                return evaluate(self.policy, facts)
        return self.answer(self.base.first(codes, facts), self.overlays.every(codes, facts))

    def answer(self, base: int | None, overlays: tuple[int, ...]) -> Verdict:
        """The verdict of these positions."""
        if overlays:
            return Verdict(base, overlays)
        return self._none if base is None else self._plain[base]


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _mask(positions: Iterable[int], length: int) -> int:
    found = bytearray(length // 8 + 1)
    for at in positions:
        found[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(found, "little")


def _column_masks(spans_by_row: Mapping[int, Spans], size: int, length: int) -> list[int]:
    """The rows left possible, for each code: a sweep over the codes that turns rows on and off."""
    toggles: dict[int, list[int]] = {}
    for at, spans in spans_by_row.items():
        for low, high in spans:
            toggles.setdefault(low, []).append(at)
            toggles.setdefault(high + 1, []).append(at)
    every = (1 << length) - 1
    rows = every & ~_mask(spans_by_row, length)
    same: dict[int, int] = {}
    masks: list[int] = []
    for code in range(size):
        if code in toggles:
            rows ^= _mask(toggles[code], length)
        # Many codes leave the same rows: they share one integer.
        masks.append(same.setdefault(rows, rows))
    return masks


def _word_sets(
    name: str,
    conditions_by_row: Mapping[int, list[Condition]],
    length: int,
    unproven: dict[int, list[Condition]],
) -> _WordSets:
    """The masks of one field of several words. What they cannot express is added to `unproven`."""
    enough: dict[str, list[int]] = {}
    excluded: dict[str, list[int]] = {}
    demanding: set[int] = set()
    for at, conditions in conditions_by_row.items():
        for condition in conditions:
            any_of = condition.operator is Operator.ANY_OF
            if any_of and condition.negated:
                rows_by_word = excluded
            elif any_of and at not in demanding:
                demanding.add(at)
                rows_by_word = enough
            else:
                unproven.setdefault(at, []).append(condition)
                continue
            for word in condition.values:
                if isinstance(word, str):
                    rows_by_word.setdefault(word, []).append(at)
    return _WordSets(
        field=name,
        free=((1 << length) - 1) & ~_mask(demanding, length),
        enough={word: _mask(rows, length) for word, rows in enough.items()},
        excluded={word: _mask(rows, length) for word, rows in excluded.items()},
    )
