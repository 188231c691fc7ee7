"""A plan: the roots of one operation, ready to be run for any variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
import structlog
from graphql import GraphQLError

from casework.reach import Bounds, bounds_of
from db.faults import Fault
from db.reading import Steps
from resolvers.context import Context
from resolvers.plan.arguments import BadVariables, Coercion, Variables
from resolvers.plan.bound import Bound
from resolvers.plan.program import Stale
from resolvers.plan.roots import AskedRoot, Root
from resolvers.plan.shape import Unplanned
from resolvers.register import KEPT, current_register

log = structlog.stdlib.get_logger("lianxi.plan")

MOST_TRIES = 5
"""How often a read is begun again because the register has changed meanwhile."""


class Answer(NamedTuple):
    """What an operation is answered with: `data` as JSON, and errors of single items."""

    data: bytes
    errors: list[GraphQLError]


class Plan:
    """One operation: the roots of its fields, by response key; a text is the value of the field. Its
    statements are those for a reach with these `bounds`."""

    def __init__(
        self, coercion: Coercion, roots: Mapping[str, Root | AskedRoot | str], bounds: Bounds, *, acts: bool
    ) -> None:
        self.coercion = coercion
        self.roots = roots
        self.bounds = bounds
        self.acts = acts
        self._bindable = {key: root for key, root in roots.items() if not isinstance(root, AskedRoot | str)}
        self._asks = any(isinstance(root, AskedRoot) for root in roots.values())

    async def answer(self, context: Context, inputs: Mapping[str, Any]) -> Answer:
        """The answer for some variables. Raises Unplanned where the executor has to give it; what a mutation
        has done by then is kept in the context, so that it is not done twice."""
        if bounds_of(context.reach) != self.bounds:
            raise Unplanned  # a plan for others would show what is theirs
        database = context.desk.database
        context.register = database.kept.get(KEPT) or await current_register(database)
        try:
            variables = self.coercion.read(inputs)
            if self.acts:
                return await self._act(context, variables)
            bound: dict[str, Bound] = {}
            for key, root in self._bindable.items():
                bound[key] = root.bind(context, variables)
            if self._asks:
                await self._ask(context, variables, bound)
            return await self._read(context, variables, bound)
        except (GraphQLError, BadVariables) as refused:
            # The executor says where, and how.
            raise Unplanned from refused
        except (Unplanned, Fault):
            raise
        except Exception as unexpected:
            log.warning("plan given up", exc_info=unexpected)
            raise Unplanned from unexpected

    async def _ask(self, context: Context, variables: Variables, bound: dict[str, Bound]) -> None:
        context.register = await current_register(context.desk.database)
        for key, root in self.roots.items():
            if isinstance(root, AskedRoot):
                bound[key] = await root.ask(context, variables)

    async def _read(self, context: Context, variables: Variables, bound: Mapping[str, Bound]) -> Answer:
        """What the roots have, all of the same moment."""
        database = context.desk.database
        statements, slow, register = 0, False, False
        errors: list[GraphQLError] = []
        for each in bound.values():
            statements += each.statements
            slow = slow or each.slow
            register = register or each.register
            errors += each.errors
        if register:
            context.register = await current_register(database)

        def steps() -> Steps[bytes]:
            found: dict[str, Any] = {}
            for key, root in self.roots.items():
                if key in bound:
                    each = bound[key]
                    found[key] = yield from each.program(context, context.register, variables, each.given)
                elif isinstance(root, str):
                    found[key] = root
            return orjson.dumps(found)

        if not statements:
            return Answer(_without_reading(steps()), errors)
        for _ in range(MOST_TRIES):
            try:
                data = await database.fetch(steps, several=statements > 1, slow=slow)
            except Stale:
                context.register = await current_register(database)
            else:
                return Answer(data, errors)
        raise Unplanned

    async def _act(self, context: Context, variables: Variables) -> Answer:
        """Each field of a mutation is done and told before the next one begins."""
        context.register = await current_register(context.desk.database)
        parts: list[bytes] = []
        for key, root in self.roots.items():
            bound: dict[str, Bound] = {}
            if isinstance(root, AskedRoot):
                try:
                    bound[key] = await root.ask(context, variables)
                except Exception as failed:
                    # Told by the executor, which must not try again what may have been done.
                    context.done[key] = failed
                    raise Unplanned from failed
                context.done[key] = bound[key].given
            one = Plan(self.coercion, {key: root}, self.bounds, acts=True)
            parts.append((await one._read(context, variables, bound)).data[1:-1])
        return Answer(b"{%b}" % b",".join(parts), [])


def _without_reading(steps: Steps[bytes]) -> bytes:
    try:
        next(steps)
    except StopIteration as end:
        data: bytes = end.value
        return data
    raise AssertionError("a root without statements asked for rows")
