"""The reader of the feed: one task a process, at work while anybody listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import structlog

from db import feed
from db.database import Database
from db.faults import Fault
from db.feed import Message

log = structlog.stdlib.get_logger("lianxi.subscriptions")

LOOK_SECONDS = 0.25
"""Between two looks."""
MOST_SECONDS = 5.0
"""... at most, after looks that failed."""
BATCH = 500
"""Messages that are read at once."""
MOST_WAITING = 256
"""Messages that wait for one listener."""


class Span(NamedTuple):
    """What came after one number, up to another one, and is to be read again."""

    after: int
    to: int


class Listener:
    """Somebody who listens. Up to MOST_WAITING messages wait for it; where it is slower than that, it is told
    which ones to read for itself, so that nobody's slowness takes memory."""

    def __init__(self, takes: Callable[[Message], bool]) -> None:
        self.takes = takes
        self._heard = 0
        self._waiting: deque[Message] = deque()
        self._unkept: Span | None = None
        self._told = asyncio.Event()

    def start(self, position: int) -> None:
        """Begin to hear after a number."""
        self._heard = position

    def hear(self, messages: Sequence[Message], position: int) -> None:
        """Hear what came up to a number."""
        taken = [message for message in messages if self.takes(message)]
        if self._unkept is not None:
            self._unkept = Span(self._unkept.after, position)
        elif len(self._waiting) + len(taken) > MOST_WAITING:
            self._unkept = Span(self._heard, position)
        else:
            self._waiting.extend(taken)
        self._heard = position
        if self._waiting or self._unkept:
            self._told.set()

    async def next(self) -> list[Message] | Span:
        """What waits, once there is something."""
        await self._told.wait()
        if self._waiting:
            found = list(self._waiting)
            self._waiting.clear()
            if self._unkept is None:
                self._told.clear()
            return found
        assert self._unkept is not None, "told, and of nothing"
        span, self._unkept = self._unkept, None
        self._told.clear()
        return span


class Reader:
    """Reads what is new in the feed and hands it to the listeners. `seconds` lie between two looks."""

    def __init__(self, database: Database, seconds: float = LOOK_SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self.position = 0
        """The number up to which the listeners have heard."""

    async def join(self, listener: Listener) -> int:
        """Let somebody hear all that comes from now on: after the number that this answers with. Raises the
        database's Fault."""
        async with self._starting:
            if self._task is None:
                await self._number()
                self.position = await feed.newest(self._database)
                self._task = asyncio.create_task(self._read())
        listener.start(self.position)
        self._listeners.add(listener)
        return self.position

    def leave(self, listener: Listener) -> None:
        """Let somebody hear no more. The task ends when the last one has left."""
        self._listeners.discard(listener)

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _read(self) -> None:
        pause = self._seconds
        try:
            while True:
                await asyncio.sleep(pause)
                if not self._listeners:
                    return
                try:
                    await self._look()
                    pause = self._seconds
                except Fault as fault:
                    if pause == self._seconds:
                        log.warning("the feed cannot be read", fault=str(fault))
                    pause = min(2 * pause, MOST_SECONDS)
                except Exception:
                    log.exception("the feed cannot be read")
                    pause = MOST_SECONDS
        finally:
            self._task = None

    async def _look(self) -> None:
        await self._number()
        newest = await feed.newest(self._database)
        while self.position < newest:
            async with self._database.read() as connection:
                messages = await feed.after(connection, self.position, BATCH)
            # Where old messages were taken out, there may be none.
            self.position = messages[-1].position if messages else newest
            for listener in self._listeners:
                listener.hear(messages, self.position)

    async def _number(self) -> None:
        while await feed.number(self._database):
            pass
