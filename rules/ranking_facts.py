"""The ranking of the sectors as facts (`score.industry`: 5.2): stored facts replay a decision whole."""

from __future__ import annotations

from rules.evaluate import is_number
from rules.model import Facts, FactValue

SCORE = "score."
_KEPT = 5


def with_ranking(facts: dict[str, FactValue], ranking: tuple[tuple[str, float], ...]) -> dict[str, FactValue]:
    """The facts with the scores of the best sectors."""
    for sector, score in ranking[:_KEPT]:
        facts[SCORE + sector] = score
    return facts


def ranking_of(facts: Facts) -> tuple[tuple[str, float], ...]:
    """The sectors by their scores, best first; equal scores in the order of their names."""
    scores = [
        (name.removeprefix(SCORE), float(value))
        for name, value in facts.items()
        if name.startswith(SCORE) and is_number(value)
    ]
    return tuple(sorted(scores, key=lambda entry: (-entry[1], entry[0])))
