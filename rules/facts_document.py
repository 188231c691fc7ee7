"""Facts as JSON and back: sets of words become sorted lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.model import Facts, FactValue


def facts_document(facts: Facts) -> dict[str, Any]:
    """Facts as JSON: sets become sorted lists."""
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in sorted(facts.items())
    }


def facts_from_document(document: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts of `facts_document`."""
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in document.items()}
