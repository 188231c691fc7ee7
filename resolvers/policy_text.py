"""What the text of a policy has beside its rules: cases and the terms of the lexicon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.tables.policy import LexiconTerm, PolicyCase
from resolvers.context import Context
from resolvers.decision import FactEntry, facts
from resolvers.description import Computed, Resident, Source
from resolvers.register import RegionEntry
from resolvers.span import span

CASE = Source("PolicyCase", PolicyCase, identity=("text_id", "name"))
"""One case that is kept with a text."""
TERM = Source("LexiconTerm", LexiconTerm, identity=("text_id", "text"))
"""One term of a text's lexicon."""


@dataclass(frozen=True, slots=True)
class ExpectedEntry:
    """What must come of a case; of what is None nothing is asked."""

    lead_function: str | None
    triage: bool
    co_functions: Sequence[str] | None
    flags: Sequence[str] | None
    conference_domain: str | None
    rule_code: str | None


@dataclass(frozen=True, slots=True)
class TermFactEntry:
    """A word that a term stands for."""

    field: str
    word: str


def case_text(document: Mapping[str, Any]) -> str | None:
    """The words of the complaint, if the case has any."""
    text: str | None = document["text"]
    return text


def case_facts(document: Mapping[str, Any]) -> list[FactEntry]:
    """The facts that are given."""
    return facts(document["facts"], None)


def case_region(context: Context, document: Mapping[str, Any]) -> RegionEntry | None:
    """Where it is; None for anywhere, and for a region that is gone."""
    return context.register.regions.get(document["region"])


def case_day(document: Mapping[str, Any]) -> date | None:
    """The day of the decision; None for the day on which the case is run."""
    return date.fromisoformat(document["on"]) if document["on"] else None


def expected(document: Mapping[str, Any]) -> ExpectedEntry:
    """What must come of it."""
    asked = document["expected"]
    return ExpectedEntry(
        lead_function=asked.get("lead"),
        triage=asked.get("triage", False),
        co_functions=asked.get("co_functions"),
        flags=asked.get("flags"),
        conference_domain=asked.get("conference"),
        rule_code=asked.get("rule"),
    )


def term_facts(document: Mapping[str, Any]) -> list[TermFactEntry]:
    """The words that the term stands for."""
    return [TermFactEntry(field, word) for field, word in document["facts"]]


def sector(document: Mapping[str, Any]) -> str | None:
    """The sector that the term votes for."""
    voted: str | None = document["sector"]
    return voted


def weight(document: Mapping[str, Any]) -> float:
    """How much its vote counts."""
    counted: float = document["weight"]
    return counted


def unless(document: Mapping[str, Any]) -> Sequence[str]:
    """Words that take its vote, facts and marks away when they stand near."""
    words: Sequence[str] = document["unless"]
    return words


def marks(document: Mapping[str, Any]) -> Sequence[str]:
    """What readings see of it."""
    words: Sequence[str] = document["marks"]
    return words


CASES = span(CASE, (("text_id", "text_id"),), CASE.columns["position"] + 1, default=100)
"""The cases of a draft or a version in their order."""
TERMS = span(TERM, (("text_id", "text_id"),), TERM.columns["position"] + 1, default=100)
"""The terms of the lexicon of a draft or a version in their order."""
CASE_TEXT = Computed(case_text)
CASE_FACTS = Computed(case_facts)
CASE_REGION = Computed(case_region)
CASE_DAY = Computed(case_day)
EXPECTED = Computed(expected)
EXPECTED_LEAD = Resident("function", "lead_function")
TERM_FACTS = Computed(term_facts)
SECTOR = Computed(sector)
WEIGHT = Computed(weight)
UNLESS = Computed(unless)
MARKS = Computed(marks)
