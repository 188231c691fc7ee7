"""Lexicon files: groups of words that share their kind, vote, facts and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.document import read_field
from rules.flaws import Flaw
from rules.folding import fold
from rules.lexicon import Lexicon, Reading, Term, TermKind
from rules.lexicon_document import read_reading
from rules.model import FactField
from rules.rows import Row
from rules.yaml_source import Source

LEXICON_KEYS = frozenset({"fields", "groups", "readings"})
_GROUP_KEYS = frozenset({"kind", "sector", "weight", "facts", "unless", "marks", "words", "stems", "endings"})
MOST_TERMS = 100_000


class LexiconFiles:
    """The lexicon put together from several files, and where each of its entries came from."""

    def __init__(self) -> None:
        self.fields: list[FactField] = []
        self.flaws: list[Flaw] = []
        self._readings: list[Reading] = []
        self._written: dict[str, tuple[Term, Source, str]] = {}
        self._composed: dict[str, tuple[Term, Source, str]] = {}
        self._reading_origin: list[tuple[Source, str]] = []

    def add(self, source: Source) -> None:
        """Read one file; what is wrong with it is collected in `flaws`."""
        flaws: list[Flaw] = []
        row = Row(source.data, "", flaws, LEXICON_KEYS)
        for at, item in enumerate(row.items("fields")):
            self.fields.append(read_field(item, f"fields.{at}", flaws))
        for at, item in enumerate(row.items("groups")):
            self._add_group(Row(item, f"groups.{at}", flaws, _GROUP_KEYS), source)
        for at, item in enumerate(row.items("readings")):
            self._readings.append(read_reading(item, f"readings.{at}", flaws))
            self._reading_origin.append((source, f"readings.{at}"))
        self.flaws += [placed(flaw, source) for flaw in flaws]

    def lexicon(self) -> Lexicon:
        """All terms and readings; a written word wins over the same word put together from its
        parts, except that marks alone are added to it."""
        return Lexicon(tuple(term for term, _, _ in self._entries()), tuple(self._readings))

    def origin(self, flaw: Flaw) -> Flaw | None:
        """The flaw of a lexicon entry with its file and line; None if it is about something else."""
        section, _, rest = flaw.path.partition(".")
        number, _, part = rest.partition(".")
        if section not in ("terms", "readings") or not number.isdigit():
            return None
        if section == "readings":
            source, path = self._reading_origin[int(number)]
        else:
            _, source, path = self._entries()[int(number)]
        return placed(Flaw(flaw.code, f"{path}.{part}" if part else path, flaw.values), source)

    def _entries(self) -> list[tuple[Term, Source, str]]:
        entries = {**self._composed, **self._written}
        for word in self._composed.keys() & self._written.keys():
            (written, source, path), (composed, _, _) = self._written[word], self._composed[word]
            if written.kind == TermKind.CONTEXT and not written.sector:
                entries[word] = _merged(written, composed), source, path
        return list(entries.values())

    def _add_group(self, row: Row, source: Source) -> None:
        kind = row.choice("kind", TermKind)
        facts, sector = row.pairs("facts"), row.optional_text("sector")
        weight, unless, marks = row.number("weight", 1.0), _words(row, "unless"), _words(row, "marks")

        def term(text: str) -> tuple[Term, Source, str]:
            return Term(text, kind, facts, sector, weight, unless, marks), source, row.path

        written = _words(row, "words")
        stems, endings = _words(row, "stems"), _words(row, "endings")
        if not written and not (stems and endings):
            row.note("no_words", "words")
        if len(self._written) + len(self._composed) + len(written) + len(stems) * len(endings) > MOST_TERMS:
            row.note("too_many_terms", "words", limit=str(MOST_TERMS))
            return
        for text in written:
            made, word = term(text), fold(text)
            if word in self._written:
                before, its_source, its_path = self._written[word]
                made = (_merged(before, made[0]), its_source, its_path)
            self._written[word] = made
        for text in _combined(stems, endings):
            self._composed.setdefault(fold(text), term(text))


def _merged(one: Term, other: Term) -> Term:
    """A word of several groups has the facts and marks of all; kind and vote are of the first that votes.
    To hide a shorter word is no vote: every word does so."""
    ignored = one.kind == TermKind.IGNORE
    voting = other if ignored or (other.sector and not one.sector) else one
    return replace(
        voting,
        facts=tuple(dict.fromkeys(one.facts + other.facts)),
        marks=tuple(dict.fromkeys(one.marks + other.marks)),
        unless=tuple(dict.fromkeys(one.unless + other.unless)),
    )


def placed(flaw: Flaw, source: Source) -> Flaw:
    """The flaw with the file and the line that its path stands in."""
    if flaw.file:
        return flaw
    return Flaw(flaw.code, flaw.path, flaw.values, source.file, source.line_of(flaw.path))


def _words(row: Row, key: str) -> tuple[str, ...]:
    """Words separated by blanks, or a list of them."""
    return tuple(row.text(key).split()) if row.is_text(key) else row.texts(key)


def _combined(stems: tuple[str, ...], endings: tuple[str, ...]) -> Iterator[str]:
    for stem in stems:
        for ending in endings:
            yield stem + ending
