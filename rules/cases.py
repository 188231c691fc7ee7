"""The cases that are kept with a policy, as plain data and back."""

from __future__ import annotations

from typing import Any

from rules.facts_document import facts_document, facts_from_document
from rules.flaws import Flaw
from rules.model import Case, Expected, FactValue
from rules.rows import Row

_CASE_KEYS = frozenset({"name", "text", "facts", "region", "on", "expected"})
_EXPECTED_KEYS = frozenset({"lead", "triage", "co_functions", "flags", "conference", "rule"})


def case_document(case: Case) -> dict[str, Any]:
    """One case. What is not asked is not there."""
    expected = case.expected
    asked: dict[str, Any] = {"triage": True} if expected.triage else {"lead": expected.lead}
    for name in ("co_functions", "flags"):
        if (words := getattr(expected, name)) is not None:
            asked[name] = list(words)
    for name in ("conference", "rule"):
        if (word := getattr(expected, name)) is not None:
            asked[name] = word
    return {
        "name": case.name,
        "text": case.text,
        "facts": facts_document(case.facts),
        "region": case.region,
        "on": case.on.isoformat() if case.on else None,
        "expected": asked,
    }


def read_case(data: object, path: str, flaws: list[Flaw]) -> Case:
    """One case of a policy document; flaws are noted with their path."""
    row = Row(data, path, flaws, _CASE_KEYS)
    case = Case(
        name=row.text("name"),
        expected=_expected(row),
        text=row.optional_text("text"),
        facts=_facts(row),
        region=row.optional_text("region"),
        on=row.day("on"),
    )
    if case.text is None and not case.facts:
        row.note("case_says_nothing", "text")
    return case


def _expected(row: Row) -> Expected:
    asked = Row(row.mapping("expected"), f"{row.path}.expected", row.flaws, _EXPECTED_KEYS)
    expected = Expected(
        lead=asked.optional_text("lead"),
        triage=asked.flag("triage", default=False),
        co_functions=asked.texts("co_functions") if asked.has("co_functions") else None,
        flags=asked.texts("flags") if asked.has("flags") else None,
        conference=asked.text("conference", "") if asked.has("conference") else None,
        rule=asked.optional_text("rule"),
    )
    if (expected.lead is None) is not expected.triage:
        asked.note("case_lead_or_triage", "lead")
    return expected


def _facts(row: Row) -> dict[str, FactValue]:
    """The given facts: words, lists of words, numbers, flags."""
    given = row.mapping("facts")
    for name in [name for name, value in given.items() if not _is_fact(value)]:
        row.note("not_a_fact", f"facts.{name}")
        del given[name]
    return facts_from_document(given)


def _is_fact(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(word, str) and word for word in value)
    return isinstance(value, str | int | float | bool)
