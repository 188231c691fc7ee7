"""Dispute numbers for people: city, year, and a count within them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.civil import civil_day
from db.dialect import lock
from db.tables.dispute import DisputeCounter


async def next_number(connection: AsyncConnection, city: str, received_at: datetime) -> str:
    """The next number, such as `990100-2026-000001`; without gaps, since it counts in the transaction.

    The year is that of the civil calendar in China.
    """
    year = civil_day(received_at).year
    await lock(connection, f"number:{city}:{year}")
    row = (DisputeCounter.city == city) & (DisputeCounter.year == year)
    last = await connection.scalar(select(DisputeCounter.last).where(row))
    if last is None:
        await connection.execute(insert(DisputeCounter).values(city=city, year=year, last=1))
        return f"{city}-{year}-{1:06d}"
    await connection.execute(update(DisputeCounter).where(row).values(last=last + 1))
    return f"{city}-{year}-{last + 1:06d}"
