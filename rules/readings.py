"""What several words mean together: readings of the lexicon, tested on the marks of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rules.casting import ONLY_LANDMARK
from rules.clauses import Clauses
from rules.evidence import trust
from rules.lexicon import MANY_MARK, PREMISES_MARK, Reading, Scope, TermKind
from rules.sightings import Marks, Sighting


@dataclass(frozen=True, slots=True)
class CompiledReading:
    """A reading with its marks as bits. Of `needs` the one that the fewest words meet stands first."""

    reading: Reading
    kind: str
    worth: float
    needs: tuple[int, ...]
    wanted: int
    unless: int
    scope: Scope

    def holds(self, marks: int) -> bool:
        """Whether these marks are enough and nothing forbids it."""
        return self.begins(marks) and not marks & self.unless

    def begins(self, marks: int) -> bool:
        """Whether these marks are enough."""
        for need in self.needs:  # noqa: SIM110 - a generator takes twice as long
            if not marks & need:
                return False
        return True


class Held(NamedTuple):
    """A reading that holds, and the words that carry it."""

    compiled: CompiledReading
    carriers: list[Sighting]


class Readings:
    """All readings of a lexicon. `marked` is how many of its words have a mark."""

    def __init__(self, readings: Sequence[Reading], marks: Marks, marked: Mapping[str, int]) -> None:
        self._premises = marks.mask([PREMISES_MARK])
        self._many = marks.mask([MANY_MARK])
        self._compiled = [_compiled(reading, marks, marked) for reading in readings]
        self._begun: dict[int, tuple[int, ...]] = {}
        """Positions of the readings whose first need some marks of a word meet: most words begin few."""

    def held(self, sightings: list[Sighting], clauses: Clauses, many: Sequence[int]) -> list[Held]:
        """The readings that hold. `many` are places of numbers that say "several times"."""
        marked: list[tuple[int, Sighting]] = []
        whole = self._many if many else 0
        begun = set(self._begun_by(whole)) if many else set()
        for sighting in sightings:
            if sighting.factor < ONLY_LANDMARK:
                continue
            marks = sighting.entry.marks
            if sighting.entry.is_premises and sighting.factor == 1.0:
                marks |= self._premises
            if marks:
                marked.append((marks, sighting))
                whole |= marks
                begun.update(self._begun_by(marks))
        held: list[Held] = []
        of_parts: list[CompiledReading] = []
        for at in sorted(begun):
            each = self._compiled[at]
            if not each.begins(whole):
                continue
            if each.scope is not Scope.TEXT:
                of_parts.append(each)
            elif not whole & each.unless:
                held.append(Held(each, _carriers(each, marked)))
        if of_parts:
            held += self._held_in_parts(of_parts, marked, clauses, many)
        return held

    def _begun_by(self, marks: int) -> tuple[int, ...]:
        """Positions of the readings whose first need these marks meet."""
        begun = self._begun.get(marks)
        if begun is None:
            begun = self._begun[marks] = tuple(
                [at for at, each in enumerate(self._compiled) if marks & each.needs[0]]
            )
        return begun

    def _held_in_parts(
        self,
        readings: list[CompiledReading],
        marked: list[tuple[int, Sighting]],
        clauses: Clauses,
        many: Sequence[int],
    ) -> list[Held]:
        """Readings whose words have to stand in one clause or one sentence; the first such place counts."""
        parts = {Scope.CLAUSE: clauses.clause, Scope.SENTENCE: clauses.sentence}
        held: list[Held] = []
        for scope, number_of in parts.items():
            asked = [each for each in readings if each.scope is scope]
            if not asked:
                continue
            rows: dict[int, list[tuple[int, Sighting]]] = {}
            masks: dict[int, int] = {}
            for marks, sighting in marked:
                number = number_of(sighting.start)
                rows.setdefault(number, []).append((marks, sighting))
                masks[number] = masks.get(number, 0) | marks
            for start in many:
                masks[number_of(start)] = masks.get(number_of(start), 0) | self._many
            for each in asked:
                place = next((number for number, marks in masks.items() if each.holds(marks)), None)
                if place is not None:
                    held.append(Held(each, _carriers(each, rows.get(place, []))))
        return held


def _compiled(reading: Reading, marks: Marks, marked: Mapping[str, int]) -> CompiledReading:
    rarest_first = sorted(reading.needs, key=lambda group: sum([marked.get(mark, 0) for mark in group]))
    needs = tuple([marks.mask(group) for group in rarest_first])
    wanted = 0
    for need in needs:
        wanted |= need
    kind = TermKind(reading.kind)
    return CompiledReading(
        reading,
        kind.value,
        trust(kind) * reading.weight,
        needs,
        wanted,
        marks.mask(reading.unless),
        Scope(reading.scope),
    )


def _carriers(compiled: CompiledReading, marked: list[tuple[int, Sighting]]) -> list[Sighting]:
    wanted = compiled.wanted
    return [sighting for marks, sighting in marked if marks & wanted]
