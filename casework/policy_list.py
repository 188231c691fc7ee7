"""What policies there are: their versions and drafts, without their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.draft import DraftState
from casework.policy import VersionStatus, status_of
from db.tables.policy import PolicyDraft, PolicyRule, PolicyText, PolicyVersion

OVER = (DraftState.PUBLISHED, DraftState.DISCARDED)


@dataclass(frozen=True, slots=True)
class VersionHead:
    """One published version."""

    policy_key: str
    number: int
    title: str
    title_en: str
    status: VersionStatus
    effective_from: date
    published_at: datetime
    published_by: str
    approved_by: str | None
    rules: int


@dataclass(frozen=True, slots=True)
class DraftHead:
    """One draft. `version` counts its changes; `base_number` is the version that it has to follow."""

    id: UUID
    city: str
    policy_key: str
    title: str
    title_en: str
    state: str
    version: int
    base_number: int
    authors: Sequence[str]
    changed_at: datetime
    approved_by: str | None
    rules: int
    note: str


async def list_versions(
    connection: AsyncConnection, today: date, policy_key: str | None = None
) -> list[VersionHead]:
    """All versions, by policy and then newest first."""
    statement = (
        select(PolicyVersion.__table__, PolicyText.title, PolicyText.title_en, _rules().label("rules"))
        .join(PolicyText, PolicyText.id == PolicyVersion.text_id)
        .order_by(PolicyVersion.policy_key, PolicyVersion.number.desc())
    )
    if policy_key is not None:
        statement = statement.where(PolicyVersion.policy_key == policy_key)
    return [
        VersionHead(
            policy_key=row.policy_key,
            number=row.number,
            title=row.title,
            title_en=row.title_en,
            status=status_of(row.effective_from, row.superseded_from, row.rolled_back_at, today),
            effective_from=row.effective_from,
            published_at=row.published_at,
            published_by=row.published_by,
            approved_by=row.approved_by,
            rules=row.rules,
        )
        for row in await connection.execute(statement)
    ]


async def list_drafts(
    connection: AsyncConnection, policy_key: str | None = None, ending: str | None = None
) -> list[DraftHead]:
    """The drafts that are not over, newest first; with an `ending` those of any state whose key, written in
    hexadecimal digits, ends with it."""
    statement = (
        select(PolicyDraft.__table__, PolicyText.title, PolicyText.title_en, _rules().label("rules"))
        .join(PolicyText, PolicyText.id == PolicyDraft.text_id)
        .order_by(PolicyDraft.id.desc())
    )
    if policy_key is not None:
        statement = statement.where(PolicyDraft.policy_key == policy_key)
    if ending is None:
        statement = statement.where(PolicyDraft.state.not_in(OVER))
    found = [_draft(row) for row in await connection.execute(statement)]
    return [draft for draft in found if ending is None or draft.id.hex.endswith(ending)]


def _draft(row: Row[tuple[object, ...]]) -> DraftHead:
    return DraftHead(**{name: getattr(row, name) for name in DraftHead.__slots__})


def _rules() -> ScalarSelect[int]:
    """How many rules the text has."""
    return (
        select(func.count())
        .select_from(PolicyRule)
        .where(PolicyRule.text_id == PolicyText.id)
        .correlate(PolicyText)
        .scalar_subquery()
    )
