"""How often the vote and the rules named the function that rightly led, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rules.vote import DISAGREES_FROM, Vote, first
from rules.vote_learning import Lesson

MOST_DIFFERENCES = 10
"""Kinds of differences that are told, the most frequent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that was not learnt from. `by_rules` is the lead that the rules named, or their first
    candidate; None where they had none. `kind` tells how the decision came to stand."""

    lesson: Lesson
    by_rules: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Right:
    """Of `asked` decisions, for how many the vote and the rules named the right lead."""

    asked: int
    vote: int
    rules: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The vote named one function and the rules another, and how often which of them was right."""

    by_vote: str
    by_rules: str | None
    right: Right


@dataclass(frozen=True, slots=True)
class VoteFigures:
    """All that was asked, the same by kind, where vote and rules differed, where the vote would have warned,
    and the most frequent differences."""

    all: Right
    kinds: tuple[tuple[str, Right], ...]
    differing: Right
    warned: Right
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    asked: Asked
    by_vote: str
    share: float


def measure(vote: Vote, rows: Iterable[Asked]) -> VoteFigures:
    """The figures of a vote on decisions that it has not learnt from."""
    answers = []
    for asked in rows:
        shares = vote.shares_of_marks(asked.lesson.marks)
        by_vote = first(shares)
        answers.append(_Answer(asked, by_vote, shares[by_vote]))
    differing = [each for each in answers if each.by_vote != each.asked.by_rules]
    kinds = sorted({each.asked.kind for each in answers})
    pairs = Counter((each.by_vote, each.asked.by_rules or "") for each in differing)
    frequent = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:MOST_DIFFERENCES]
    return VoteFigures(
        all=_right(answers),
        kinds=tuple((kind, _right(each for each in answers if each.asked.kind == kind)) for kind in kinds),
        differing=_right(differing),
        warned=_right(each for each in differing if each.share >= DISAGREES_FROM),
        differences=tuple(
            Difference(
                by_vote,
                by_rules or None,
                _right(
                    each
                    for each in differing
                    if (each.by_vote, each.asked.by_rules or "") == (by_vote, by_rules)
                ),
            )
            for by_vote, by_rules in frequent
        ),
    )


def _right(answers: Iterable[_Answer]) -> Right:
    counted = [*answers]
    return Right(
        asked=len(counted),
        vote=sum(each.by_vote == each.asked.lesson.function for each in counted),
        rules=sum(each.asked.by_rules == each.asked.lesson.function for each in counted),
    )
