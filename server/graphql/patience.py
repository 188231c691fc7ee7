"""How long an operation may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """An operation that was given up because it took too long."""


class Patience:
    """Gives up operations that take longer than `seconds`.

    One timer looks after all of them, from time to time: a timer for each would cost a small request a
    twentieth of what it takes.
    """

    def __init__(self, seconds: float, ticks: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._ticks = ticks
        self._since: dict[asyncio.Task[object], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looks = False

    async def wait(self, work: Awaitable[T]) -> T:
        """What the work of the current task comes to. Raises TooSlow, once it has been cancelled."""
        task = asyncio.current_task()
        assert task is not None  # a coroutine runs in one
        if self._loop is not task.get_loop():
            self._loop, self._since, self._looks = task.get_loop(), {}, False
        self._since[task] = self._ticks()
        if not self._looks:
            self._look_later()
        try:
            return await work
        except asyncio.CancelledError:
            # Whom somebody else has cancelled is still waited for here.
            if task in self._since or task.uncancel():
                raise
            raise TooSlow from None
        finally:
            self._since.pop(task, None)

    def _look_later(self) -> None:
        assert self._loop is not None
        self._looks = True
        self._loop.call_later(self.seconds / 8, self._look)

    def _look(self) -> None:
        latest = self._ticks() - self.seconds
        for task, since in list(self._since.items()):
            if since > latest:
                break  # those behind it began later
            del self._since[task]
            task.cancel()
        self._looks = False
        if self._since:
            self._look_later()
