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
from resolvers.plan.bound import Bound
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
    roots: Mapping[str, Root | AskedRoot | str]
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
        bound: dict[str, Bound] = {}
        asked = False
        for key, root in self.roots.items():
            if isinstance(root, AskedRoot):
                asked = True
            elif not isinstance(root, str):
                bound[key] = root.bind(context, variables)
        if asked or any(each.register for each in bound.values()):
            context.register = await current_register(context.desk.database)
        if asked:
            bound |= {
                key: await root.ask(context, variables)
                for key, root in self.roots.items()
                if isinstance(root, AskedRoot)
            }
        errors: list[GraphQLError] = []
        found = await self._fetch(context, variables, bound, errors) if bound else {}
        if len(found) != len(self.roots) or asked:
            found = {key: root if isinstance(root, str) else found[key] for key, root in self.roots.items()}
        return Answer(orjson.dumps(found), errors)

    async def _act(self, context: Context, variables: Variables) -> Answer:
        """Each field of a mutation is done and told before the next one begins."""
        context.register = await current_register(context.desk.database)
        errors: list[GraphQLError] = []
        found: dict[str, Any] = {}
        for key, root in self.roots.items():
            if isinstance(root, str):
                found[key] = root
                continue
            assert isinstance(root, AskedRoot)
            try:
                done = await root.ask(context, variables)
            except (GraphQLError, Fault) as failed:
                context.done[key] = failed
                raise Unplanned from failed
            context.done[key] = done.made
            found |= await self._fetch(context, variables, {key: done}, errors)
        return Answer(orjson.dumps(found), errors)

    async def _fetch(
        self,
        context: Context,
        variables: Variables,
        roots: Mapping[str, Bound],
        errors: list[GraphQLError],
    ) -> dict[str, Any]:
        """The values of some roots, all of the same moment."""
        statements, slow = 0, False
        for bound in roots.values():
            statements += bound.statements
            slow = slow or bound.slow

        def steps() -> Steps[dict[str, Any]]:
            errors.clear()
            found: dict[str, Any] = {}
            for key, bound in roots.items():
                found[key] = yield from bound.steps(context, variables, errors)
            return found

        database = context.desk.database
        for _ in range(MOST_TRIES):
            try:
                return await database.fetch(steps, several=statements > 1, slow=slow)
            except Stale:
                context.register = await current_register(database)
        raise Unplanned
