"""Routing policies, their versions and rules, for reading."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.policy import PolicyRule, PolicyVersion, RoutingPolicy
from resolvers.context import Context, Info
from resolvers.identity import global_id, key_of
from resolvers.loading import Columns, grouped, matched, select_row
from resolvers.register import FunctionEntry, RegionEntry
from resolvers.span import Span, rows_of_spans


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A responsibility split, known by its key."""

    key: str
    title: str
    title_en: str

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("RoutingPolicy", self.key)


@dataclass(frozen=True, slots=True)
class FactFieldEntry:
    """One column that rules may ask about."""

    name: str
    kind: str
    title: str
    title_en: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a policy."""

    key: UUID
    policy_key: str
    number: int
    status: str
    documents: list[dict[str, Any]]
    triage_below: float
    checksum: str
    effective_from: date
    published_at: datetime
    published_by: str

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("PolicyVersion", self.key)

    @property
    def fields(self) -> list[FactFieldEntry]:
        """What its rules may ask about."""
        return [FactFieldEntry(**document) for document in self.documents]


@dataclass(frozen=True, slots=True)
class LegalBasisEntry:
    """A source of law."""

    title: str
    article: str
    url: str
    certain: bool


@dataclass(frozen=True, slots=True)
class ConditionEntry:
    """One cell of the table."""

    field: str
    operator: str
    values: Sequence[str]
    low: float | None
    high: float | None
    negated: bool


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """What a rule decides when it holds."""

    lead: str | None
    co_codes: list[str]
    conference_domain: str | None
    flags: list[str]
    legal_path: str | None
    triage: bool
    candidate_codes: list[str]


class RuleKey(NamedTuple):
    """A rule is known by its version and its code within it."""

    version: UUID
    code: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of the table. `code` is its name within the policy."""

    version_key: UUID
    code: str
    position: int
    kind: str
    priority: int
    title: str
    title_en: str
    condition_documents: list[dict[str, Any]]
    outcome_document: dict[str, Any]
    basis_documents: list[dict[str, Any]]
    region_codes: list[str]
    valid_from: date | None
    valid_to: date | None

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("PolicyRule", f"{self.version_key}:{self.code}")

    @property
    def conditions(self) -> list[ConditionEntry]:
        """What it asks; all have to hold."""
        return [
            ConditionEntry(**{**document, "values": [_word(value) for value in document["values"]]})
            for document in self.condition_documents
        ]

    @property
    def outcome(self) -> OutcomeEntry:
        """What it decides."""
        document = self.outcome_document
        return OutcomeEntry(
            lead=document["lead"],
            co_codes=document["co_functions"],
            conference_domain=document["conference"],
            flags=document["flags"],
            legal_path=document["legal_path"],
            triage=document["triage"],
            candidate_codes=document["candidates"],
        )

    @property
    def legal_basis(self) -> list[LegalBasisEntry]:
        """What it stands on."""
        return [LegalBasisEntry(**document) for document in self.basis_documents]


POLICY: Columns = (RoutingPolicy.key, RoutingPolicy.title, RoutingPolicy.title_en)
VERSION: Columns = (
    PolicyVersion.id,
    PolicyVersion.policy_key,
    PolicyVersion.number,
    PolicyVersion.status,
    PolicyVersion.fields,
    PolicyVersion.triage_below,
    PolicyVersion.checksum,
    PolicyVersion.effective_from,
    PolicyVersion.published_at,
    PolicyVersion.published_by,
)
RULE: Columns = (
    PolicyRule.version_id,
    PolicyRule.rule_id,
    PolicyRule.position,
    PolicyRule.kind,
    PolicyRule.priority,
    PolicyRule.title,
    PolicyRule.title_en,
    PolicyRule.conditions,
    PolicyRule.outcome,
    PolicyRule.legal_basis,
    PolicyRule.regions,
    PolicyRule.valid_from,
    PolicyRule.valid_to,
)


async def find_policy(context: Context, id_: str) -> PolicyRow | None:
    """The policy with an id."""
    key = key_of(id_, "RoutingPolicy")
    return await context.load(policies_by_key, key) if key else None


async def find_policies(context: Context) -> list[PolicyRow]:
    """Every policy, by key."""
    async with context.read() as connection:
        rows = await connection.execute(select_row(POLICY).order_by(RoutingPolicy.key))
        return [PolicyRow(*row) for row in rows]


async def policies_by_key(connection: AsyncConnection, keys: Sequence[str]) -> Sequence[PolicyRow | None]:
    """One policy a key."""
    rows = await connection.execute(select_row(POLICY).where(RoutingPolicy.key.in_(keys)))
    return matched(keys, ((row[0], PolicyRow(*row)) for row in rows))


async def versions_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[VersionRow | None]:
    """One version a key."""
    rows = await connection.execute(select_row(VERSION).where(PolicyVersion.id.in_(keys)))
    return matched(keys, ((row[0], VersionRow(*row)) for row in rows))


async def versions_of_policies(
    connection: AsyncConnection, keys: Sequence[str]
) -> Sequence[list[VersionRow]]:
    """All versions of each policy, newest first."""
    rows = await connection.execute(
        select_row(VERSION).where(PolicyVersion.policy_key.in_(keys)).order_by(PolicyVersion.number.desc())
    )
    return grouped(keys, ((row[1], VersionRow(*row)) for row in rows))


async def rules_by_key(connection: AsyncConnection, keys: Sequence[RuleKey]) -> Sequence[RuleRow | None]:
    """One rule a version and code."""
    wanted = tuple_(PolicyRule.version_id, PolicyRule.rule_id).in_(keys)
    rows = await connection.execute(select_row(RULE).where(wanted))
    return matched(keys, ((RuleKey(row[0], row[1]), RuleRow(*row)) for row in rows))


async def rules_of_versions(connection: AsyncConnection, spans: Sequence[Span]) -> Sequence[list[RuleRow]]:
    """The asked-for stretch of the rules of each version, in the order of the table."""
    statement = select_row(RULE).order_by(PolicyRule.position)
    place = PolicyRule.position + 1
    return await rows_of_spans(connection, spans, statement, PolicyRule.version_id, place, RuleRow)


def versions(root: PolicyRow, info: Info) -> Awaitable[list[VersionRow]]:
    """All versions, newest first."""
    return info.context.load(versions_of_policies, root.key)


async def current_version(root: PolicyRow, info: Info) -> VersionRow | None:
    """The newest version that has taken effect."""
    found = await info.context.load(versions_of_policies, root.key)
    return next((version for version in found if version.effective_from <= info.context.today), None)


def policy(root: VersionRow, info: Info) -> Awaitable[PolicyRow | None]:
    """Whose version it is."""
    return info.context.load(policies_by_key, root.policy_key)


def rules(root: VersionRow, info: Info, after: int = 0, first: int = 100) -> Awaitable[list[RuleRow]]:
    """Its rules in order, skipping `after` of them."""
    return info.context.load(rules_of_versions, Span.checked(root.key, after, first, info.context.language))


async def current_rules(root: PolicyRow, info: Info, after: int = 0, first: int = 100) -> list[RuleRow]:
    """The rules of the version that has taken effect."""
    version = await current_version(root, info)
    return await rules(version, info, after, first) if version else []


def regions(root: RuleRow, info: Info) -> list[RegionEntry]:
    """Where it holds; empty means everywhere. Regions that are gone are left out."""
    known = info.context.register.regions
    return [known[code] for code in root.region_codes if code in known]


def lead_function(root: OutcomeEntry, info: Info) -> FunctionEntry | None:
    """The function that leads."""
    return info.context.register.function(root.lead) if root.lead else None


def co_functions(root: OutcomeEntry, info: Info) -> list[FunctionEntry]:
    """The functions that join."""
    return [info.context.register.function(code) for code in root.co_codes]


def candidates(root: OutcomeEntry, info: Info) -> list[FunctionEntry]:
    """The functions that a person may choose from."""
    return [info.context.register.function(code) for code in root.candidate_codes]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
