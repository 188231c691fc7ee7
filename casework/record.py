"""The record of a change: events of the dispute, messages for others, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from casework.act import Change
from db import audit, outbox
from db.tables.base import new_key
from db.tables.event import Event

Happening = tuple[str, Mapping[str, Any]]
"""An event's type and data. The data hold codes and numbers, never personal data."""


async def record(
    change: Change, *, city: str, dispute_id: UUID, number: str, action: str, happenings: Sequence[Happening]
) -> None:
    """Write the events of one verb, an outbox message for each, and one audit record for the verb."""
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
    await audit.append(
        change.connection,
        city=city,
        actor=change.actor.id,
        action=action,
        subject=number,
        data={"events": [{"type": type_, **data} for type_, data in happenings]},
        occurred_at=change.now,
    )
