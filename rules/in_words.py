"""Rules in one line, and what changed between two policies, as people say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.difference import CASES, FIELDS, READINGS, RULES, TERMS, Difference, difference
from rules.document import policy_from_document
from rules.model import Outcome, Policy, Rule, conditions_of
from rules.phrase import Phrases
from wording.catalogue import Language, say


class Part(StrEnum):
    """What of a policy changed."""

    SETTING = "setting"  # title or threshold, of which it has one each
    FIELD = "field"
    RULE = "rule"
    TERM = "term"
    READING = "reading"
    CASE = "case"


class ChangeKind(StrEnum):
    """What became of it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # it is asked in another order among those that stayed


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One change: which entry, and what it says before and after. Of entries other than rules and settings
    only the name is told."""

    part: Part
    kind: ChangeKind
    name: str
    before: str = ""
    after: str = ""


def compared(
    old_document: Mapping[str, Any], new_document: Mapping[str, Any], language: Language
) -> list[ChangeInWords]:
    """What changed between two policies, given as their documents."""
    old, new = (policy_from_document(each) for each in _without_the_same(old_document, new_document))
    return list(changes_in_words(difference(old, new), old, new, language))


def _without_the_same(*documents: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents without the words, readings and cases that begin or end the list of either alike: to
    take a hundred thousand words apart takes longer than all the rest."""
    found = [dict(each) for each in documents]
    for entry in (TERMS, READINGS, CASES):
        old, new = (each.get(entry, []) for each in documents)
        start = _same(old, new)
        old, new = old[start:], new[start:]
        end = _same(old[::-1], new[::-1])
        for document, entries in zip(found, (old, new), strict=True):
            document[entry] = entries[: len(entries) - end]
    return found


def _same(one: Sequence[object], other: Sequence[object]) -> int:
    """How many entries two lists begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


_PARTS: Mapping[str, tuple[Part, str]] = {
    FIELDS: (Part.FIELD, "name"),
    RULES: (Part.RULE, "id"),
    TERMS: (Part.TERM, "text"),
    READINGS: (Part.READING, "id"),
    CASES: (Part.CASE, "name"),
}
"""The lists of a difference, and what the entries of each are known by."""


def conditions_in_words(rule: Rule, phrases: Phrases) -> str:
    """What a rule asks for."""
    return "; ".join(phrases.requirement(condition) for condition in conditions_of(rule))


def outcome_in_words(outcome: Outcome, phrases: Phrases) -> str:
    """What a rule decides."""
    parts = {
        "lead": phrases.function(outcome.lead) if outcome.lead else "",
        "triage": phrases.functions(outcome.candidates) or "-" if outcome.triage else "",
        "co": phrases.functions(outcome.co_functions),
        "conference": phrases.domain(outcome.conference) if outcome.conference else "",
        "flags": phrases.listed(map(phrases.word, outcome.flags)),
        "path": outcome.legal_path or "",
    }
    said = (say(f"outcome.{part}", phrases.language, value=value) for part, value in parts.items() if value)
    return "; ".join(said)


def rule_in_words(rule: Rule, phrases: Phrases) -> str:
    """A whole rule."""
    asked, decided = conditions_in_words(rule, phrases), outcome_in_words(rule.outcome, phrases)
    return f"{phrases.title(rule)} [{rule.priority}]: {asked} → {decided}"


def changes_in_words(
    found: Difference, old: Policy, new: Policy, language: Language
) -> Iterator[ChangeInWords]:
    """What changed from one policy to the other: settings, fields, rules, terms, readings, cases."""
    before, after = Phrases(old, language), Phrases(new, language)

    def said(entry: object, phrases: Phrases) -> str:
        return rule_in_words(entry, phrases) if isinstance(entry, Rule) else ""

    for name, (was, now) in found.settings.items():
        yield ChangeInWords(Part.SETTING, ChangeKind.CHANGED, name, str(was), str(now))
    for each, changes in found.lists.items():
        part, key = _PARTS[each]
        for entry in changes.added:
            yield ChangeInWords(part, ChangeKind.ADDED, getattr(entry, key), "", said(entry, after))
        for entry in changes.removed:
            yield ChangeInWords(part, ChangeKind.REMOVED, getattr(entry, key), said(entry, before), "")
        for was, now in changes.changed:
            told = said(was, before), said(now, after)
            yield ChangeInWords(part, ChangeKind.CHANGED, getattr(now, key), *told)
        for name in changes.moved:
            yield ChangeInWords(part, ChangeKind.MOVED, name)
