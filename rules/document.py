"""A policy as plain data and back: one format for pack files, database rows and export.

Days are ISO texts, sets are lists, numbers and flags are themselves, so that the document is JSON as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from rules.cases import case_document, read_case
from rules.check import Severity, check
from rules.flaws import Flaw, PackError
from rules.lexicon import Lexicon
from rules.lexicon_check import check_lexicon
from rules.lexicon_document import read_reading, read_term, reading_document, term_document
from rules.model import (
    Condition,
    FactField,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)
from rules.rows import Row

FORMAT = 1
POLICY_KEYS = frozenset(
    {"format", "key", "version", "title", "title_en", "triage_below", "fields", "rules", "cases"}
)
_LEXICON_KEYS = frozenset({"terms", "readings"})
_FIELD_KEYS = frozenset({"name", "kind", "title", "title_en", "values"})
_RULE_KEYS = frozenset(
    {"id", "kind", "priority", "title", "title_en", "conditions", "outcome", "legal_basis"}
    | {"valid_from", "valid_to", "regions"}
)
_CONDITION_KEYS = frozenset({"field", "operator", "values", "low", "high", "negated"})
_OUTCOME_KEYS = frozenset(
    {"lead", "co_functions", "conference", "flags", "legal_path", "triage", "candidates"}
)
_BASIS_KEYS = frozenset({"title", "article", "url", "certain", "valid_to"})


def policy_document(policy: Policy) -> dict[str, Any]:
    """The whole policy with its lexicon."""
    return {
        "format": FORMAT,
        "key": policy.key,
        "version": policy.version,
        "title": policy.title,
        "title_en": policy.title_en,
        "triage_below": policy.triage_below,
        "fields": [field_document(field) for field in policy.fields],
        "rules": [rule_document(rule) for rule in policy.rules],
        "cases": [case_document(case) for case in policy.cases],
        "terms": [term_document(term) for term in policy.lexicon.terms],
        "readings": [reading_document(reading) for reading in policy.lexicon.readings],
    }


def field_document(field: FactField) -> dict[str, Any]:
    """One fact field."""
    return {
        "name": field.name,
        "kind": str(field.kind),
        "title": field.title,
        "title_en": field.title_en,
        "values": list(field.values),
    }


def rule_document(rule: Rule) -> dict[str, Any]:
    """One row of the decision table."""
    return {
        "id": rule.id,
        "kind": str(rule.kind),
        "priority": rule.priority,
        "title": rule.title,
        "title_en": rule.title_en,
        "conditions": [condition_document(condition) for condition in rule.conditions],
        "outcome": outcome_document(rule.outcome),
        "legal_basis": [basis_document(basis) for basis in rule.legal_basis],
        "valid_from": _iso(rule.valid_from),
        "valid_to": _iso(rule.valid_to),
        "regions": list(rule.regions),
    }


def condition_document(condition: Condition) -> dict[str, Any]:
    """One cell."""
    return {
        "field": condition.field,
        "operator": str(condition.operator),
        "values": list(condition.values),
        "low": condition.low,
        "high": condition.high,
        "negated": condition.negated,
    }


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """What a row decides."""
    return {
        "lead": outcome.lead,
        "co_functions": list(outcome.co_functions),
        "conference": outcome.conference,
        "flags": list(outcome.flags),
        "legal_path": outcome.legal_path,
        "triage": outcome.triage,
        "candidates": list(outcome.candidates),
    }


def basis_document(basis: LegalBasis) -> dict[str, Any]:
    """A source of law."""
    return {
        "title": basis.title,
        "article": basis.article,
        "url": basis.url,
        "certain": basis.certain,
        "valid_to": _iso(basis.valid_to),
    }


def policy_from_document(document: object) -> Policy:
    """The policy of a document. Raises PackError with everything that keeps it from being read, each with
    its path. What the policy says is checked before it is published, and not again: functions and
    conferences come and go, and a published version stays."""
    flaws: list[Flaw] = []
    row = Row(document, "", flaws, POLICY_KEYS | _LEXICON_KEYS)
    terms = tuple(read_term(item, f"terms.{at}", flaws) for at, item in enumerate(row.items("terms")))
    readings = tuple(
        read_reading(item, f"readings.{at}", flaws) for at, item in enumerate(row.items("readings"))
    )
    policy = read_policy(row, Lexicon(terms, readings))
    if flaws:
        raise PackError(flaws)
    return policy


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def check_policy(policy: Policy, functions: frozenset[str], conference_domains: frozenset[str]) -> list[Flaw]:
    """What makes a policy of the right shape unusable, rows first, then the lexicon."""
    found = check(policy, functions, conference_domains)
    rows = [Flaw(f"check.{f.code}", f.where, f.params) for f in found if f.severity is Severity.ERROR]
    return rows + list(check_lexicon(policy.lexicon, policy.fields))


def read_policy(row: Row, lexicon: Lexicon) -> Policy:
    """The policy of a row whose lexicon has been read; flaws are noted in the row."""
    if row.whole("format", FORMAT) != FORMAT:
        row.note("wrong_format", "format", format=str(FORMAT))
    return Policy(
        key=row.text("key"),
        version=row.whole("version", 1),
        title=row.text("title"),
        title_en=row.text("title_en"),
        fields=tuple(
            read_field(item, f"fields.{at}", row.flaws) for at, item in enumerate(row.items("fields"))
        ),
        rules=tuple(
            read_rule(item, f"rules.{at}", row.flaws)
            for at, item in enumerate(row.items("rules", required=True))
        ),
        lexicon=lexicon,
        triage_below=row.number("triage_below", 0.0),
        cases=tuple(read_case(item, f"cases.{at}", row.flaws) for at, item in enumerate(row.items("cases"))),
    )


def read_rule(data: object, path: str, flaws: list[Flaw]) -> Rule:
    """One row of the decision table."""
    row = Row(data, path, flaws, _RULE_KEYS)
    return Rule(
        id=row.text("id"),
        kind=row.choice("kind", RuleKind),
        priority=row.whole("priority"),
        title=row.text("title"),
        title_en=row.text("title_en"),
        conditions=tuple(
            _condition(Row(item, f"{path}.conditions.{at}", flaws, _CONDITION_KEYS))
            for at, item in enumerate(row.items("conditions", required=True))
        ),
        outcome=_outcome(Row(_part(data, "outcome"), f"{path}.outcome", flaws, _OUTCOME_KEYS)),
        legal_basis=tuple(
            _basis(Row(item, f"{path}.legal_basis.{at}", flaws, _BASIS_KEYS))
            for at, item in enumerate(row.items("legal_basis"))
        ),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        regions=row.texts("regions"),
    )


def _part(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, dict) else None


def read_field(data: object, path: str, flaws: list[Flaw]) -> FactField:
    """One fact field."""
    row = Row(data, path, flaws, _FIELD_KEYS)
    return FactField(
        row.text("name"),
        row.choice("kind", FieldKind),
        row.text("title"),
        row.text("title_en"),
        row.texts("values"),
    )


def _condition(row: Row) -> Condition:
    return Condition(
        row.text("field"),
        row.choice("operator", Operator),
        row.scalars("values"),
        row.optional_number("low"),
        row.optional_number("high"),
        row.flag("negated", default=False),
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(
        lead=row.optional_text("lead"),
        co_functions=row.texts("co_functions"),
        conference=row.optional_text("conference"),
        flags=row.texts("flags"),
        legal_path=row.optional_text("legal_path"),
        triage=row.flag("triage", default=False),
        candidates=row.texts("candidates"),
    )


def _basis(row: Row) -> LegalBasis:
    return LegalBasis(
        row.text("title"),
        row.text("article", ""),
        row.text("url", ""),
        row.flag("certain", default=True),
        row.day("valid_to"),
    )
