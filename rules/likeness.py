"""How alike two complaints are: whether they may be about one matter, and which words say so.

Three things are compared: the names of places and firms, the facts, and the wording. Names weigh most, since
two restaurants are told apart by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from zlib import crc32

from rapidfuzz import fuzz

from rules.facts import PREMISES_FIELD
from rules.folding import fold
from rules.model import SECTOR_FIELD, Facts
from rules.names import names_in
from rules.personal_data import masked_text

LONGEST_COMPARED = 600
"""Code points of a complaint that are compared: by then it has said what it is about."""
WEIGHTS = {SECTOR_FIELD: 2.0, PREMISES_FIELD: 2.0, "activity": 1.0, "pollutant": 1.0, "road": 1.0}
"""The fields of facts that tell one matter from another, and how much a word of each says."""
MOST_WORDS = 8
LEAST_ALIKE = 0.55
"""From here on two complaints are shown to a clerk as perhaps one matter. Where both name places and share no
name they stay below it, however alike they are otherwise."""
EDITION = 2
"""Counts the ways in which traits have been made. Whoever changes what `matter_of`, `names_in` or `traits_of`
make of a complaint raises it, so that stored disputes are read again."""
Read = tuple[int, int, str]
"""Where words that the lexicon knows begin and end, in code points, and the field that they tell of."""

_NAMES_WEIGH, _FACTS_WEIGH, _TEXT_WEIGHS = 0.5, 0.2, 0.3
_NAMELESS_FACTS_WEIGH = 0.25
_MOST_OF_OTHERS = 0.99
_OTHER_SECTOR = 0.6  # what is left where the two are about nuisances of different sectors
_CHANCE, _ONE_HAND = 20.0, 70.0  # of 100: wordings as alike as any two, and as those of one writer
_MISTYPED = 85.0  # of 100: one character of a name of seven or more may be another
_VILLAGE = re.compile("[^村屯庄]{1,2}[村屯庄](?=.)")
_SHINGLE, _SHINGLES = 4, 6


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a complaint is compared: the wording without punctuation, the names in it, the words that the
    lexicon knows, and the facts as pairs of field and word."""

    wording: str
    names: tuple[str, ...]
    known: tuple[str, ...]
    facts: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike another complaint is, from 0 to 1, and the words in common, the most special first."""

    score: float
    words: tuple[str, ...]


def matter_of(text: str, read: Iterable[Read], facts: Facts) -> Matter:
    """What is compared of a complaint in which the lexicon has `read` words and found facts: nothing of its
    personal data. Takes any text, and its beginning is enough."""
    # Who may see it with stars alone must not find out the rest by comparing it with guesses.
    folded = fold(masked_text(text[:LONGEST_COMPARED]))
    stretches = [each for each in read if each[1] <= len(folded)]
    known = dict.fromkeys(folded[start:end] for start, end, field in stretches if field in WEIGHTS)
    return Matter(
        "".join(filter(str.isalnum, folded)),
        names_in(folded, [(start, end) for start, end, _ in stretches]),
        tuple(word for word in known if len(word) > 1),
        frozenset((field, word) for field in WEIGHTS for word in _words_of(facts.get(field))),
    )


def likeness(one: Matter, other: Matter) -> Likeness:
    """How alike two complaints are; the order does not matter. Only the same wording is 1; none is 0."""
    if not (one.wording and other.wording):
        return Likeness(0.0, ())
    if one.wording == other.wording:
        return Likeness(1.0, _words_in_common(one, other, one.names))
    text = (fuzz.ratio(one.wording, other.wording) - _CHANCE) / (_ONE_HAND - _CHANCE)
    text = min(max(text, 0.0), 1.0)
    facts = _facts_in_common(one.facts, other.facts)
    shared = _shared(one.names, other.names)
    if one.names and other.names:
        # Who tells more than the other is not held against them.
        names = max(_share(shared, one.names), _share(_shared(other.names, one.names), other.names))
        score = _NAMES_WEIGH * names + _FACTS_WEIGH * facts + _TEXT_WEIGHS * text
    else:
        # Where one says nothing of where, the wording has to tell one nuisance from the next of its kind.
        score = _NAMELESS_FACTS_WEIGH * facts + (1 - _NAMELESS_FACTS_WEIGH) * text
    if _sector(one) != _sector(other):
        score *= _OTHER_SECTOR
    return Likeness(min(round(score, 3), _MOST_OF_OTHERS), _words_in_common(one, other, shared))


def traits_of(matter: Matter) -> tuple[int, ...]:
    """What complaints about one matter are found by, as signed numbers of 64 bits: its names, its kind, and
    those four-character pieces of its wording whose checksums are lowest. Two wordings that are alike have
    some of these pieces in common, whichever they are (A. Broder, On the resemblance and containment of
    documents, 1997)."""
    pieces = {matter.wording[at : at + _SHINGLE] for at in range(len(matter.wording) - _SHINGLE + 1)}
    lowest = nsmallest(_SHINGLES, pieces, key=lambda piece: (crc32(piece.encode()), piece))
    villages = [found.group() for name in matter.names if (found := _VILLAGE.match(name))]
    names = [f"name {name}" for name in (*matter.names, *villages)]
    traits = [*names, *_kinds(matter), *(f"text {piece}" for piece in lowest)]
    return tuple(dict.fromkeys(map(_number, traits)))


def _kinds(matter: Matter) -> Iterator[str]:
    """The sector with the premises, or with what is done where no premises are named."""
    words = {field: sorted(word for name, word in matter.facts if name == field) for field in WEIGHTS}
    if words[SECTOR_FIELD]:
        told = words[PREMISES_FIELD] or words["activity"]
        yield " ".join(["kind", *words[SECTOR_FIELD], *told])


def _number(trait: str) -> int:
    return int.from_bytes(blake2b(trait.encode(), digest_size=8).digest(), signed=True)


def _words_of(value: object) -> Iterable[str]:
    if isinstance(value, frozenset):
        return value
    return (value,) if isinstance(value, str) else ()


def _sector(matter: Matter) -> str | None:
    return next((word for field, word in matter.facts if field == SECTOR_FIELD), None)


def _shared(names: Sequence[str], others: Sequence[str]) -> list[str]:
    return [name for name in names if any(_same_name(name, other) for other in others)]


def _share(shared: Iterable[str], names: Iterable[str]) -> float:
    return sum(map(len, shared)) / sum(map(len, names))


def _same_name(one: str, other: str) -> bool:
    return one in other or other in one or fuzz.ratio(one, other) >= _MISTYPED


def _words_in_common(one: Matter, other: Matter, names: Sequence[str]) -> tuple[str, ...]:
    known = (word for word in one.known if word in other.wording and not any(word in name for name in names))
    return tuple([*names, *known][:MOST_WORDS])


def _facts_in_common(one: Set[tuple[str, str]], other: Set[tuple[str, str]]) -> float:
    """The share of what both say, by weight; 0 where nothing is known of either."""
    whole = sum(WEIGHTS[field] for field, _ in one | other)
    return sum(WEIGHTS[field] for field, _ in one & other) / whole if whole else 0.0
