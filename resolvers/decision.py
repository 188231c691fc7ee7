"""Decisions: what a policy decided about a dispute or a question, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.civil import civil_day
from db.tables.dispute import Decision, Dispute
from resolvers.context import Info
from resolvers.identity import global_id
from resolvers.loading import Rows, grouped, matched
from resolvers.policy import RuleKey, RuleRow, VersionRow, rules_by_key, versions_by_key
from resolvers.register import DepartmentEntry, FunctionEntry
from rules.territory import nearest_unit
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class MatchEntry:
    """Words of the text that stand for a fact; positions count code points."""

    text: str
    start: int
    end: int
    field: str
    word: str


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One fact: words, a number or a flag."""

    field: str
    title: str
    title_en: str
    words: Sequence[str]
    number: float | None
    flag: bool | None


@dataclass(frozen=True, slots=True)
class CandidateEntry:
    """A possible lead, best first, in the region and on the day of the decision."""

    score: float
    function: FunctionEntry
    rule_key: RuleKey | None
    region_code: str
    day: date


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What was decided, and of which parts; the documents are as `rules.decision_document` writes them."""

    version_key: UUID
    rule_code: str | None
    lead_code: str | None
    conference_domain: str | None
    legal_path: str | None
    triage_reason: str | None
    confidence: float | None
    co_codes: list[str]
    flags: list[str]
    overlay_codes: list[str]
    candidate_documents: list[dict[str, Any]]
    facts_document: dict[str, Any]
    match_documents: list[dict[str, Any]]
    explanations: Mapping[str, Sequence[str]]
    region_code: str
    decided_at: datetime

    @property
    def matches(self) -> list[MatchEntry]:
        """The words that count."""
        return [MatchEntry(**document) for document in self.match_documents]


@dataclass(frozen=True, slots=True)
class DecisionRow(OutcomeRow):
    """A stored decision; `sequence` counts from 1 within its dispute."""

    key: UUID
    dispute_key: UUID
    sequence: int

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("Decision", self.key)


def _select_decisions() -> Rows:
    return select(
        Decision.policy_version_id,
        Decision.rule_id,
        Decision.lead_function,
        Decision.conference_domain,
        Decision.legal_path,
        Decision.triage_reason,
        Decision.confidence,
        Decision.co_functions,
        Decision.flags,
        Decision.overlay_ids,
        Decision.candidates,
        Decision.facts,
        Decision.matches,
        Decision.explanation,
        Dispute.region_code,
        Decision.decided_at,
        Decision.id,
        Decision.dispute_id,
        Decision.sequence,
    ).join_from(Decision, Dispute, (Dispute.id == Decision.dispute_id) & (Dispute.city == Decision.city))


async def decisions_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[DecisionRow | None]:
    """One decision a key."""
    rows = await connection.execute(_select_decisions().where(Decision.id.in_(keys)))
    return matched(keys, ((row.id, DecisionRow(*row)) for row in rows))


async def decisions_of_disputes(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[list[DecisionRow]]:
    """All decisions about each dispute, the newest first."""
    rows = await connection.execute(
        _select_decisions().where(Decision.dispute_id.in_(keys)).order_by(Decision.sequence.desc())
    )
    return grouped(keys, ((row.dispute_id, DecisionRow(*row)) for row in rows))


async def rule(root: OutcomeRow, info: Info) -> RuleRow | None:
    """The row that decided."""
    if root.rule_code is None:
        return None
    return await info.context.load(rules_by_key, RuleKey(root.version_key, root.rule_code))


async def overlays(root: OutcomeRow, info: Info) -> list[RuleRow]:
    """The rows that added something."""
    found = [await info.context.load(rules_by_key, RuleKey(root.version_key, c)) for c in root.overlay_codes]
    return [row for row in found if row is not None]


def policy_version(root: OutcomeRow, info: Info) -> Awaitable[VersionRow | None]:
    """By which version."""
    return info.context.load(versions_by_key, root.version_key)


def explanation(root: OutcomeRow, info: Info, language: Language | None = None) -> Sequence[str]:
    """Why, in sentences, as they were given at the time."""
    return root.explanations.get(language or info.context.language, ())


def lead_function(root: OutcomeRow, info: Info) -> FunctionEntry | None:
    """The function that leads."""
    return info.context.register.function(root.lead_code) if root.lead_code else None


def co_functions(root: OutcomeRow, info: Info) -> list[FunctionEntry]:
    """The functions that join."""
    return [info.context.register.function(code) for code in root.co_codes]


def candidates(root: OutcomeRow, info: Info) -> list[CandidateEntry]:
    """Whom a person may choose from."""
    return [
        CandidateEntry(
            score=document["score"],
            function=info.context.register.function(document["function"]),
            rule_key=RuleKey(root.version_key, document["rule"]) if document["rule"] else None,
            region_code=root.region_code,
            day=civil_day(root.decided_at),
        )
        for document in root.candidate_documents
    ]


def candidate_department(root: CandidateEntry, info: Info) -> DepartmentEntry | None:
    """Who carries the function there; None where nobody does."""
    register = info.context.register
    code = nearest_unit(register.territory, root.function.code, root.region_code, root.day)
    return register.departments[code] if code else None


def candidate_rule(root: CandidateEntry, info: Info) -> Awaitable[RuleRow | None] | None:
    """The row that would have led there."""
    return info.context.load(rules_by_key, root.rule_key) if root.rule_key else None


async def facts_of_decision(root: OutcomeRow, info: Info) -> list[FactEntry]:
    """What the rules saw, with the titles of the version's fields."""
    version = await info.context.load(versions_by_key, root.version_key)
    titles = {field.name: (field.title, field.title_en) for field in (version.fields if version else ())}
    return [
        _fact(name, *titles.get(name, (name, name)), value) for name, value in root.facts_document.items()
    ]


def _fact(name: str, title: str, title_en: str, value: object) -> FactEntry:
    words: Sequence[str] = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    flag = value if isinstance(value, bool) else None
    number = float(value) if isinstance(value, int | float) and flag is None else None
    return FactEntry(name, title, title_en, words, number, flag)
