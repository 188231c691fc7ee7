"""Which messages a webhook is to get: those of its city, by their type and by whom the dispute concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.directory import CityDirectory
from casework.webhooks.kinds import DISPUTES, TEST, is_wanted
from db.feed import Message
from db.tables.dispute import Assignment, Dispute
from rules.territory import lineage


@dataclass(frozen=True, slots=True)
class Filter:
    """What a webhook asks for. Region and unit are about disputes: of the region with all below it and, where
    a unit is named, such as it had as lead or co-unit when the message was made."""

    webhook_id: str
    city: str
    types: Sequence[str]
    region_code: str
    unit_code: str | None


async def matching(
    connection: AsyncConnection, directory: CityDirectory, wanted: Filter, messages: Sequence[Message]
) -> list[Message]:
    """The messages that a webhook is to get, in their order."""
    asked = [message for message in messages if _is_asked_for(wanted, message)]
    numbers = [message.subject for message in asked if message.type.startswith(DISPUTES)]
    regions = await _regions(connection, wanted.city, numbers)
    spans = await _spans(connection, wanted, numbers) if wanted.unit_code else {}
    return [
        message
        for message in asked
        if not message.type.startswith(DISPUTES)
        or (
            wanted.region_code in lineage(directory.tree, regions.get(message.subject, ""))
            and (wanted.unit_code is None or _had(spans.get(message.subject, ()), message.occurred_at))
        )
    ]


def _is_asked_for(wanted: Filter, message: Message) -> bool:
    if message.type == TEST:
        return message.data.get("webhook") == wanted.webhook_id
    return message.city == wanted.city and is_wanted(message.type, wanted.types)


async def _regions(connection: AsyncConnection, city: str, numbers: Sequence[str]) -> dict[str, str]:
    rows = await connection.execute(
        select(Dispute.number, Dispute.region_code).where(
            Dispute.city == city, Dispute.number.in_(set(numbers))
        )
    )
    return {row.number: row.region_code for row in rows}


Span = tuple[datetime, datetime | None]
"""From when to when a unit had a dispute."""


async def _spans(
    connection: AsyncConnection, wanted: Filter, numbers: Sequence[str]
) -> dict[str, list[Span]]:
    rows = await connection.execute(
        select(Dispute.number, Assignment.assigned_at, Assignment.ended_at)
        .join(Assignment, (Assignment.dispute_id == Dispute.id) & (Assignment.city == Dispute.city))
        .where(
            Dispute.city == wanted.city,
            Dispute.number.in_(set(numbers)),
            Assignment.unit_code == wanted.unit_code,
        )
    )
    found: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        found[row.number].append((row.assigned_at, row.ended_at))
    return found


def _had(spans: Sequence[Span], moment: datetime) -> bool:
    # Whoever lost the dispute by what the message tells is told so, too.
    return any(begun <= moment and (ended is None or moment <= ended) for begun, ended in spans)
