"""What differs between two policies, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.cases import case_document
from rules.difference import CASES, FIELDS, READINGS, RULES, TERMS, Changes, Difference
from rules.document import field_document, rule_document
from rules.lexicon_document import reading_document, term_document

_DOCUMENTS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    FIELDS: field_document,
    RULES: rule_document,
    TERMS: term_document,
    READINGS: reading_document,
    CASES: case_document,
}


def difference_document(difference: Difference) -> dict[str, Any]:
    """The difference as JSON: for each list what was `added`, `removed`, `changed` (from `old` to `new`) and
    `moved`, and `settings` with the old and new value of each that changed."""
    return {
        "settings": {name: {"old": old, "new": new} for name, (old, new) in difference.settings.items()},
        **{part: _changes(changes, _DOCUMENTS[part]) for part, changes in difference.lists.items()},
    }


def _changes(changes: Changes[Any], document: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    return {
        "added": [document(entry) for entry in changes.added],
        "removed": [document(entry) for entry in changes.removed],
        "changed": [{"old": document(old), "new": document(new)} for old, new in changes.changed],
        "moved": list(changes.moved),
    }
