"""The statistical vote: how often texts of the same characters were led by each function. It orders what is
close and warns; it never decides.

What it knows of a text are its single characters and pairs, by numbers: the words themselves are nowhere
kept.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar
from zlib import crc32

from rules.folding import fold
from rules.personal_data import masked_text

BUCKETS = 1 << 20
"""Numbers that characters and pairs share: a text has some hundreds, a model knows some ten thousand."""
LONGEST_VOTED = 2_000
"""Characters of a text that are looked at."""
UNIT = 64
"""Weights are whole numbers of this part of a natural logarithm."""
SHARPNESS_UNIT = 1_000
DISAGREES_FROM = 0.9
"""The share from which on a vote for another lead is told."""
CLOSE = 0.2
"""Candidates whose shares of the evidence are as near to each other as this are ordered by the vote."""

_SHIFT = 32 - BUCKETS.bit_length() + 1

Shares = Mapping[str, float]
"""The share of each function, from 0 to 1; together 1."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vote:
    """What has been learnt. `decisions` counts them for each of `functions`; `weights` has by its bucket what
    a mark adds for each function, in parts of `UNIT`; `sharpness`, in parts of `SHARPNESS_UNIT`, makes shares
    of these sums that are as often right as they say."""

    functions: tuple[str, ...]
    decisions: tuple[int, ...]
    sharpness: int
    weights: Mapping[int, Sequence[int]]
    learnt_on: date

    def shares(self, text: str) -> Shares:
        """How the vote about a text is divided. A text of which nothing is known gets the functions' shares
        of the decisions."""
        return self.shares_of_marks(marks(text))

    def shares_of_marks(self, found: Iterable[int]) -> Shares:
        """The same for the marks of a text."""
        sums = evidence(self.weights, found)
        if sums is None:
            total = sum(self.decisions)
            return {name: count / total for name, count in zip(self.functions, self.decisions, strict=True)}
        return dict(zip(self.functions, softened(sums, self.sharpness), strict=True))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The function that the vote would let lead instead, and its share."""

    function: str
    share: float


def disagreement(shares: Shares, lead: str) -> Disagreement | None:
    """The vote against a lead, where it is strong."""
    function = first(shares)
    if function == lead or shares[function] < DISAGREES_FROM:
        return None
    return Disagreement(function, shares[function])


def first(shares: Shares) -> str:
    """The function with the greatest share; of equal ones the first by its code."""
    return min(shares, key=lambda each: (-shares[each], each))


def ranked(candidates: Sequence[T], scores: Sequence[float], votes: Sequence[float]) -> list[T]:
    """Candidates, best first; those close to the first of their group stand in the order of their votes."""
    groups: list[list[int]] = []
    for at, score in enumerate(scores):
        if not groups or scores[groups[-1][0]] - score > CLOSE:
            groups.append([])
        groups[-1].append(at)
    return [candidates[at] for group in groups for at in sorted(group, key=lambda each: -votes[each])]


def marks(text: str) -> array[int]:
    """The buckets of a text's letters and of its pairs of neighbours, each once, in ascending order. Digits,
    signs and personal data have none."""
    letters = "".join(sign if sign.isalpha() else " " for sign in fold(masked_text(text[:LONGEST_VOTED])))
    return array("I", sorted({crc32(mark.encode()) >> _SHIFT for mark in _marks(letters)}))


def _marks(letters: str) -> Iterator[str]:
    for word in letters.split():
        yield from word
        for first, second in pairwise(word):
            yield first + second


def evidence(weights: Mapping[int, Sequence[int]], found: Iterable[int]) -> list[float] | None:
    """What the known marks of a text say for each function; None where no mark is known. Marks of one text
    repeat each other, so their sum is divided by the root of their number."""
    rows = [weights[mark] for mark in found if mark in weights]
    if not rows:
        return None
    scale = UNIT * math.sqrt(len(rows))
    return [sum(column) / scale for column in zip(*rows, strict=True)]


def softened(sums: Sequence[float], sharpness: int) -> list[float]:
    """Shares that add up to 1, in the proportion of the exponentials."""
    strength, top = sharpness / SHARPNESS_UNIT, max(sums)
    parts = [math.exp(strength * (each - top)) for each in sums]
    total = math.fsum(parts)
    return [part / total for part in parts]
