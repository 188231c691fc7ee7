"""The lexicon: terms of everyday and official language, and the facts that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TermKind(StrEnum):
    """What sort of word a term is. The order is the order of trust when the lead unit is sought."""

    PREMISES = "premises"  # who or what causes it: a factory, a restaurant, a farm, a wharf
    ACTIVITY = "activity"  # what is done there
    ACTOR = "actor"  # a moving or passing cause: a muck truck, a ship
    PLACE = "place"  # where it happens or who suffers: a street, a river, a school
    POLLUTANT = "pollutant"  # what is noticed: fumes, dust, a smell
    HISTORY = "history"  # what happened to the complaint before
    CONTEXT = "context"  # anything else that facts or readings are made of
    IGNORE = "ignore"  # a longer word that hides a misleading shorter one


PREMISES_MARK = "premises"
"""Mark that every premises word carries by itself, unless it only says where something is."""
MANY_MARK = "many"
"""Mark of repetition, which a number of times (`第三次`) carries by itself."""
SECOND_MATTER_MARK = "second_matter"
"""Mark of words after which a second matter begins."""
NUISANCE_MARKS = frozenset(
    {
        "nuisance", "discharge", "burning", "dumping", "flowing", "colour", "spilling", "paint", "crushing",
        "uncovered", "strange_matter", "into", "heap", "manure", "dead_animals", "fish_dead",
        "loudspeaker", "works",
    }
)  # fmt: skip
"""Marks of words that tell of a nuisance: premises that none of them stands beside are background."""


class Scope(StrEnum):
    """How near to each other the words of a reading have to stand."""

    CLAUSE = "clause"  # between two commas
    SENTENCE = "sentence"  # between two full stops
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry. `facts` are (field, word) pairs that the term adds; `sector` and `weight` are its vote.

    `unless` lists words that, near the term, take the vote, the facts and the marks away. `marks` are seen
    by readings only.
    """

    text: str
    kind: str
    facts: tuple[tuple[str, str], ...] = ()
    sector: str | None = None
    weight: float = 1.0
    unless: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What several marks mean together: dumping and hazardous waste are more than either alone.

    It holds when each group of `needs` has one of its marks within the scope, and no mark of `unless` is
    there. Its vote counts like that of a term of its `kind`; the sectors of `against` are misled by the same
    words and lose most of their score.
    """

    id: str
    needs: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...] = ()
    scope: str = Scope.TEXT
    kind: str = TermKind.ACTIVITY
    facts: tuple[tuple[str, str], ...] = ()
    sector: str | None = None
    weight: float = 1.0
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms and readings of one policy version."""

    terms: tuple[Term, ...] = ()
    readings: tuple[Reading, ...] = ()
