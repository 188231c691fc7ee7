"""The lexicon against the rules: words that no row asks for, and facts that rows ask for in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from rules.analysis.findings import MOST_KEPT, Finding, FindingKind
from rules.evidence import NOT_ENVIRONMENT, STRONG, trust
from rules.facts import MATTERS_FIELD, OTHER_SECTORS_FIELD, PREMISES_FIELD, SEVERAL_WORDS, SOURCE_FIELD
from rules.lexicon import NUISANCE_MARKS, PREMISES_MARK, SECOND_MATTER_MARK, Lexicon, Reading, Term, TermKind
from rules.model import (
    DAY_FIELD,
    FLAGS_FIELD,
    REGION_FIELD,
    SECTOR_FIELD,
    Condition,
    Facts,
    FieldKind,
    Operator,
    Policy,
    Rule,
    Scalar,
    conditions_of,
)
from rules.ranking_facts import SCORE
from rules.router import UNITS_FIELD
from rules.sightings import NIGHT

COUNTED = frozenset({"animals", "area", "times", "years"})
"""Fields of the counts that are read from a text."""
_OF_THE_CASE = frozenset({REGION_FIELD, DAY_FIELD, "severity", "channel"})  # what stands beside the text
_NUMBERS = COUNTED | {DAY_FIELD, "severity", UNITS_FIELD, MATTERS_FIELD}


def vocabulary_findings(policy: Policy) -> Iterator[Finding]:
    """Words that stand for nothing that a row asks for, and what rows ask for that no word stands for. A
    policy without a lexicon decides on facts that are given, so that there is nothing to say."""
    if policy.lexicon.terms or policy.lexicon.readings:
        yield from _unused_terms(policy)
        yield from _never_found(policy)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rows ask for, negated or not: words by field, and fields of which any word will do."""

    words: Mapping[str, Set[Scalar]]
    whole: Set[str]

    def fact(self, name: str, word: str) -> bool:
        """Whether a row asks for this word, or it becomes a flag of the decision by itself."""
        return name == FLAGS_FIELD or name in self.whole or word in self.words.get(name, ())

    def sector(self, sector: str | None) -> bool:
        """Whether a vote for this sector reaches a row."""
        if sector is None:
            return False
        if self.fact(SECTOR_FIELD, sector) or self.fact(OTHER_SECTORS_FIELD, sector):
            return True
        return MATTERS_FIELD in self.words or SCORE + sector in self.words

    def any_fact(self, entry: Term | Reading) -> bool:
        """Whether a row asks for anything that a term or a reading says by itself."""
        return self.sector(entry.sector) or any(self.fact(name, word) for name, word in entry.facts)


def _asked(policy: Policy) -> _Asked:
    words: dict[str, set[Scalar]] = {}
    whole: set[str] = set()
    for rule in policy.rules:
        for condition in conditions_of(rule):
            words.setdefault(condition.field, set()).update(condition.values)
            if condition.operator is Operator.PRESENT:
                whole.add(condition.field)
    return _Asked(words, whole)


def _unused_terms(policy: Policy) -> Iterator[Finding]:
    """A finding for each fact or sector that words stand for in vain, and one for words of no use at all."""
    asked = _asked(policy)
    # Beginning a second matter and telling of a nuisance are grammar: they change what other words are worth.
    needed = {SECOND_MATTER_MARK, *NUISANCE_MARKS, *_needed_marks(policy.lexicon.readings, asked)}
    unused: dict[tuple[str, str] | None, list[str]] = {}
    for term in policy.lexicon.terms:
        if term.kind == TermKind.IGNORE or asked.any_fact(term) or not needed.isdisjoint(_marks(term)):
            continue
        says = [*term.facts, *([(SECTOR_FIELD, term.sector)] if term.sector else [])]
        unused.setdefault(says[0] if says else None, []).append(term.text)
    for said, terms in unused.items():
        kind = FindingKind.TERM_UNUSED if said else FindingKind.TERM_IDLE
        name, word = said or (None, None)
        yield Finding(kind, field=name, word=word, terms=tuple(terms[:MOST_KEPT]), count=len(terms))


def _needed_marks(readings: Iterable[Reading], asked: _Asked) -> Iterator[str]:
    """The marks that decide whether a reading holds that rows can tell from its absence."""
    for reading in readings:
        if asked.any_fact(reading) or any(asked.sector(sector) for sector in reading.against):
            for group in reading.needs:
                yield from group
            yield from reading.unless


def _marks(term: Term) -> Iterator[str]:
    yield from term.marks
    if term.kind == TermKind.PREMISES:
        yield PREMISES_MARK


def _never_found(policy: Policy) -> Iterator[Finding]:
    """What rows ask for although neither words nor the context of a text say it."""
    found = _said(policy.lexicon)
    kinds = {field.name: field.kind for field in policy.fields}
    missing: dict[tuple[str, str | None], list[tuple[Rule, Condition]]] = {}
    for rule in policy.rules:
        for condition in conditions_of(rule):
            if not condition.negated and condition.field in kinds and condition.field not in _OF_THE_CASE:
                for word in _in_vain(condition, kinds[condition.field], found.get(condition.field, set())):
                    missing.setdefault((condition.field, word), []).append((rule, condition))
    for (name, word), asking in missing.items():
        rules = tuple(dict.fromkeys(rule.id for rule, _ in asking))
        witness = _witness(asking[0][1], kinds[name], word)
        yield Finding(FindingKind.FACT_NEVER_FOUND, rules, witness, field=name, word=word)


def _in_vain(condition: Condition, kind: FieldKind, found: Set[str]) -> Iterator[str | None]:
    """The words that a condition asks for in vain; None for whatever the field may hold."""
    name = condition.field
    if kind in (FieldKind.NUMBER, FieldKind.FLAG):
        if kind is FieldKind.FLAG or not (name in _NUMBERS or name.startswith(SCORE)):
            yield None
        return
    if (kind is FieldKind.CHOICES) is not (name in SEVERAL_WORDS or name == OTHER_SECTORS_FIELD):
        found = set()  # a text fills such a field with the other kind of fact, which meets no condition
    if condition.operator is Operator.PRESENT:
        yield from () if found else (None,)
    else:
        yield from (word for word in condition.values if isinstance(word, str) and word not in found)


def _said(lexicon: Lexicon) -> Mapping[str, Set[str]]:
    """What texts can say, by field."""
    found: dict[str, set[str]] = {SOURCE_FIELD: {"known", "unknown"}, FLAGS_FIELD: {NIGHT}}
    terms = [term for term in lexicon.terms if term.kind != TermKind.IGNORE]
    entries: list[Term | Reading] = [*terms, *lexicon.readings]
    for entry in entries:
        for name, word in entry.facts:
            # The premises are those of the strongest word for the sector that wins.
            if name != PREMISES_FIELD or (isinstance(entry, Term) and entry.sector and _worth(entry) > 0):
                found.setdefault(name, set()).add(word)
        if entry.sector:
            found.setdefault(SECTOR_FIELD, set()).add(entry.sector)
    for term in terms:
        if term.sector and term.sector != NOT_ENVIRONMENT and _worth(term) >= STRONG:
            found.setdefault(OTHER_SECTORS_FIELD, set()).add(term.sector)
    return found


def _worth(term: Term) -> float:
    return trust(term.kind) * term.weight


def _witness(condition: Condition, kind: FieldKind, word: str | None) -> Facts | None:
    """The fact that is asked for."""
    if word is not None:
        return {condition.field: frozenset({word}) if kind is FieldKind.CHOICES else word}
    ends = [end for end in (*condition.values, condition.low, condition.high) if end is not None]
    return {condition.field: ends[0]} if ends else None
