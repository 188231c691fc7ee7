"""Training the vote: learnt from four fifths of the confirmed decisions and measured on the rest, then learnt
from all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zlib import crc32

from casework.confirmed import ConfirmedDecision
from rules.vote import Vote
from rules.vote_learning import learn
from rules.vote_measure import Asked, VoteFigures, measure

LEAST_CONFIRMED = 500
"""Confirmed decisions below which a vote is not worth asking."""
_HELD_BACK = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """The vote of all decisions, and how one of four fifths of them fared on the others."""

    vote: Vote
    figures: VoteFigures


def train(decisions: Sequence[ConfirmedDecision], learnt_on: date) -> Trained:
    """Learn and measure; the same from the same decisions, in whatever order. Takes at least
    LEAST_CONFIRMED of them, and some seconds for ten thousand."""
    ordered = sorted(decisions, key=lambda each: each.dispute_id)
    known = [each.lesson for each in ordered if not is_held_back(each.dispute_id)]
    asked = [
        Asked(each.lesson, each.by_rules, each.confirmation.value)
        for each in ordered
        if is_held_back(each.dispute_id)
    ]
    figures = measure(learn(known, learnt_on), asked)
    return Trained(learn([each.lesson for each in ordered], learnt_on), figures)


def is_held_back(dispute_id: UUID) -> bool:
    """Whether a dispute is one of the fifth that measures."""
    return crc32(dispute_id.bytes) % _HELD_BACK == 0
