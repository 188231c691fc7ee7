"""Routing policies as they are stored: which version is in force, and what a version or a draft says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from casework.policy_text import read_document
from db.tables.policy import PolicyDraft, PolicyText, PolicyVersion
from rules.document import policy_from_document
from rules.model import Policy

HIGHEST_NUMBER = 2**31 - 1
"""What a column of numbers can hold."""


class VersionStatus(StrEnum):
    """Where a version stands on a day."""

    SCHEDULED = "scheduled"  # its first day is still to come
    PUBLISHED = "published"  # it decides
    SUPERSEDED = "superseded"  # a newer one is in force
    ROLLED_BACK = "rolled_back"  # an earlier one was put in its place


def status_of(
    effective_from: date, superseded_from: date | None, rolled_back_at: datetime | None, today: date
) -> VersionStatus:
    """Where a version stands, from its days. No clock ever writes it down."""
    if rolled_back_at is not None:
        return VersionStatus.ROLLED_BACK
    if superseded_from is not None and superseded_from <= max(today, effective_from):
        return VersionStatus.SUPERSEDED
    return VersionStatus.SCHEDULED if effective_from > today else VersionStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that may decide: its key in the database, the policy's key, its number, the city whose audit
    log tells of it, and its text.

    Versions with one `text_id` say the same; those with one `lexicon_checksum` read texts alike.
    """

    id: UUID
    policy_key: str
    number: int
    city: str
    text_id: UUID
    lexicon_checksum: str


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    PolicyVersion.id,
    PolicyVersion.policy_key,
    PolicyVersion.number,
    PolicyVersion.city,
    PolicyVersion.text_id,
    PolicyText.lexicon_checksum,
)
"""What a PublishedVersion is made of, in its order."""
_VERSIONS: Select[Any] = select(*_COLUMNS).join(PolicyText, PolicyText.id == PolicyVersion.text_id)


async def version_in_force(connection: AsyncConnection, key: str, on: date) -> PublishedVersion | None:
    """The newest published version of a policy that has taken effect by a day."""
    statement = _VERSIONS.where(PolicyVersion.policy_key == key, PolicyVersion.effective_from <= on)
    found = (await connection.execute(statement.order_by(PolicyVersion.number.desc()).limit(1))).first()
    return PublishedVersion(*found) if found else None


async def newest_version(connection: AsyncConnection, key: str) -> PublishedVersion | None:
    """The version of a policy with the highest number, whether it has taken effect or not."""
    statement = _VERSIONS.where(PolicyVersion.policy_key == key)
    found = (await connection.execute(statement.order_by(PolicyVersion.number.desc()).limit(1))).first()
    return PublishedVersion(*found) if found else None


async def version_numbered(connection: AsyncConnection, key: str, number: int) -> PublishedVersion | None:
    """The version of a policy with a number, if there is one."""
    if not 0 < number <= HIGHEST_NUMBER:
        return None
    statement = _VERSIONS.where(PolicyVersion.policy_key == key, PolicyVersion.number == number)
    found = (await connection.execute(statement)).first()
    return PublishedVersion(*found) if found else None


async def version_of(connection: AsyncConnection, version_id: UUID) -> PublishedVersion:
    """A version by its key in the database. Raises NoResultFound."""
    found = (await connection.execute(_VERSIONS.where(PolicyVersion.id == version_id))).one()
    return PublishedVersion(*found)


async def read_policy(connection: AsyncConnection, version: PublishedVersion) -> Policy:
    """A version as it was published: rules, lexicon and cases."""
    return policy_from_document(
        await read_document(connection, version.text_id, version.policy_key, version.number)
    )


async def read_draft(connection: AsyncConnection, draft_id: UUID) -> Policy:
    """What a draft says, under the number that comes after its base. Raises NoResultFound."""
    draft = (
        await connection.execute(
            select(PolicyDraft.text_id, PolicyDraft.policy_key, PolicyDraft.base_number).where(
                PolicyDraft.id == draft_id
            )
        )
    ).one()
    return policy_from_document(
        await read_document(connection, draft.text_id, draft.policy_key, draft.base_number + 1)
    )
