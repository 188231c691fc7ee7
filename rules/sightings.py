"""Terms of the lexicon where they stand in a text, and what the phrase around them leaves of their worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from rules.clauses import former, may_deny, modifies, negated, shifted
from rules.evidence import trust
from rules.folding import fold
from rules.lexicon import SECOND_MATTER_MARK, Term, TermKind
from rules.model import FLAGS_FIELD

NIGHT = "night"

GENERIC = 0.6
"""Premises words below this weight (公司, 店) do not take the place of the word before them."""
LANDMARK = 0.12
"""What is left of a premises word that only says where something is."""
ONLY_LANDMARK = 0.35
"""... when the text names no other premises: then it may well be the cause."""
_MODIFIER = 0.1  # what is left of a premises word that belongs to the one after it
_NEAR = 12  # code points on each side in which a word of `unless` counts
_TOGETHER = 8_000
"""Terms of one automaton: while one is built, which takes 2 us a term, no other thread can work."""
_DENIABLE = (TermKind.PREMISES, TermKind.ACTIVITY)
_Place = tuple[int, int, int]  # which term, start, end
_START, _END = itemgetter(1), itemgetter(2)


class Marks:
    """Names of marks as bits, so that readings are tested with a handful of ANDs."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def mask(self, names: Iterable[str]) -> int:
        """The bits of some marks."""
        found = 0
        for name in names:
            found |= self._bits.setdefault(name, 1 << len(self._bits))
        return found


class Entry(NamedTuple):
    """A term with what is asked of every sighting worked out once."""

    term: Term
    kind: str
    worth: float
    marks: int
    unless: tuple[str, ...]
    is_premises: bool
    can_be_denied: bool
    says_night: bool
    begins_second_matter: bool


@dataclass(slots=True)
class Sighting:
    """A term at its place. `factor` is what the phrase around it leaves of its worth."""

    entry: Entry
    start: int
    end: int
    after_besides: bool
    factor: float = 1.0
    silenced: bool = False  # a clock time says better what time it is


class Finder:
    """Finds the terms of a lexicon in folded texts: at each place the longest one."""

    def __init__(self, terms: Sequence[Term], marks: Marks) -> None:
        entries = {fold(term.text): _entry(term, marks) for term in terms}
        words = list(entries)
        self._entries = list(entries.values())
        self._automata = [
            (first, AhoCorasick(words[first : first + _TOGETHER]))
            for first in range(0, len(words), _TOGETHER)
        ]

    def find(self, folded: str) -> list[Sighting]:
        """Terms in their order, without those that are denied or that a neighbour explains away."""
        seen: list[Sighting] = []
        premises: list[Sighting] = []
        besides = False
        deniable = may_deny(folded)
        entries = self._entries
        for index, start, end in self._longest(folded):
            entry = entries[index]
            if entry.kind == "ignore":
                continue
            if entry.unless and _near(folded, start, end, entry.unless):
                continue
            if deniable and entry.can_be_denied and negated(folded, start):
                continue
            besides = besides or entry.begins_second_matter
            sighting = Sighting(entry, start, end, besides)
            seen.append(sighting)
            if entry.is_premises:
                premises.append(sighting)
        _weigh_premises(folded, premises)
        return seen

    def _longest(self, folded: str) -> list[_Place]:
        """At each place the longest term, from the left; where it ends, the next may begin."""
        found: list[_Place] = []
        for first, automaton in self._automata:
            places = automaton.find_matches_as_indexes(folded, overlapping=True)
            found += [(first + at, start, end) for at, start, end in places] if first else places
        found.sort(key=_END, reverse=True)
        found.sort(key=_START)
        longest: list[_Place] = []
        free = 0
        for place in found:
            if place[1] >= free:
                longest.append(place)
                free = place[2]
        return longest


def _entry(term: Term, marks: Marks) -> Entry:
    kind = TermKind(term.kind)
    return Entry(
        term,
        kind.value,
        trust(kind) * term.weight,
        marks.mask(term.marks) if term.marks else 0,
        tuple([fold(word) for word in term.unless]) if term.unless else (),
        kind is TermKind.PREMISES,
        kind in _DENIABLE,
        (FLAGS_FIELD, NIGHT) in term.facts,
        SECOND_MATTER_MARK in term.marks,
    )


def _near(folded: str, start: int, end: int, words: tuple[str, ...]) -> bool:
    around = folded[max(0, start - _NEAR) : end + _NEAR]
    return any(word in around for word in words)


def _weigh_premises(folded: str, premises: list[Sighting]) -> None:
    """Landmarks, former premises and modifiers of a later head noun lose most of their worth."""
    last = len(premises) - 1
    for position, sighting in enumerate(premises):
        if shifted(folded, sighting.end) or former(folded, sighting.start):
            sighting.factor = min(sighting.factor, LANDMARK)
        elif position < last and modifies(folded, sighting.end, premises[position + 1].start):
            following = premises[position + 1]
            if following.entry.term.weight < GENERIC <= sighting.entry.term.weight:
                following.factor = _MODIFIER
            else:
                sighting.factor = min(sighting.factor, _MODIFIER)
    if all(sighting.factor < 1 for sighting in premises):
        for sighting in premises:
            if sighting.factor == LANDMARK:
                sighting.factor = ONLY_LANDMARK
