"""How a policy looks as decision tables: what both directions agree on.

One single-hit table has the base rules and one multiple-hit table the overlay rules. An input column asks
about the fact whose name is its expression; a fact that one row asks about twice has two columns. Output
columns are the parts of an outcome (`Part`), by name, or by label in Chinese or English. Regions and validity
have input columns of their own, so that another engine asks for them too. What a table has no place for is
carried in attributes of the namespace `urn:lianxi:policy:1`; where a cell says otherwise, the cell holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from rules.model import FieldKind, LegalBasis
from wording.catalogue import Language, say

OF_WORDS = (FieldKind.CHOICE, FieldKind.CHOICES)
"""Fields whose allowed words are the input values of their columns."""


class Part(StrEnum):
    """The output columns."""

    RULE = "rule"  # the rule's id
    TITLE = "title"
    TITLE_EN = "title_en"
    LEAD = "lead"  # a function
    CO_FUNCTIONS = "co_functions"  # functions, as a list or with commas
    CONFERENCE = "conference"
    FLAGS = "flags"
    LEGAL_PATH = "legal_path"
    TRIAGE = "triage"  # true: a person decides
    CANDIDATES = "candidates"
    LEGAL_BASIS = "legal_basis"  # sources of law, one after another with `；`


class Scope(StrEnum):
    """Input columns that are not conditions of a rule: the attribute `scope` of a column."""

    REGIONS = "regions"
    VALIDITY = "validity"


def label_of(part: Part, language: Language) -> str:
    """The heading of an output column."""
    return say(f"dmn.column.{part}", language)


def part_of(name: str, label: str) -> Part | None:
    """The part that a column's name or label stands for."""
    headings = {label_of(part, language): part for part in Part for language in Language}
    for each in (name.strip(), label.strip()):
        for part in Part:
            if each == part:
                return part
        if each in headings:
            return headings[each]
    return None


def basis_text(basis: Sequence[LegalBasis]) -> str:
    """Sources of law as one reads them."""
    return "；".join(f"{each.title}{each.article}" for each in basis)


def pack_basis(basis: Sequence[LegalBasis]) -> str:
    """Sources of law with everything that is known of them, for an attribute."""
    parts = [
        [
            each.title,
            each.article,
            each.url,
            each.certain,
            each.valid_to.isoformat() if each.valid_to else None,
        ]
        for each in basis
    ]
    return json.dumps(parts, ensure_ascii=False)


def unpack_basis(packed: str) -> tuple[LegalBasis, ...]:
    """The sources of `pack_basis`. Raises ValueError for anything else."""
    parts = json.loads(packed)
    if not isinstance(parts, list):
        raise ValueError(packed)
    return tuple(_unpacked(part) for part in parts)


def _unpacked(part: object) -> LegalBasis:
    match part:
        case [str(title), str(article), str(url), bool(certain), None]:
            return LegalBasis(title, article, url, certain)
        case [str(title), str(article), str(url), bool(certain), str(day)]:
            return LegalBasis(title, article, url, certain, date.fromisoformat(day))
    raise ValueError(part)
