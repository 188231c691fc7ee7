"""Whether disputes can be decided: every city has a policy in force."""

from __future__ import annotations

from collections.abc import Mapping

from casework.civil import civil_day
from casework.desk import Desk
from casework.policy import PublishedVersion


async def policies_in_force(desk: Desk) -> Mapping[str, PublishedVersion | None]:
    """The version that decides today in each city; None where there is none. Raises the database's Fault."""
    today = civil_day(desk.clock())
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
        return {
            city: await desk.policies.in_force(connection, directory, city, today)
            for city in sorted(set(directory.cities.values()))
        }
