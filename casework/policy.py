"""Routing policies as they are stored: which version is in force, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from rules.document import policy_from_document
from rules.model import Policy

VALIDITY = ("valid_from", "valid_to")
RULE_COLUMNS = ("kind", "priority", "title", "title_en", "conditions", "outcome", "legal_basis", "regions")


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that may decide: its key in the database, the policy's key, and its number."""

    id: UUID
    policy_key: str
    number: int


async def version_in_force(connection: AsyncConnection, key: str, on: date) -> PublishedVersion | None:
    """The newest published version of a policy that has taken effect by a day."""
    found = (
        await connection.execute(
            select(PolicyVersion.id, PolicyVersion.number)
            .where(PolicyVersion.policy_key == key, PolicyVersion.effective_from <= on)
            .order_by(PolicyVersion.number.desc())
            .limit(1)
        )
    ).first()
    return PublishedVersion(found.id, key, found.number) if found else None


async def version_of(connection: AsyncConnection, version_id: UUID) -> PublishedVersion:
    """A version by its key in the database. Raises NoResultFound."""
    found = (
        await connection.execute(
            select(PolicyVersion.policy_key, PolicyVersion.number).where(PolicyVersion.id == version_id)
        )
    ).one()
    return PublishedVersion(version_id, found.policy_key, found.number)


async def read_policy(connection: AsyncConnection, version: PublishedVersion) -> Policy:
    """A version as it was published, rules and lexicon."""
    head = (
        await connection.execute(
            select(
                PolicyVersion.fields, PolicyVersion.triage_below, RoutingPolicy.title, RoutingPolicy.title_en
            )
            .join(RoutingPolicy, RoutingPolicy.key == PolicyVersion.policy_key)
            .where(PolicyVersion.id == version.id)
        )
    ).one()
    rules = await connection.execute(
        select(PolicyRule.__table__).where(PolicyRule.version_id == version.id).order_by(PolicyRule.position)
    )
    terms = await connection.scalars(
        select(LexiconTerm.document)
        .where(LexiconTerm.version_id == version.id)
        .order_by(LexiconTerm.position)
    )
    readings = await connection.scalars(
        select(LexiconReading.document)
        .where(LexiconReading.version_id == version.id)
        .order_by(LexiconReading.position)
    )
    return policy_from_document(
        {
            "key": version.policy_key,
            "version": version.number,
            "title": head.title,
            "title_en": head.title_en,
            "fields": head.fields,
            "triage_below": head.triage_below,
            "rules": [_rule_of(row) for row in rules],
            "terms": list(terms),
            "readings": list(readings),
        }
    )


def _rule_of(row: Row[Any]) -> dict[str, Any]:
    days = {name: day.isoformat() if (day := getattr(row, name)) else None for name in VALIDITY}
    return {**{name: getattr(row, name) for name in RULE_COLUMNS}, "id": row.rule_id, **days}
