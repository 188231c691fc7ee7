"""The connections of one event loop: opened when needed, used again, never more than so many."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

from db.faults import DatabaseBusy

C = TypeVar("C")


class Pool(Generic[C]):
    """Rights to use a connection, of which there are `size`, and the connections that nobody uses now.

    Who waits longer than `patience` seconds for a right gets DatabaseBusy. The rights go round in the order
    of asking, while the connection that was used last goes first, its statements being fresh in memory.
    """

    def __init__(self, size: int, patience: float) -> None:
        self._patience = patience
        self._free = size
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.idle: list[C] = []

    async def take(self) -> C | None:
        """The right to use a connection: this one, or where there is none, one that the caller opens."""
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        return self.idle.pop() if self.idle else None

    def take_now(self) -> C | None:
        """The right to use this connection; None where one has to wait for the right or open a connection."""
        if self._free and self.idle:
            self._free -= 1
            return self.idle.pop()
        return None

    def give(self, connection: C | None) -> None:
        """Hand the right back, with the connection if it is fit to be used again."""
        if connection is not None:
            self.idle.append(connection)
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(self._patience, _give_up, waiter)
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            # The right may have come in the same moment, and would be lost with who asked for it.
            if not waiter.cancelled() and waiter.exception() is None:
                self.give(None)
            raise
        finally:
            timer.cancel()


def _give_up(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(DatabaseBusy("error.database_busy"))
