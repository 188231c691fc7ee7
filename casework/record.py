"""The record of a change: events of the dispute, messages for others, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from casework.act import Change
from casework.holders import keep_holders
from db import audit, outbox
from db.tables.base import new_key
from db.tables.dispute import Dispute
from db.tables.duplicates import Merger
from db.tables.event import Event
from rules.personal_data import masked_text

Happening = tuple[str, Mapping[str, Any]]
"""An event's type and data. The data hold codes and numbers, never personal data."""
COURSE = frozenset({"assigned", "conference_convened", "conference_resolved", "resolved"})
"""Events that decide the course of a dispute: whoever complained in a dispute merged into it is told."""


async def record(
    change: Change,
    *,
    city: str,
    dispute_id: UUID,
    number: str,
    action: str,
    happenings: Sequence[Happening],
    reason: str | None = None,
) -> None:
    """Write the events of one verb, an outbox message for each, and one audit record for the verb, and note
    who has the dispute now. What
    decides the course of the dispute is told under the numbers of those that were merged into it, too. The
    reason that a person gave goes into the audit log alone, with stars for personal data."""
    await keep_holders(change, dispute_id)
    await _tell(change, city=city, dispute_id=dispute_id, number=number, happenings=happenings)
    course = [type_ for type_, _ in happenings if type_ in COURSE]
    for merged in await _merged_into(change, dispute_id) if course else ():
        told = {"main": number, "events": course}
        await _tell(
            change, city=city, dispute_id=merged.id, number=merged.number, happenings=[("main_went_on", told)]
        )
    await audit.append(
        change.connection,
        city=city,
        actor=change.actor.id,
        action=action,
        subject=number,
        data={
            "events": [{"type": type_, **data} for type_, data in happenings],
            **({} if reason is None else {"reason": masked_text(reason)}),
        },
        occurred_at=change.now,
    )


async def _merged_into(change: Change, dispute_id: UUID) -> Sequence[Any]:
    # Nobody else writes their events meanwhile: a dispute is split behind the lock of the main one.
    return (
        await change.connection.execute(
            select(Dispute.id, Dispute.number)
            .join(Merger, (Merger.dispute_id == Dispute.id) & (Merger.city == Dispute.city))
            .where(Merger.main_id == dispute_id, Merger.split_at.is_(None))
            .order_by(Dispute.id)
        )
    ).all()


async def _tell(
    change: Change, *, city: str, dispute_id: UUID, number: str, happenings: Sequence[Happening]
) -> None:
    """Write events of a dispute, and an outbox message for each."""
    last = await change.connection.scalar(
        select(func.coalesce(func.max(Event.sequence), 0)).where(Event.dispute_id == dispute_id)
    )
    rows: list[dict[str, Any]] = [
        {
            "id": new_key(),
            "city": city,
            "dispute_id": dispute_id,
            "sequence": sequence,
            "type": type_,
            "actor": change.actor.id,
            "occurred_at": change.now,
            "data": dict(data),
        }
        for sequence, (type_, data) in enumerate(happenings, (last or 0) + 1)
    ]
    await change.connection.execute(insert(Event), rows)
    for row in rows:
        await outbox.put(
            change.connection,
            city=city,
            type=f"lianxi.dispute.{row['type']}.v1",
            subject=number,
            data={"sequence": row["sequence"], **row["data"]},
            occurred_at=change.now,
        )
