"""Terms of the lexicon where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from rules.cues import Role
from rules.evidence import NOT_ENVIRONMENT, trust
from rules.folding import fold
from rules.lexicon import NUISANCE_MARKS, SECOND_MATTER_MARK, Term, TermKind
from rules.model import FLAGS_FIELD

NIGHT = "night"

GENERIC = 0.6
"""Premises words below this weight (公司, 店) do not take the place of the word before them."""
_LEADS_ON = "在到进往入至从把被给向由是有的了着"  # a word that ends so is no product
_WORKS = re.compile("小?(?:加工|制造|生产|专业)?(?:厂(?!房)|车间|作坊|公司|企业)")
_NEAR = 12  # code points on each side in which a word of `unless` counts
_TOGETHER = 20_000
"""Words of one automaton: while one is built, which takes 1 us a word, no other thread can work."""
_NONE: frozenset[Role] = frozenset()
_PARTS = {
    TermKind.PREMISES: frozenset(Role),
    TermKind.ACTIVITY: frozenset({Role.SUSPECT, Role.BYSTANDER, Role.COMPARED, Role.GONE, Role.DENIED}),
    TermKind.ACTOR: frozenset({Role.COMPARED, Role.GONE, Role.DENIED}),
    TermKind.PLACE: frozenset({Role.DENIED}),
    TermKind.CONTEXT: frozenset({Role.DENIED}),
    TermKind.POLLUTANT: frozenset({Role.COMPARED, Role.DENIED}),
}
"""The parts that words of a kind can play."""
_DEED = re.compile(
    "[偷盗私乱滥采挖炸爆打劈开淘取熬炼烧熔养宰杀喂放].*(?<![厂场店站馆坊园铺点窑矿业司户])|.*(?:施工|拆除|开采|偷采|冶炼|喷漆)"
)


class Marks:
    """Names of marks as bits, so that readings are tested with a handful of ANDs. Those of a `former` lexicon
    keep their bits."""

    def __init__(self, former: Marks | None = None) -> None:
        self._bits: dict[str, int] = dict(former._bits) if former else {}

    def __len__(self) -> int:
        return len(self._bits)

    def mask(self, names: Iterable[str]) -> int:
        """The bits of some marks."""
        found = 0
        for name in names:
            found |= self._bits.setdefault(name, 1 << len(self._bits))
        return found


class Entry(NamedTuple):
    """A term with what is asked of every sighting worked out once. `word` is its folded text."""

    term: Term
    word: str
    kind: str
    sector: str | None
    worth: float
    marks: int
    unless: tuple[str, ...]
    is_premises: bool
    parts: frozenset[Role]
    says_night: bool
    begins_second_matter: bool
    disturbs: bool
    is_works: bool
    can_be_made: bool


class _Piece(NamedTuple):
    """Some words of a lexicon with their automaton. None stands for a word that the lexicon no longer has."""

    words: tuple[str, ...]
    automaton: AhoCorasick
    entries: tuple[Entry | None, ...]


@dataclass(slots=True)
class Sighting:
    """A term at its place. `factor` is what the phrase around it leaves of its worth."""

    entry: Entry
    start: int
    end: int
    told_apart: bool  # behind a word such as "besides"
    factor: float = 1.0
    share: float = 1.0  # what is left where something else is complained of
    silenced: bool = False  # a clock time says better what time it is
    later: bool = False  # belongs to a second matter


class Finder:
    """Finds the terms of a lexicon in folded texts: at each place the longest one.

    What a `former` finder has made of the same terms is taken over, if `marks` are of its marks.
    """

    def __init__(self, terms: Sequence[Term], marks: Marks, former: Finder | None = None) -> None:
        made = former._made if former else {}
        entries: dict[str, Entry] = {}
        self._made: dict[str, Entry] = {}
        for term in terms:
            entry = made.get(term.text)
            if entry is None or entry.term is not term:
                entry = _entry(term, marks)
            self._made[term.text] = entries[entry.word] = entry
        self._pieces: list[_Piece] = _pieces(entries, former._pieces if former else ())

    def find(self, folded: str) -> list[Sighting]:
        """Terms in their order, without those that a neighbour explains away: at each place the longest,
        from the left; where it ends, the next may begin."""
        longest = self._longest(folded)
        seen: list[Sighting] = []
        besides = False
        free = 0
        for start in sorted(longest):
            if start < free:
                continue
            free, entry = longest[start]
            if entry.kind == "ignore" or (entry.unless and _near(folded, start, free, entry.unless)):
                continue
            besides = besides or entry.begins_second_matter
            if entry.is_works and seen and seen[-1].end == start and seen[-1].entry.can_be_made:
                seen.pop()  # what is made there (`音响厂`, `垃圾袋厂`) says nothing of what disturbs
            seen.append(Sighting(entry, start, free, besides))
        return seen

    def _longest(self, folded: str) -> dict[int, tuple[int, Entry]]:
        """Where a term begins, the end of the longest one and what it is."""
        longest: dict[int, tuple[int, Entry]] = {}
        for _, automaton, entries in self._pieces:
            found = {  # comes in the order of the ends, so that of one beginning the longest is left
                start: (end, entry)
                for at, start, end in automaton.find_matches_as_indexes(folded, overlapping=True)
                if (entry := entries[at]) is not None
            }
            if longest:
                for start, place in found.items():
                    if start not in longest or place[0] > longest[start][0]:
                        longest[start] = place
            else:
                longest = found
        return longest


def _pieces(entries: Mapping[str, Entry], former: Sequence[_Piece]) -> list[_Piece]:
    """All words in pieces. Those of before are kept as long as half of their words are left, so that there
    are never more than twice as many as there have to be; all other words go into new ones."""
    kept = [
        _Piece(piece.words, piece.automaton, tuple([entries.get(word) for word in piece.words]))
        for piece in former
    ]
    kept = [piece for piece in kept if 2 * (len(piece.words) - piece.entries.count(None)) >= _TOGETHER]
    placed = {word for piece in kept for word in piece.words}
    rest = [word for word in entries if word not in placed]
    for first in range(0, len(rest), _TOGETHER):
        words = tuple(rest[first : first + _TOGETHER])
        kept.append(_Piece(words, AhoCorasick(words), tuple([entries[word] for word in words])))
    return kept


def _entry(term: Term, marks: Marks) -> Entry:
    kind = TermKind(term.kind)
    return Entry(
        term,
        fold(term.text),
        kind.value,
        term.sector,
        _worth(kind, term.weight),
        marks.mask(term.marks) if term.marks else 0,
        _folded(term.unless),
        kind is TermKind.PREMISES,
        _NONE if term.sector == NOT_ENVIRONMENT else _PARTS.get(kind, _NONE),
        (FLAGS_FIELD, NIGHT) in term.facts,
        SECOND_MATTER_MARK in term.marks,
        _disturbs(term),
        kind is TermKind.PREMISES and _WORKS.match(term.text) is not None,
        kind is not TermKind.PREMISES and term.text[-1] not in _LEADS_ON,
    )


@lru_cache(maxsize=4_096)
def _worth(kind: TermKind, weight: float) -> float:
    return trust(kind) * weight


@lru_cache(maxsize=4_096)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([fold(word) for word in words])


def _disturbs(term: Term) -> bool:
    """Whether the word tells of a nuisance, or of what makes one."""
    if term.sector == NOT_ENVIRONMENT:
        return False
    if term.kind in (TermKind.POLLUTANT, TermKind.ACTIVITY):
        return True
    if term.kind == TermKind.PREMISES:  # some are deeds: digging, burning, building
        return _DEED.fullmatch(term.text) is not None
    return term.kind == TermKind.CONTEXT and not NUISANCE_MARKS.isdisjoint(term.marks)


def _near(folded: str, start: int, end: int, words: tuple[str, ...]) -> bool:
    around = folded[max(0, start - _NEAR) : end + _NEAR]
    return any(word in around for word in words)
