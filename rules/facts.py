"""Text -> facts: which words of the lexicon stand in a complaint, what they say, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from rules.clauses import Clauses, former, modifies, negated, shifted
from rules.evidence import NOT_ENVIRONMENT, STRONG, Ranking, Vote, rank, trust
from rules.folding import fold
from rules.lexicon import (
    MANY_MARK,
    PREMISES_MARK,
    SECOND_MATTER_MARK,
    Lexicon,
    Reading,
    Scope,
    Term,
    TermKind,
)
from rules.model import Facts, FactValue
from rules.quantities import ClockTime, DayPart, clock_times, quantities

SECTOR_FIELD = "sector"
OTHER_SECTORS_FIELD = "other_sectors"
MATTERS_FIELD = "matters"
FLAGS_FIELD = "flags"
SOURCE_FIELD = "source"
PREMISES_FIELD = "premises"
SEVERAL_WORDS = frozenset({FLAGS_FIELD, "signs", "activity", "place", "pollutant"})
"""Fact fields that the lexicon fills with several words; of the others the strongest word is kept."""
NIGHT = "night"

_NEAR = 12  # code points on each side in which a word of `unless` counts
_LANDMARK = 0.12  # what is left of a premises word that only says where
_ONLY_LANDMARK = 0.35  # ... when the text names no other premises: then it may well be the cause
_MODIFIER = 0.1  # ... or that belongs to the premises word after it
_SECOND_MATTER = 0.5  # ... or that comes after "besides"
_GENERIC = 0.6  # premises words below this weight (公司, 店) do not displace the word before them


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the complaint that stand for a fact. `start` and `end` count code points of the text as
    written."""

    text: str
    start: int
    end: int
    field: str
    word: str
    kind: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the text says. `sector_scores` are ranked, best first; `confidence` runs from 0 to 1."""

    facts: Facts
    matches: tuple[Match, ...]
    sector_scores: tuple[tuple[str, float], ...]
    confidence: float


@dataclass(slots=True)
class _Sighting:
    """A term at its place. `factor` is what the phrase around it leaves of its worth."""

    entry: _Entry
    start: int
    end: int
    factor: float = 1.0
    after_besides: bool = False
    silenced: bool = False  # its fact is said better by a clock time


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term with what is looked up in every sighting computed once."""

    term: Term
    worth: float
    marks: int
    is_premises: bool
    can_be_denied: bool
    unless: tuple[str, ...]
    says_night: bool


@dataclass(frozen=True, slots=True)
class _CompiledReading:
    reading: Reading
    needs: tuple[int, ...]
    unless: int
    worth: float


class Extractor:
    """Finds the facts of texts by one lexicon. Built once; `extract` may be called from any thread."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._bits: dict[str, int] = {}
        entries = {fold(term.text): self._entry(term) for term in lexicon.terms}
        self._entries = list(entries.values())
        self._automaton = AhoCorasick(list(entries), matchkind=MatchKind.LeftmostLongest) if entries else None
        self._readings = [self._compiled(reading) for reading in lexicon.readings]
        self._premises_mark = self._bit(PREMISES_MARK)
        self._many_mark = self._bit(MANY_MARK)
        self._besides_mark = self._bit(SECOND_MATTER_MARK)

    def extract(self, text: str) -> Extraction:
        """The facts of a text. Takes any string, also an empty or a broken one, and never fails."""
        folded = fold(text)
        sightings = self._sightings(folded)
        clocks = clock_times(folded)
        _let_clocks_speak(sightings, clocks)
        facts: dict[str, FactValue] = {}
        counted = quantities(folded)
        for quantity in counted:
            facts[quantity.field] = max(quantity.value, float(facts.get(quantity.field, 0)))  # type: ignore[arg-type]
        if not sightings and not clocks:
            return Extraction(facts, (), (), 0.0)
        clauses = Clauses(folded)
        readings = self._held(
            sightings, clauses, [q.start for q in counted if q.field == "times" and q.value > 1]
        )
        ranking = rank(
            _votes(sightings, (reading for reading, _ in readings)),
            {sector for compiled, _ in readings for sector in compiled.reading.against},
        )
        _add_words(facts, sightings, readings, clocks)
        if ranking.scores:
            _add_sector(facts, ranking, sightings, clauses)
        return Extraction(
            facts, _matches(text, sightings, readings, clocks), ranking.scores, ranking.confidence
        )

    def _bit(self, mark: str) -> int:
        return self._bits.setdefault(mark, 1 << len(self._bits))

    def _mask(self, marks: Iterable[str]) -> int:
        mask = 0
        for mark in marks:
            mask |= self._bit(mark)
        return mask

    def _entry(self, term: Term) -> _Entry:
        return _Entry(
            term,
            trust(term.kind) * term.weight,
            self._mask(term.marks),
            term.kind == TermKind.PREMISES,
            term.kind in (TermKind.PREMISES, TermKind.ACTIVITY),
            tuple(fold(word) for word in term.unless),
            (FLAGS_FIELD, NIGHT) in term.facts,
        )

    def _compiled(self, reading: Reading) -> _CompiledReading:
        return _CompiledReading(
            reading,
            tuple(self._mask(group) for group in reading.needs),
            self._mask(reading.unless),
            trust(reading.kind) * reading.weight,
        )

    def _sightings(self, folded: str) -> list[_Sighting]:
        """Terms that stand in the text, without those that are denied or explained away by a neighbour."""
        if self._automaton is None:
            return []
        seen: list[_Sighting] = []
        besides = False
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            entry = self._entries[index]
            if entry.term.kind == TermKind.IGNORE:
                continue
            if entry.unless:
                around = folded[max(0, start - _NEAR) : end + _NEAR]
                if any(word in around for word in entry.unless):
                    continue
            if entry.can_be_denied and negated(folded, start):
                continue
            besides = besides or bool(entry.marks & self._besides_mark)
            seen.append(_Sighting(entry, start, end, after_besides=besides))
        _weigh_premises(folded, [sighting for sighting in seen if sighting.entry.is_premises])
        return seen

    def _held(
        self, sightings: list[_Sighting], clauses: Clauses, many: list[int]
    ) -> list[tuple[_CompiledReading, list[_Sighting]]]:
        """Readings that hold, each with the sightings whose marks made it hold."""
        by_clause: dict[int, int] = {}
        by_sentence: dict[int, int] = {}
        whole = 0
        marked: list[tuple[int, int, int, _Sighting]] = []
        for sighting in sightings:
            marks = sighting.entry.marks
            if sighting.factor < _ONLY_LANDMARK:
                continue
            if sighting.entry.is_premises and sighting.factor == 1.0:
                marks |= self._premises_mark
            if marks:
                clause, sentence = clauses.clause(sighting.start), clauses.sentence(sighting.start)
                by_clause[clause] = by_clause.get(clause, 0) | marks
                by_sentence[sentence] = by_sentence.get(sentence, 0) | marks
                whole |= marks
                marked.append((marks, clause, sentence, sighting))
        for start in many:
            clause, sentence = clauses.clause(start), clauses.sentence(start)
            by_clause[clause] = by_clause.get(clause, 0) | self._many_mark
            by_sentence[sentence] = by_sentence.get(sentence, 0) | self._many_mark
            whole |= self._many_mark
        held: list[tuple[_CompiledReading, list[_Sighting]]] = []
        for compiled in self._readings:
            if not all(whole & need for need in compiled.needs):
                continue
            scope = compiled.reading.scope
            if scope == Scope.TEXT:
                if not whole & compiled.unless:
                    held.append((compiled, _carriers(compiled, marked, None, 0)))
                continue
            column = 1 if scope == Scope.CLAUSE else 2
            for number, marks in (by_clause if column == 1 else by_sentence).items():
                if all(marks & need for need in compiled.needs) and not marks & compiled.unless:
                    held.append((compiled, _carriers(compiled, marked, number, column)))
                    break
        return held


def _carriers(
    compiled: _CompiledReading, marked: list[tuple[int, int, int, _Sighting]], number: int | None, column: int
) -> list[_Sighting]:
    """The sightings that carry the marks of a reading, within its clause or sentence if it has one."""
    wanted = 0
    for need in compiled.needs:
        wanted |= need
    return [row[3] for row in marked if row[0] & wanted and (number is None or row[column] == number)]


def _weigh_premises(folded: str, premises: list[_Sighting]) -> None:
    """Landmarks, former premises and modifiers of a later head noun lose most of their worth."""
    for position, sighting in enumerate(premises):
        following = premises[position + 1] if position + 1 < len(premises) else None
        if shifted(folded, sighting.end) or former(folded, sighting.start):
            sighting.factor = min(sighting.factor, _LANDMARK)
        elif following and modifies(folded, sighting.end, following.start):
            if following.entry.term.weight < _GENERIC <= sighting.entry.term.weight:
                following.factor = _MODIFIER
            else:
                sighting.factor = min(sighting.factor, _MODIFIER)
    if premises and all(sighting.factor < 1 for sighting in premises):
        for sighting in premises:
            if sighting.factor == _LANDMARK:
                sighting.factor = _ONLY_LANDMARK


def _let_clocks_speak(sightings: list[_Sighting], clocks: list[ClockTime]) -> None:
    """`晚上七点` is an evening hour, whatever `晚上` says alone."""
    for clock in clocks:
        for sighting in sightings:
            if sighting.entry.says_night and clock.start - 1 <= sighting.start < clock.end:
                sighting.silenced = True


def _votes(sightings: list[_Sighting], readings: Iterable[_CompiledReading]) -> Iterator[Vote]:
    for sighting in sightings:
        term = sighting.entry.term
        if term.sector:
            later = _SECOND_MATTER if sighting.after_besides else 1.0
            yield Vote(term.sector, term.kind, sighting.entry.worth * sighting.factor * later)
    for compiled in readings:
        if compiled.reading.sector:
            yield Vote(compiled.reading.sector, compiled.reading.kind, compiled.worth)


def _add_words(
    facts: dict[str, FactValue],
    sightings: list[_Sighting],
    readings: list[tuple[_CompiledReading, list[_Sighting]]],
    clocks: list[ClockTime],
) -> None:
    """Words of all fields but the sector and the premises, which follow from the ranking."""
    several: dict[str, set[str]] = {}
    strongest: dict[str, tuple[float, str]] = {}
    said = [
        (pair, sighting.entry.term.weight * sighting.factor)
        for sighting in sightings
        if not sighting.silenced
        for pair in sighting.entry.term.facts
    ]
    said += [(pair, 2.0 * c.reading.weight) for c, _ in readings for pair in c.reading.facts]
    for (name, word), weight in said:
        if name in SEVERAL_WORDS:
            several.setdefault(name, set()).add(word)
        elif name != PREMISES_FIELD and (name not in strongest or weight > strongest[name][0]):
            strongest[name] = (weight, word)
    if any(clock.part is DayPart.NIGHT for clock in clocks):
        several.setdefault(FLAGS_FIELD, set()).add(NIGHT)
    for name, words in several.items():
        facts[name] = frozenset(words)
    for name, (_, word) in strongest.items():
        facts[name] = word


def _add_sector(
    facts: dict[str, FactValue], ranking: Ranking, sightings: list[_Sighting], clauses: Clauses
) -> None:
    """The sector, its premises, whether a cause is known, and the sectors of second matters."""
    sector = ranking.scores[0][0]
    facts[SECTOR_FIELD] = sector
    if SOURCE_FIELD not in facts:
        facts[SOURCE_FIELD] = "known" if ranking.source_known else "unknown"
    best = 0.0
    place = 0
    for sighting in sightings:
        term = sighting.entry.term
        worth = sighting.entry.worth * sighting.factor
        if term.sector != sector or worth <= best:
            continue
        best, place = worth, sighting.start
        for name, word in term.facts:
            if name == PREMISES_FIELD:
                facts[PREMISES_FIELD] = word
    others = set(_other_sectors(sector, clauses.sentence(place), ranking, sightings, clauses))
    if others:
        facts[OTHER_SECTORS_FIELD] = frozenset(others)
    facts[MATTERS_FIELD] = 1 + len(others)


def _other_sectors(
    main: str, main_sentence: int, ranking: Ranking, sightings: list[_Sighting], clauses: Clauses
) -> Iterator[str]:
    """Sectors of a second, separate matter: named after "besides", or as premises in another sentence."""
    score_of = dict(ranking.scores)
    for sighting in sightings:
        term = sighting.entry.term
        if term.sector in (None, main, NOT_ENVIRONMENT) or sighting.entry.worth * sighting.factor < STRONG:
            continue
        if score_of.get(term.sector or "", 0.0) < STRONG / 2:
            continue
        elsewhere = sighting.entry.is_premises and clauses.sentence(sighting.start) != main_sentence
        if term.sector and (sighting.after_besides or elsewhere):
            yield term.sector


def _matches(
    text: str,
    sightings: list[_Sighting],
    readings: list[tuple[_CompiledReading, list[_Sighting]]],
    clocks: list[ClockTime],
) -> tuple[Match, ...]:
    """What to highlight, in the order of the text; one match for each fact that a word stands for."""
    found: dict[tuple[int, int, str, str], Match] = {}

    def note(start: int, end: int, field: str, word: str, kind: str) -> None:
        key = (start, end, field, word)
        if key not in found:
            found[key] = Match(text[start:end], start, end, field, word, kind)

    for sighting in sightings:
        term = sighting.entry.term
        if sighting.silenced:
            continue
        for field, word in term.facts:
            note(sighting.start, sighting.end, field, word, term.kind)
        if term.sector and sighting.factor >= _GENERIC:
            note(sighting.start, sighting.end, SECTOR_FIELD, term.sector, term.kind)
    for compiled, carriers in readings:
        pairs = list(compiled.reading.facts)
        if compiled.reading.sector:
            pairs.append((SECTOR_FIELD, compiled.reading.sector))
        for carrier in carriers:
            for field, word in pairs:
                note(carrier.start, carrier.end, field, word, compiled.reading.kind)
    for clock in clocks:
        if clock.part is DayPart.NIGHT:
            note(clock.start, clock.end, FLAGS_FIELD, NIGHT, TermKind.CONTEXT)
    return tuple(sorted(found.values(), key=lambda match: (match.start, match.end, match.field, match.word)))
