"""The outbox: messages that must leave, written with the change that they tell of.

They leave by the feed (`db.feed`), in which each reader, such as the webhooks, keeps its own place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.base import new_key
from db.tables.event import Outbox


async def put(
    connection: AsyncConnection,
    *,
    city: str,
    type: str,  # CloudEvents' word
    subject: str,
    data: Mapping[str, Any],
    occurred_at: datetime,
) -> UUID:
    """Put a message of a CloudEvents type in; it leaves if the transaction is kept. Gives its key.

    Messages of one subject leave in the order of `data["sequence"]` where they have one, else of their keys.
    """
    key = new_key()
    await connection.execute(
        insert(Outbox).values(
            id=key, city=city, type=type, subject=subject, data=dict(data), occurred_at=occurred_at
        )
    )
    return key
