"""The policy versions that decide, compiled in every process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.compiling import Compiled, Lexicons, compile_version
from casework.directory import CityDirectory
from casework.policy import PublishedVersion, version_in_force
from db.database import Database
from rules.router import Router

MOST_ROUTERS = 8
"""Compiled versions kept beside those that are in force."""

Standing = Mapping[tuple[str, date], PublishedVersion | None]
"""Which version decides, by the policy's key and the day; None where none does."""
Seen = tuple[date, int, int]
"""The day of a look, and the revisions of policies and directory that it found."""


class PolicyShelf:
    """Compiled policy versions of one process.

    Which one is in force is read from the database with every use, unless a watch (`casework.watch`) keeps
    `standing` up to date: then a new version decides from the moment on in which it has been compiled, and
    the one before it until then.
    """

    def __init__(self) -> None:
        self.looking = asyncio.Lock()
        self.standing: Standing = {}
        """What the watch lets decide; nothing without a watch."""
        self.seen: Seen | None = None
        """What the watch saw last; None without a watch."""
        self.while_compiling: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered for as long as a version is being compiled."""
        self._compiled: OrderedDict[UUID, Compiled] = OrderedDict()
        self._compiling: dict[UUID, asyncio.Event] = {}
        self._lexicons: Lexicons = Lexicons()
        self._disagreements = 0  # of those that were put away

    @property
    def disagreements(self) -> int:
        """In how many decisions durable-rules and the index differed, or durable-rules failed."""
        return self._disagreements + sum(each.router.disagreements for each in self._compiled.values())

    async def in_force(
        self, connection: AsyncConnection, directory: CityDirectory, region: str, on: date
    ) -> PublishedVersion | None:
        """The version that decides in a region on a day: that of the nearest region with a policy."""
        key = directory.policy_of(region)
        return await self.deciding(connection, key, on) if key else None

    async def deciding(self, connection: AsyncConnection, key: str, on: date) -> PublishedVersion | None:
        """The version of a policy that decides on a day."""
        if (key, on) in self.standing:
            return self.standing[key, on]
        return await version_in_force(connection, key, on)

    async def router(self, database: Database, version: PublishedVersion) -> Router:
        """The compiled version. Use it before the next await: it may be put away after that.

        Raises the database's Fault, and PackError for rows that no policy can be made of.
        """
        while (found := self._compiled.get(version.id)) is None:
            if compiling := self._compiling.get(version.id):
                await compiling.wait()
            else:
                await self._compile(database, version)
        self._compiled.move_to_end(version.id)
        return found.router

    def stand(self, standing: Standing, seen: Seen) -> None:
        """Let these versions, which have been compiled, decide from now on, and put away those that did."""
        before = self._in_force()
        self.standing, self.seen = standing, seen
        self._put_away(before - self._in_force())

    def let_go(self) -> None:
        """End the watch: what is in force is read with every use again."""
        self.standing, self.seen = {}, None

    async def _compile(self, database: Database, version: PublishedVersion) -> None:
        done = self._compiling[version.id] = asyncio.Event()
        alike = [each for each in self._compiled.values() if each.version.policy_key == version.policy_key]
        try:
            with self.while_compiling():
                self._compiled[version.id] = await compile_version(
                    database, version, self._lexicons, alike[-1] if alike else None
                )
        finally:
            del self._compiling[version.id]
            done.set()
        in_force = self._in_force()
        spare = [key for key in self._compiled if key not in in_force and key != version.id]
        self._put_away(spare[: max(0, len(spare) + 1 - MOST_ROUTERS)])

    def _in_force(self) -> set[UUID]:
        return {version.id for version in self.standing.values() if version}

    def _put_away(self, versions: Iterable[UUID]) -> None:
        for key in versions:
            if put_away := self._compiled.pop(key, None):
                self._disagreements += put_away.router.disagreements
