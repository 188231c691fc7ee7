"""Evidence for a sector: what each word is worth, and which sector the words together speak for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from math import exp
from typing import NamedTuple

from rules.lexicon import TermKind

# What stands where weighs more than what is done, that more than where, that more than what is noticed.
_TRUST = {
    TermKind.PREMISES: 8.0,
    TermKind.ACTIVITY: 4.0,
    TermKind.ACTOR: 3.0,
    TermKind.PLACE: 1.5,
    TermKind.CONTEXT: 1.0,
    TermKind.POLLUTANT: 1.0,
    TermKind.HISTORY: 0.0,
    TermKind.IGNORE: 0.0,
}
STRONG = 3.0
"""From here on evidence names a cause: an activity, or premises that are not a mere landmark."""
_REPEATED = 0.1  # each further word of the same kind adds a little
_MOST_REPEATED = 3
_DOUBT = 1.5  # keeps the margin of a single weak word low
_UNCAUSED = 0.75  # what is left of the margin when only places and effects are named, and no cause
_AT_NONE, _BY_MARGIN = -0.7, 4.9
"""Logistic regression of "the lead was right" on the margin, over 1,339 complaints as read by a lexicon that
had not seen the newer third of them. To fit it again, take complaints that the lexicon was not written for,
and the table of calibration that `lianxi policy evaluate` prints: where confidence is too high, lower the
first number."""

WATER_BODY = "water_body"
NOT_ENVIRONMENT = "not_environment"
NO_NUISANCE = frozenset({NOT_ENVIRONMENT, "market"})
"""Sectors of what disturbs nobody: what is no matter of the environment, and goods and licences."""
NAMED_POLLUTERS = frozenset(
    {"industry", "tertiary_services", "city_services", "agriculture", "transport", "port", "construction"}
)
_OVERRULED = 0.25  # what is left of a sector that another explains away


def trust(kind: str) -> float:
    """What one full word of a kind is worth."""
    return _TRUST[TermKind(kind)]


Vote = tuple[str, str, float]
"""One word's or reading's vote: sector, kind of word, and worth (trust x weight x what its place leaves)."""


class Ranking(NamedTuple):
    """Sectors with their scores, best first, and how likely the first is right (0 to 1).

    `source_known` says whether a word for a cause stands behind the first.
    """

    scores: tuple[tuple[str, float], ...]
    confidence: float
    source_known: bool


NO_RANKING = Ranking((), 0.0, source_known=False)


def rank(votes: Iterable[Vote], misled: Set[str] = frozenset()) -> Ranking:
    """Add up the votes: of each kind the strongest word of a sector counts, its repetitions a little.

    `misled` are sectors whose words mean something else here.
    """
    best: dict[str, dict[str, float]] = {}
    more: dict[tuple[str, str], int] = {}  # further words of a kind
    for sector, kind, worth in votes:
        kinds = best.get(sector)
        if kinds is None:
            best[sector] = {kind: worth} if worth > 0 else {}
        elif kind not in kinds:
            if worth > 0:
                kinds[kind] = worth
        else:
            more[sector, kind] = more.get((sector, kind), 0) + 1
            if worth > kinds[kind]:
                kinds[kind] = worth
    if not best:
        return NO_RANKING
    scores = {sector: sum(kinds.values()) for sector, kinds in best.items()}
    for (sector, kind), words in more.items():
        scores[sector] += best[sector][kind] * _REPEATED * min(words, _MOST_REPEATED)
    for sector in misled:
        if sector in scores:
            scores[sector] *= _OVERRULED
    if len(scores) > 1:
        _overrule(scores, best)
    ranked = sorted([(-score, sector) for sector, score in scores.items()])
    first = -ranked[0][0]
    second = -ranked[1][0] if len(ranked) > 1 else 0.0
    caused = _is_strong(best[ranked[0][1]])
    margin = first / (first + second + _DOUBT)
    return Ranking(
        tuple([(sector, round(-score, 3)) for score, sector in ranked]),
        round(_likelihood(margin if caused else margin * _UNCAUSED), 4),
        source_known=caused,
    )


def _likelihood(margin: float) -> float:
    """How often the first sector leads rightly at this margin over the second."""
    return 1 / (1 + exp(-(_AT_NONE + _BY_MARGIN * margin)))


def _is_strong(kinds: Mapping[str, float]) -> bool:
    """Whether a word among these names a cause."""
    return max(kinds.values(), default=0.0) >= STRONG


def _overrule(scores: dict[str, float], kinds: dict[str, dict[str, float]]) -> None:
    """A named polluter wins over the water that it fouls; anything of the environment over what is not."""
    if WATER_BODY in scores and any(
        _is_strong(found) for sector, found in kinds.items() if sector in NAMED_POLLUTERS
    ):
        scores[WATER_BODY] *= _OVERRULED
    if NOT_ENVIRONMENT in scores:
        _weigh_against_the_rest(scores, kinds)


def _weigh_against_the_rest(scores: dict[str, float], kinds: dict[str, dict[str, float]]) -> None:
    """A nuisance of any kind makes it an environmental matter; a factory that only owes wages does not."""
    nuisance = any(
        kind not in ("premises", "place")
        for sector, found in kinds.items()
        if sector not in NO_NUISANCE
        for kind in found
    )
    explained = {NOT_ENVIRONMENT} if nuisance else scores.keys() - NO_NUISANCE
    for sector in explained:
        scores[sector] *= _OVERRULED
