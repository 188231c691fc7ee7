"""The simulations of one process: those at work or waiting, and the drafts that are compiled for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.simulation.asking import Simulator

MOST_AT_WORK = 20
"""Simulations that one process takes on; one of them works, and the others wait for it."""

Compiled = tuple[UUID, int]
"""A draft by its key, and the version in which its text was checked."""


@dataclass(slots=True)
class _Kept:
    simulator: Simulator
    users: int = 0


class Simulations:
    """Kept on the desk. `turn` lets one simulation work at a time, `page` one page of cases be looked for."""

    def __init__(self) -> None:
        self.turn = asyncio.Semaphore(1)
        self.page = asyncio.Semaphore(1)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._compiling = asyncio.Lock()
        self._compiled: dict[Compiled, _Kept] = {}
        self._newest: Compiled | None = None

    @property
    def full(self) -> bool:
        """Whether this process takes on no more."""
        return len(self._tasks) >= MOST_AT_WORK

    def take_on(self, key: UUID, work: Coroutine[Any, Any, None]) -> None:
        """Let the work of a simulation go on beside everything else."""
        task = self._tasks[key] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def stop(self, key: UUID) -> None:
        """Cancel the work of a simulation, if it is this process's."""
        if task := self._tasks.get(key):
            task.cancel()

    async def settled(self) -> None:
        """Wait until nothing is at work."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def close(self) -> None:
        """Cancel all work, and free the compiled drafts."""
        for task in self._tasks.values():
            task.cancel()
        await self.settled()
        self._newest = None
        self._tidy()

    @asynccontextmanager
    async def using(
        self, draft: Compiled, make: Callable[[], Awaitable[Simulator]]
    ) -> AsyncIterator[Simulator]:
        """A compiled draft. The one that was used last is kept, so that page after page need not compile."""
        async with self._compiling:
            kept = self._compiled.get(draft)
            if kept is None:
                kept = self._compiled[draft] = _Kept(await make())
            kept.users += 1
            self._newest = draft
        try:
            yield kept.simulator
        finally:
            kept.users -= 1
            self._tidy()

    def _tidy(self) -> None:
        spare = [key for key, kept in self._compiled.items() if not kept.users and key != self._newest]
        for key in spare:
            del self._compiled[key]
