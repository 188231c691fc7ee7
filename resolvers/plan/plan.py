"""A plan: the roots of one operation, ready to be run for any variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from graphql import GraphQLError

from db.faults import Fault
from db.reading import Steps
from resolvers.context import Context
from resolvers.plan.arguments import BadVariables, Coercion, Variables
from resolvers.plan.program import Stale
from resolvers.plan.roots import AskedRoot, Root
from resolvers.plan.shape import Unplanned
from resolvers.register import current_register, kept_register

log = structlog.stdlib.get_logger("lianxi.plan")

MOST_TRIES = 5
"""How often a read is begun again because the register has changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation is answered with: `data` as JSON, and errors of single items."""

    data: bytes
    errors: list[GraphQLError]


@dataclass(frozen=True)
class Plan:
    """One operation. `constants` are the fields that no root is needed for."""

    coercion: Coercion
    roots: Mapping[str, Root | str]
    acts: bool

    async def answer(self, context: Context, inputs: Mapping[str, Any]) -> Answer:
        """The answer for some variables. Raises Unplanned where the executor has to give it; what a mutation
        has done by then is kept in the context, so that it is not done twice."""
        database = context.desk.database
        context.register = kept_register(database) or await current_register(database)
        try:
            variables = self.coercion.read(inputs)
            if self.acts:
                return await self._act(context, variables)
            return await self._read(context, variables)
        except (GraphQLError, BadVariables) as refused:
            # The executor says where, and how.
            raise Unplanned from refused
        except (LookupError, TypeError, ValueError, AttributeError) as unexpected:
            log.warning("plan given up", exc_info=unexpected)
            raise Unplanned from unexpected

    async def _read(self, context: Context, variables: Variables) -> Answer:
        bound: dict[str, Any] = {
            key: root.bind(context, variables)
            for key, root in self.roots.items()
            if not isinstance(root, str)
        }
        if any(self._root(key).needs_register(value) for key, value in bound.items()):
            context.register = await current_register(context.desk.database)
        for key in bound:
            root = self._root(key)
            if isinstance(root, AskedRoot):
                bound[key] = await root.ask(context, variables)
        errors: list[GraphQLError] = []
        found = await self._fetch(context, variables, bound, errors)
        data = {key: root if isinstance(root, str) else found[key] for key, root in self.roots.items()}
        return Answer(orjson.dumps(data), errors)

    async def _act(self, context: Context, variables: Variables) -> Answer:
        """Each field of a mutation is done and told before the next one begins."""
        context.register = await current_register(context.desk.database)
        errors: list[GraphQLError] = []
        parts: dict[str, Any] = {}
        for key, root in self.roots.items():
            if isinstance(root, str):
                parts[key] = root
                continue
            assert isinstance(root, AskedRoot)
            try:
                context.done[key] = await root.ask(context, variables)
            except (GraphQLError, Fault) as failed:
                context.done[key] = failed
                raise Unplanned from failed
            parts |= await self._fetch(context, variables, {key: context.done[key]}, errors)
        return Answer(orjson.dumps(parts), errors)

    async def _fetch(
        self, context: Context, variables: Variables, bound: Mapping[str, Any], errors: list[GraphQLError]
    ) -> dict[str, Any]:
        """The values of the roots in `bound`, all of the same moment."""
        statements = sum(self._root(key).statements(value) for key, value in bound.items())
        slow = any(self._root(key).is_slow(value) for key, value in bound.items())

        def steps() -> Steps[dict[str, Any]]:
            errors.clear()
            data: dict[str, Any] = {}
            for key, value in bound.items():
                data[key] = yield from self._root(key).steps(context, variables, value, errors)
            return data

        for _ in range(MOST_TRIES):
            try:
                return await context.desk.database.fetch(steps, several=statements > 1, slow=slow)
            except Stale:
                context.register = await current_register(context.desk.database)
        raise Unplanned

    def _root(self, key: str) -> Root:
        root = self.roots[key]
        assert not isinstance(root, str)
        return root
