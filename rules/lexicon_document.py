"""A lexicon as plain data and back: the terms and readings of a policy's document."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rules.flaws import Flaw
from rules.lexicon import Reading, Scope, Term, TermKind
from rules.rows import Row

_TERM_KEYS = frozenset({"text", "kind", "facts", "sector", "weight", "unless", "marks"})
_READING_KEYS = frozenset({"id", "needs", "unless", "scope", "kind", "facts", "sector", "weight", "against"})


def term_document(term: Term) -> dict[str, Any]:
    """One entry of the lexicon."""
    return {
        "text": term.text,
        "kind": str(term.kind),
        "facts": [list(pair) for pair in term.facts],
        "sector": term.sector,
        "weight": term.weight,
        "unless": list(term.unless),
        "marks": list(term.marks),
    }


def reading_document(reading: Reading) -> dict[str, Any]:
    """What several marks mean together."""
    return {
        "id": reading.id,
        "needs": [list(group) for group in reading.needs],
        "unless": list(reading.unless),
        "scope": str(reading.scope),
        "kind": str(reading.kind),
        "facts": [list(pair) for pair in reading.facts],
        "sector": reading.sector,
        "weight": reading.weight,
        "against": list(reading.against),
    }


def read_term(data: object, path: str, flaws: list[Flaw]) -> Term:
    """One entry of the lexicon."""
    row = Row(data, path, flaws, _TERM_KEYS)
    return Term(
        text=row.text("text"),
        kind=row.choice("kind", TermKind),
        facts=_shared(row.pairs("facts")),
        sector=_shared(row.optional_text("sector")),
        weight=_shared(row.number("weight", 1.0)),
        unless=_shared(row.texts("unless")),
        marks=_shared(row.texts("marks")),
    )


@lru_cache(maxsize=16_384, typed=True)
def _shared(value: Any) -> Any:
    """The value as it was read before: most of a hundred thousand words say what others say, too."""
    return value


def read_reading(data: object, path: str, flaws: list[Flaw]) -> Reading:
    """What several marks mean together."""
    row = Row(data, path, flaws, _READING_KEYS)
    groups = row.items("needs", required=True)
    if not groups or not all(_is_group(group) for group in groups):
        row.note("not_groups", "needs")
        groups = []
    return Reading(
        id=row.text("id"),
        needs=tuple(tuple(group) if isinstance(group, list) else (group,) for group in groups),
        unless=row.texts("unless"),
        scope=row.choice("scope", Scope) if row.has("scope") else Scope.TEXT,
        kind=row.choice("kind", TermKind) if row.has("kind") else TermKind.ACTIVITY,
        facts=row.pairs("facts"),
        sector=row.optional_text("sector"),
        weight=row.number("weight", 1.0),
        against=row.texts("against"),
    )


def _is_group(group: object) -> bool:
    if isinstance(group, list):
        return bool(group) and all(isinstance(mark, str) and mark for mark in group)
    return isinstance(group, str) and bool(group)
