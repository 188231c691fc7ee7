"""Text -> facts: which words of the lexicon stand in a complaint, what they say, and how sure that is."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.casting import cast
from rules.clauses import Clauses
from rules.evidence import (
    NAMED_POLLUTERS,
    NO_NUISANCE,
    NOT_ENVIRONMENT,
    STRONG,
    WATER_BODY,
    Ranking,
    Vote,
    rank,
)
from rules.folding import fold
from rules.lexicon import PREMISES_MARK, Lexicon, Term, TermKind
from rules.matter import also_begins, later_points, part_matters, runner_up, tells_several, weigh_matters
from rules.model import FLAGS_FIELD, SECTOR_FIELD, Facts, FactValue
from rules.quantities import ClockTime, DayPart, Quantity, clock_times, quantities
from rules.readings import Held, Readings
from rules.sightings import GENERIC, NIGHT, Finder, Marks, Sighting

OTHER_SECTORS_FIELD = "other_sectors"
MATTERS_FIELD = "matters"
SOURCE_FIELD = "source"
PREMISES_FIELD = "premises"
SEVERAL_WORDS = frozenset({FLAGS_FIELD, "signs", "activity", "place", "pollutant"})
"""Fact fields that the lexicon fills with several words; of the others the strongest word is kept."""
LONGEST_READ = 4_000
"""Code points of a text that are read. Nobody describes a nuisance for longer; what follows repeats it."""
MOST_PLACES = 20
"""Places of one fact that are told; a complaint that repeats itself says no more."""
MOST_MARKS = 1_000
"""Marks that an extractor may have for another to be built from it."""
_Place = tuple[int, int, str, str]  # start, end, field, word
_SECOND_MATTER = 0.5  # what is left of a vote after "besides"
_READING_WEIGHT = 2.0  # a word that a reading gives is trusted more than one that a single term gives


class Match(NamedTuple):
    """Words of the complaint that stand for a fact. `start` and `end` count code points of the text as
    written."""

    text: str
    start: int
    end: int
    field: str
    word: str
    kind: str


class _Words(NamedTuple):
    """All that a text was found to say."""

    text: str
    sightings: list[Sighting]
    held: list[Held]
    clocks: list[ClockTime]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the text says. `sector_scores` are ranked, best first; `confidence` runs from 0 to 1."""

    facts: Facts
    sector_scores: tuple[tuple[str, float], ...]
    confidence: float
    _words: _Words = field(compare=False, repr=False)

    @property
    def matches(self) -> tuple[Match, ...]:
        """What to highlight, in the order of the text. Worked out when it is asked for, which takes as long
        as an eighth of the reading."""
        return _matches(*self._words)


class Extractor:
    """Finds the facts of texts by one lexicon. Built once; `extract` may be called from any thread.

    From a `former` one, of a lexicon with mostly the same terms, it is built in a fraction of the time, and
    finds the same as one that is built anew. Only terms that are the same objects are taken over.
    """

    def __init__(self, lexicon: Lexicon, former: Extractor | None = None) -> None:
        self.lexicon = lexicon
        if former is not None and len(former._marks) > MOST_MARKS:  # of lexicons long gone, perhaps
            former = None
        self._marks: Marks = Marks(former._marks if former else None)
        self._finder: Finder = Finder(lexicon.terms, self._marks, former._finder if former else None)
        self._readings = Readings(lexicon.readings, self._marks, _words_of_marks(lexicon.terms))

    def extract(self, text: str) -> Extraction:
        """The facts of a text. Takes any string, also an empty or a broken one, and never fails."""
        folded = fold(text[:LONGEST_READ])
        sightings = cast(folded, self._finder.find(folded))
        clocks = clock_times(folded)
        _let_clocks_speak(sightings, clocks)
        counted = quantities(folded)
        facts = _amounts(counted)
        clauses = Clauses(folded)
        weigh_matters(folded, sightings, clauses)
        second = min(later_points(folded), also_begins(folded, sightings, clauses))
        part_matters(sightings, clauses, second)
        many = [each.start for each in counted if each.field == "times" and each.value > 1]
        held = self._readings.held(sightings, clauses, many)
        apart = held
        if second < len(folded):  # what is said of the second matter does not change the first
            apart = [
                each
                for piece in _parted(sightings, second)
                for each in self._readings.held(piece, clauses, many)
            ]
        misled = {sector for each in apart for sector in each.compiled.reading.against}
        ranking = rank(_votes(sightings, apart), misled)
        _add_words(facts, sightings, held, clocks)
        if ranking.scores:
            besides: str | None = None
            part = [each for each in sightings if each.told_apart or each.start >= second]
            if part:
                besides = self._read_alone(part, clauses)
            elif len(ranking.scores) > 1 and ranking.scores[1][1] >= STRONG and tells_several(folded):
                besides = runner_up(ranking, sightings, clauses)
            _add_sector(facts, ranking, sightings, besides)
        words = _Words(text, sightings, held, clocks)
        return Extraction(facts, ranking.scores, ranking.confidence, words)

    def _read_alone(self, part: list[Sighting], clauses: Clauses) -> str | None:
        """The sector that the words of a second matter speak for, if they name a cause."""
        held = self._readings.held(part, clauses, ())
        misled = {sector for each in held for sector in each.compiled.reading.against}
        ranking = rank(_votes(part, held, alone=True), misled)
        if not ranking.source_known:
            return None
        sector, score = ranking.scores[0]
        return sector if score >= STRONG and sector not in NO_NUISANCE else None


def _words_of_marks(terms: Sequence[Term]) -> dict[str, int]:
    """How many words have each mark."""
    counts = Counter([mark for term in terms for mark in term.marks])
    counts[PREMISES_MARK] += sum([term.kind == TermKind.PREMISES for term in terms])
    return counts


def _amounts(counted: list[Quantity]) -> dict[str, FactValue]:
    """The largest number of each kind."""
    amounts: dict[str, float] = {}
    for quantity in counted:
        amounts[quantity.field] = max(quantity.value, amounts.get(quantity.field, 0.0))
    return dict(amounts)


def _let_clocks_speak(sightings: list[Sighting], clocks: list[ClockTime]) -> None:
    """`晚上七点` is an evening hour, whatever `晚上` says alone."""
    if not clocks:
        return
    starts = [clock.start - 1 for clock in clocks]
    for sighting in sightings:
        if sighting.entry.says_night:
            at = bisect_right(starts, sighting.start) - 1
            sighting.silenced = at >= 0 and sighting.start < clocks[at].end


def _votes(sightings: list[Sighting], held: list[Held], *, alone: bool = False) -> list[Vote]:
    """What speaks for each sector. Words of a second matter count less, unless it is read `alone`."""
    votes: list[Vote] = []
    for sighting in sightings:
        entry = sighting.entry
        if entry.sector is not None:
            later = sighting.later and not alone
            worth = entry.worth * sighting.factor * sighting.share
            votes.append((entry.sector, entry.kind, worth * _SECOND_MATTER if later else worth))
    for compiled, carriers in held:
        sector = compiled.reading.sector
        if sector is not None:
            later = bool(carriers) and not alone and all(each.later for each in carriers)
            worth = compiled.worth * _SECOND_MATTER if later else compiled.worth
            votes.append((sector, compiled.kind, worth))
    return votes


def _parted(sightings: list[Sighting], second: int) -> tuple[list[Sighting], list[Sighting]]:
    """The words of the first matter and those of the second."""
    return [each for each in sightings if each.start < second], [
        each for each in sightings if each.start >= second
    ]


def _add_words(
    facts: dict[str, FactValue], sightings: list[Sighting], held: list[Held], clocks: list[ClockTime]
) -> None:
    """Words of all fields but the sector and the premises, which follow from the ranking."""
    several: dict[str, set[str]] = {}
    strongest: dict[str, tuple[float, str]] = {}

    def say(pairs: tuple[tuple[str, str], ...], weight: float) -> None:
        for name, word in pairs:
            if name in SEVERAL_WORDS:
                several.setdefault(name, set()).add(word)
            elif name != PREMISES_FIELD and (name not in strongest or weight > strongest[name][0]):
                strongest[name] = (weight, word)

    for sighting in sightings:
        if sighting.entry.term.facts and not sighting.silenced:
            say(sighting.entry.term.facts, sighting.entry.term.weight * sighting.factor)
    for compiled, _ in held:
        say(compiled.reading.facts, compiled.reading.weight * _READING_WEIGHT)
    if any(clock.part is DayPart.NIGHT for clock in clocks):
        several.setdefault(FLAGS_FIELD, set()).add(NIGHT)
    for name, words in several.items():
        facts[name] = frozenset(words)
    for name, (_, word) in strongest.items():
        facts[name] = word


def _add_sector(
    facts: dict[str, FactValue], ranking: Ranking, sightings: list[Sighting], second: str | None
) -> None:
    """The sector, its premises, whether a cause is known, and the sectors of second matters."""
    sector = ranking.scores[0][0]
    facts[SECTOR_FIELD] = sector
    facts.setdefault(SOURCE_FIELD, "known" if ranking.source_known else "unknown")
    best = 0.0
    for sighting in sightings:
        term = sighting.entry.term
        worth = sighting.entry.worth * sighting.factor
        if term.sector != sector or worth <= best:
            continue
        best = worth
        for name, word in term.facts:
            if name == PREMISES_FIELD:
                facts[PREMISES_FIELD] = word
    others = frozenset(_other_sectors(sector, ranking, sightings))
    fouled = second == WATER_BODY and sector in NAMED_POLLUTERS  # by the first, most likely
    if second not in (sector, None) and not fouled:
        others |= {second}
    if others:
        facts[OTHER_SECTORS_FIELD] = others
    facts[MATTERS_FIELD] = 1 + len(others)


def _other_sectors(main: str, ranking: Ranking, sightings: list[Sighting]) -> Iterator[str]:
    """Sectors of second, separate matters, if a cause is named for them."""
    if len(ranking.scores) == 1:
        return
    score_of = dict(ranking.scores)
    for sighting in sightings:
        sector = sighting.entry.sector
        if sector is None or sector in (main, NOT_ENVIRONMENT):
            continue
        if sighting.entry.worth * sighting.factor < STRONG or score_of[sector] < STRONG / 2:
            continue
        if sighting.told_apart or (sighting.later and sighting.entry.is_premises and sighting.share >= 1):
            yield sector


def _matches(
    text: str, sightings: list[Sighting], held: list[Held], clocks: list[ClockTime]
) -> tuple[Match, ...]:
    """What to highlight, in the order of the text; one match for each fact that a word stands for, and of
    each fact the first `MOST_PLACES`: matches are stored and shown."""
    found: dict[_Place, str] = {}
    for sighting in sightings:
        if sighting.silenced:
            continue
        start, end, term = sighting.start, sighting.end, sighting.entry.term
        for name, word in term.facts:
            found[start, end, name, word] = sighting.entry.kind
        if term.sector and sighting.factor >= GENERIC:
            found[start, end, SECTOR_FIELD, term.sector] = sighting.entry.kind
    for compiled, carriers in held:
        reading = compiled.reading
        pairs = (*reading.facts, (SECTOR_FIELD, reading.sector)) if reading.sector else reading.facts
        for carrier in carriers:
            for name, word in pairs:
                found.setdefault((carrier.start, carrier.end, name, word), compiled.kind)
    for clock in clocks:
        if clock.part is DayPart.NIGHT:
            found[clock.start, clock.end, FLAGS_FIELD, NIGHT] = "context"
    ordered = sorted(found.items())
    if len(ordered) > MOST_PLACES:
        ordered = list(_first_places(ordered))
    return tuple(
        [Match(text[start:end], start, end, name, word, kind) for (start, end, name, word), kind in ordered]
    )


def _first_places(ordered: list[tuple[_Place, str]]) -> Iterator[tuple[_Place, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for place, kind in ordered:
        counts[place[2:]] += 1
        if counts[place[2:]] <= MOST_PLACES:
            yield place, kind
