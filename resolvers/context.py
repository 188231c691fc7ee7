"""What the resolvers of one request share: who asks, the resident register, and loaders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import cached_property
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.rights import ANYBODY, Reach, Roles, plays, reach_of
from resolvers.description import Relation, Values
from resolvers.loading import rows_of
from resolvers.register import Register, current_register
from wording.catalogue import Language

Key = tuple[Hashable, ...]
"""The values of the columns that lead to other rows."""


class Context:
    """Made for every request. `language` is that of messages, and of explanations by default."""

    register: Register
    """The resident regions, departments and functions. There for every field below a root field, since no row
    can have come before it was opened."""

    def __init__(self, desk: Desk, actor: Actor, language: Language) -> None:
        self.desk = desk
        self.actor = actor
        self.roles = ANYBODY
        self.language = language
        self.done: dict[str, Any] = {}
        """What the fields of a mutation have done already, or the fault that came of it, by response key."""
        self._loaders: dict[Hashable, DataLoader[Key, Any]] = {}
        self._fetching: set[asyncio.Task[Any]] = set()
        self._over = False
        self._opening: asyncio.Lock | None = None
        self._opened = False

    def play(self, roles: Roles) -> None:
        """From here on ask in those parts of the actor alone that are among these roles."""
        self.roles = roles
        self.__dict__.pop("reach", None)

    @cached_property
    def reach(self) -> Reach:
        """How far the actor gets in these parts."""
        return reach_of(self.actor, self.roles)

    def may_see(self, roles: Roles) -> bool:
        """Whether the actor asks in one of these parts."""
        return plays(self.actor, roles & self.roles)

    async def open_register(self) -> Register:
        """The register, asked for once in an operation: by what is read first, so that a question that is
        refused reads nothing."""
        assert self._opening is not None, "outside of an operation"
        async with self._opening:
            if not self._opened:
                self.register = await current_register(self.desk.database)
                self._opened = True
        return self.register

    async def reopen_register(self) -> None:
        """Read the register again: a mutation has changed it."""
        self.register = await current_register(self.desk.database)

    @cached_property
    def today(self) -> date:
        """The civil day of the request."""
        return civil_day(self.desk.clock())

    def load(self, relation: Relation, values: Values, key: Key) -> Awaitable[Any]:
        """What a relation leads to from one key, fetched with all other keys that are asked for meanwhile.

        Fields that lead to one key share what is fetched: where an error cancels one, the others wait on.
        """
        at = (relation, *sorted(values.items()))
        loader = self._loaders.get(at)
        if loader is None:
            loader = self._loaders[at] = DataLoader(load_fn=self._fetch(relation, values))
        return asyncio.shield(loader.load(key))

    def forget(self) -> None:
        """Let go of what was loaded: a mutation has changed it."""
        self._loaders.clear()

    @asynccontextmanager
    async def operation(self) -> AsyncIterator[None]:
        """Around one operation. One that fails early leaves loaders at work: they are waited for, and no more
        are started, so that no connection outlives its request."""
        self._loaders.clear()
        self._over = False
        self._opening, self._opened = asyncio.Lock(), False
        try:
            yield
        finally:
            self._over = True
            if self._fetching:
                await asyncio.wait(self._fetching)

    def _fetch(self, relation: Relation, values: Values) -> Callable[[list[Key]], Awaitable[Sequence[Any]]]:
        async def fetch(keys: list[Key]) -> Sequence[Any]:
            if self._over:
                raise asyncio.CancelledError
            task = asyncio.current_task()
            assert task is not None  # a coroutine runs in one
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
            await self.open_register()
            return await rows_of(self.desk.database, relation, values, keys, self.reach)

        return fetch


Info = strawberry.Info[Context, None]
"""What strawberry hands to a resolver."""
