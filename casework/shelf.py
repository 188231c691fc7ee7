"""The policy versions that decide, compiled in every process."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.directory import CityDirectory
from casework.policy import PublishedVersion, read_policy, version_in_force
from rules.router import Router

MOST_ROUTERS = 8


class PolicyShelf:
    """Compiled policy versions of one process; which is in force is read with every use."""

    def __init__(self) -> None:
        self._routers: OrderedDict[UUID, Router] = OrderedDict()
        self._disagreements = 0  # of those that were put away

    @property
    def disagreements(self) -> int:
        """In how many decisions durable-rules and the index differed, or durable-rules failed."""
        return self._disagreements + sum(router.disagreements for router in self._routers.values())

    async def in_force(
        self, connection: AsyncConnection, directory: CityDirectory, region: str, on: date
    ) -> PublishedVersion | None:
        """The version that decides in a region on a day: that of the nearest region with a policy."""
        key = directory.policy_of(region)
        return await version_in_force(connection, key, on) if key else None

    async def router(self, connection: AsyncConnection, version: PublishedVersion) -> Router:
        """The compiled version. Use it before the next await: it may be put away after that."""
        found = self._routers.get(version.id)
        if found is None:
            policy = await read_policy(connection, version)
            # Another task may have compiled it while this one was reading.
            found = self._routers.get(version.id) or self._routers.setdefault(version.id, Router(policy))
        self._routers.move_to_end(version.id)
        while len(self._routers) > MOST_ROUTERS:
            self._put_away(self._routers.popitem(last=False)[1])
        return found

    def close(self) -> None:
        """Free all compiled versions."""
        while self._routers:
            self._put_away(self._routers.popitem()[1])

    def _put_away(self, router: Router) -> None:
        self._disagreements += router.disagreements
        router.close()
