"""The lexicon: terms of everyday and official language, and the facts that they stand for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One entry. `facts` are (field, word) pairs that the term adds; `sector` and `weight` are its vote.

    `unless` lists words that, near the term, take the vote and the facts away.
    """

    text: str
    kind: str
    facts: tuple[tuple[str, str], ...] = ()
    sector: str | None = None
    weight: float = 1.0
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms of one policy version."""

    terms: tuple[Term, ...] = ()
