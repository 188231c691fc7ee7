"""Reading and raising the counters of resident data."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.revision import Revision


async def current(connection: AsyncConnection, name: str) -> int:
    """How often `name` has changed; 0 when never."""
    return await connection.scalar(select(Revision.number).where(Revision.name == name)) or 0


async def bump(connection: AsyncConnection, name: str) -> None:
    """Count a change, in the transaction that makes it: readers see both or neither."""
    counted = await connection.execute(
        update(Revision).where(Revision.name == name).values(number=Revision.number + 1)
    )
    if counted.rowcount == 0:
        await connection.execute(insert(Revision).values(name=name, number=1))
