"""What is wrong with a lexicon: names that nobody declared, and doubled entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.check import repeated
from rules.flaws import Flaw
from rules.lexicon import MANY_MARK, PREMISES_MARK, Lexicon, Reading, Term
from rules.model import SECTOR_FIELD, FactField


def check_lexicon(lexicon: Lexicon, fields: Iterable[FactField]) -> Iterator[Flaw]:
    """Flaws in the order of the lexicon; a path is `terms.<number>` or `readings.<number>`."""
    declared = {field.name: field for field in fields}
    for at, text in repeated(term.text for term in lexicon.terms):
        yield Flaw("pack.repeated_term", f"terms.{at}", {"name": text})
    for at, term in enumerate(lexicon.terms):
        yield from _check_entry(term, f"terms.{at}", declared)
    for at, name in repeated(reading.id for reading in lexicon.readings):
        yield Flaw("pack.repeated_reading", f"readings.{at}", {"name": name})
    marks = {mark for term in lexicon.terms for mark in term.marks} | {PREMISES_MARK, MANY_MARK}
    for at, reading in enumerate(lexicon.readings):
        yield from _check_entry(reading, f"readings.{at}", declared)
        yield from _check_reading(reading, f"readings.{at}", marks, declared)


def _check_entry(entry: Term | Reading, path: str, declared: dict[str, FactField]) -> Iterator[Flaw]:
    if entry.sector is not None and not _allows(declared.get(SECTOR_FIELD), entry.sector):
        yield Flaw("pack.unknown_sector", f"{path}.sector", {"name": entry.sector})
    for name, word in entry.facts:
        if not _allows(declared.get(name), word):
            yield Flaw("pack.unknown_fact", f"{path}.facts", {"name": name, "word": word})


def _check_reading(
    reading: Reading, path: str, marks: set[str], declared: dict[str, FactField]
) -> Iterator[Flaw]:
    needed = {mark for group in reading.needs for mark in group}
    for name in sorted({*needed, *reading.unless} - marks):
        yield Flaw("pack.unknown_mark", f"{path}.needs", {"name": name})
    for sector in reading.against:
        if not _allows(declared.get(SECTOR_FIELD), sector):
            yield Flaw("pack.unknown_sector", f"{path}.against", {"name": sector})


def _allows(field: FactField | None, word: str) -> bool:
    return field is not None and (not field.values or word in field.values)
