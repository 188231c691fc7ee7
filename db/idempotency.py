"""Answers already given, by client and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dialect import insert_new
from db.tables.idempotency import IdempotencyKey


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The first answer to a key. `request_hash` tells a retry from another request under the same key."""

    operation: str
    request_hash: str
    answer: Mapping[str, Any]
    created_at: datetime


async def find(connection: AsyncConnection, *, client: str, key: str) -> StoredAnswer | None:
    """The answer that was given to a client's key, if any."""
    row = (
        await connection.execute(
            select(
                IdempotencyKey.operation,
                IdempotencyKey.request_hash,
                IdempotencyKey.answer,
                IdempotencyKey.created_at,
            ).where(IdempotencyKey.client == client, IdempotencyKey.key == key)
        )
    ).one_or_none()
    return StoredAnswer(*row) if row else None


async def store(
    connection: AsyncConnection,
    *,
    client: str,
    key: str,
    operation: str,
    request_hash: str,
    answer: Mapping[str, Any],
    created_at: datetime,
) -> bool:
    """Keep an answer. False, and nothing kept, when the key has one already.

    On PostgreSQL this waits for an open transaction that is storing the same key.
    """
    stored = await connection.execute(
        insert_new(connection, IdempotencyKey.__table__).values(
            client=client,
            key=key,
            operation=operation,
            request_hash=request_hash,
            answer=dict(answer),
            created_at=created_at,
        )
    )
    return stored.rowcount == 1
