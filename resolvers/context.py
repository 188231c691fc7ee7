"""What the resolvers of one request share: who asks, the resident register, and loaders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from resolvers.register import Register, shelf_of
from wording.catalogue import Language

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Batch = Callable[[AsyncConnection, Sequence[K]], Awaitable[Sequence[V]]]
"""Fetches what belongs to many keys at once: one answer a key, in the order of the keys."""


class Context:
    """Made for every request. `language` is that of messages, and of explanations by default."""

    def __init__(self, desk: Desk, actor: Actor, language: Language) -> None:
        self.desk = desk
        self.actor = actor
        self.language = language
        self._register: Register | None = None
        self._opening = asyncio.Lock()
        self._loaders: dict[Callable[..., Any], DataLoader[Any, Any]] = {}
        self._fetching: set[asyncio.Task[Any]] = set()
        self._over = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, for as few statements as possible: loaders run at the same time, and one
        connection cannot serve two of them."""
        async with self.desk.database.read() as connection:
            # Root fields run at the same time; one of them reads the register for all.
            async with self._opening:
                if self._register is None:
                    self._register = await shelf_of(self.desk.database).current(connection)
            yield connection

    async def open_register(self) -> Register:
        """The register, for root fields that read nothing else."""
        if self._register is None:
            async with self.read():
                pass
        return self.register

    @property
    def register(self) -> Register:
        """The resident regions and departments. There for every field below a root field, since no row can
        have come without `read`."""
        assert self._register is not None, "a root field answered before it opened the register"
        return self._register

    @cached_property
    def today(self) -> date:
        """The civil day of the request."""
        return civil_day(self.desk.clock())

    def load(self, batch: Batch[K, V], key: K) -> Awaitable[V]:
        """What belongs to one key, fetched together with all other keys that are asked for meanwhile."""
        loader = self._loaders.get(batch)
        if loader is None:
            loader = self._loaders[batch] = DataLoader(load_fn=self._fetch(batch))
        return loader.load(key)

    def forget(self) -> None:
        """Let go of what was loaded: a mutation has changed it."""
        self._loaders.clear()

    @asynccontextmanager
    async def operation(self) -> AsyncIterator[None]:
        """Around one operation. One that fails early leaves loaders at work: they are waited for, and no more
        are started, so that no connection outlives its request."""
        self._loaders.clear()
        self._over = False
        try:
            yield
        finally:
            self._over = True
            if self._fetching:
                await asyncio.wait(self._fetching)

    def _fetch(self, batch: Batch[K, V]) -> Callable[[list[K]], Awaitable[Sequence[V]]]:
        async def fetch(keys: list[K]) -> Sequence[V]:
            if self._over:
                raise asyncio.CancelledError
            task = asyncio.current_task()
            assert task is not None  # a coroutine runs in one
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
            async with self.read() as connection:
                return await batch(connection, keys)

        return fetch


Info = strawberry.Info[Context, None]
"""What strawberry hands to a resolver."""
