"""Whether disputes can be decided: every city has a policy in force, and the first need not wait for it."""

from __future__ import annotations

from collections.abc import Mapping

from casework.civil import civil_day
from casework.desk import Desk
from casework.policy import PublishedVersion, version_in_force


async def policies_in_force(desk: Desk) -> Mapping[str, PublishedVersion | None]:
    """The version that decides today in each city; None where there is none. Raises the database's Fault."""
    today = civil_day(desk.clock())
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
        return {
            city: await desk.policies.in_force(connection, directory, city, today)
            for city in sorted(set(directory.cities.values()))
        }


async def compile_policies(desk: Desk) -> None:
    """Compile every policy in force, so that the first complaint after a start waits no longer than others.
    Raises the database's Fault."""
    today = civil_day(desk.clock())
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
        for key in sorted(set(directory.policies.values())):
            version = await version_in_force(connection, key, today)
            if version is not None:
                await desk.policies.router(connection, version)
