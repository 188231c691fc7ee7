"""Votes for the tests: one learnt from the labelled sample, and small ones made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from rules.labelled import Labelled
from rules.vote import UNIT, Vote, marks
from rules.vote_learning import Lesson, learn
from tests.rules.scoring import cases, sample

DAY = date(2026, 11, 21)


@cache
def labelled() -> tuple[Labelled, ...]:
    """The sample and two files of ordinary complaints."""
    return (*sample(), *cases("ordinary"), *cases("city"))


def lessons(told: Iterable[Labelled]) -> list[Lesson]:
    """What a vote learns of them."""
    return [Lesson(marks(each.text), each.lead) for each in told]


@cache
def learnt() -> Vote:
    """A vote of all of them."""
    return learn(lessons(labelled()), DAY)


def vote_for(text: str, function: str, *others: str, strength: int = 20) -> Vote:
    """A vote that is for one function wherever it sees a mark of the text; the stronger, the surer."""
    return Vote(
        functions=(function, *others),
        decisions=(1,) * (1 + len(others)),
        sharpness=1_000,
        weights={mark: (strength * UNIT, *(0 for _ in others)) for mark in marks(text)},
        learnt_on=DAY,
    )
