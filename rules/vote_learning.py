"""Learning the vote: complement naive Bayes, counted in whole numbers, the same from the same decisions.

For each function it counts the marks of the texts that other functions led: small functions learn from all
the rest, where their own few texts would tell little.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rules.vote import SHARPNESS_UNIT, UNIT, Vote, evidence, softened

LEAST_TEXTS = 3
"""Texts that have a mark before it is learnt: what only one or two people wrote tells of them."""
MOST_MARKS = 50_000
"""Marks that are learnt, the most frequent: some 15 MB of memory."""
_SHARPNESS = tuple(round(SHARPNESS_UNIT * 2 ** (step / 4)) for step in range(-16, 17))
_FOLDS = 4
_HARDLY = 1e-12  # no share is taken for less, so that one odd text does not outweigh all others


@dataclass(frozen=True, slots=True)
class Lesson:
    """The marks of a text, and the function that rightly led."""

    marks: array[int]
    function: str


def learn(lessons: Sequence[Lesson], learnt_on: date) -> Vote:
    """The vote of these decisions, at least one. Equal lessons in equal order make equal votes."""
    weights, counts = _weights(lessons)
    return Vote(
        functions=tuple(sorted(counts)),
        decisions=tuple(counts[function] for function in sorted(counts)),
        sharpness=_sharpness(lessons),
        weights=weights,
        learnt_on=learnt_on,
    )


def _weights(lessons: Iterable[Lesson]) -> tuple[dict[int, tuple[int, ...]], Counter[str]]:
    """What each mark adds for each function, and how many texts each function led."""
    texts: Counter[str] = Counter()
    every: Counter[int] = Counter()
    own: dict[str, Counter[int]] = {}
    for lesson in lessons:
        texts[lesson.function] += 1
        every.update(lesson.marks)
        own.setdefault(lesson.function, Counter()).update(lesson.marks)
    known = [mark for mark, count in every.items() if count >= LEAST_TEXTS]
    known = sorted(sorted(known, key=lambda mark: (-every[mark], mark))[:MOST_MARKS])
    total = sum(every[mark] for mark in known)
    functions = sorted(texts)
    elsewhere = [total - sum(own[function][mark] for mark in known) for function in functions]
    weights = {}
    for mark in known:
        logarithms = [
            # One is added to every count: a mark that nobody else has is rare elsewhere, not impossible.
            math.log((rest + len(known)) / (every[mark] - own[function][mark] + 1))
            for function, rest in zip(functions, elsewhere, strict=True)
        ]
        mean = math.fsum(logarithms) / len(functions)
        weights[mark] = tuple(round(UNIT * (each - mean)) for each in logarithms)
    return weights, texts


def _sharpness(lessons: Sequence[Lesson]) -> int:
    """The sharpness whose shares fit best to a quarter of the texts, when learnt from the others."""
    weights, counts = _weights(lesson for at, lesson in enumerate(lessons) if at % _FOLDS)
    places = {function: at for at, function in enumerate(sorted(counts))}
    asked = [
        (sums, places[lesson.function])
        for lesson in lessons[::_FOLDS]
        if lesson.function in places and (sums := evidence(weights, lesson.marks)) is not None
    ]

    def surprise(sharpness: int) -> float:
        return -math.fsum(math.log(max(softened(sums, sharpness)[place], _HARDLY)) for sums, place in asked)

    return min(_SHARPNESS, key=surprise) if asked else SHARPNESS_UNIT
