"""Reading and raising the counters of resident data."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dialect import insert_new
from db.tables.revision import Revision


async def current(connection: AsyncConnection, name: str) -> int:
    """How often `name` has changed; 0 when never."""
    return await connection.scalar(select(Revision.number).where(Revision.name == name)) or 0


async def bump(connection: AsyncConnection, name: str) -> None:
    """Count a change, in the transaction that makes it: readers see both or neither."""
    # Two that count the first change at once must not both insert.
    await connection.execute(insert_new(connection, Revision.__table__).values(name=name, number=0))
    await connection.execute(update(Revision).where(Revision.name == name).values(number=Revision.number + 1))


async def raise_to(connection: AsyncConnection, name: str, number: int) -> None:
    """Let `name` stand at `number`, unless it is further."""
    await connection.execute(insert_new(connection, Revision.__table__).values(name=name, number=0))
    await connection.execute(
        update(Revision).where(Revision.name == name, Revision.number < number).values(number=number)
    )
