"""One request answered twice: by a plan and by graphql-core's executor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import isawaitable
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode, execute
from strawberry.execution import optimized_is_awaitable

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from resolvers.context import Context
from resolvers.plan.arguments import BadVariables
from resolvers.plan.planner import Plans
from resolvers.plan.shape import Unplanned
from schema.schema import schema
from wording.catalogue import Language


class By(StrEnum):
    """Who has to give the answer."""

    PLAN = "plan"
    NO_PLAN = "no plan"  # the planner made none
    REFUSED = "refused"  # the arguments make no sense: the executor says where
    GIVEN_UP = "given up"  # the rows are not as a plan takes for granted


@dataclass(frozen=True)
class Told:
    """An answer as a client gets it. Errors are sorted: those of one operation have no order."""

    data: bytes
    errors: list[dict[str, Any]]

    @classmethod
    def of(cls, data: bytes, errors: list[GraphQLError] | None) -> Told:
        """What is told of an answer."""
        formatted = [orjson.loads(orjson.dumps(dict(error.formatted))) for error in errors or ()]
        return cls(orjson.dumps(orjson.loads(data)), sorted(formatted, key=str))


@dataclass(frozen=True)
class Agreed:
    """Who gave an answer, and whether it has no errors."""

    by: By
    clean: bool


class Operation:
    """A valid document with one operation, asked on one desk."""

    def __init__(self, desk: Desk, document: DocumentNode) -> None:
        nodes = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        (self.node,) = nodes
        self.desk = desk
        self.document = document
        self.plans = Plans(schema, document, self.node, desk.database.dialect)

    async def answered(self, variables: Mapping[str, Any]) -> tuple[By, Told]:
        """What the server answers: by the plan, or by the executor in the same context."""
        context = self.context()
        by, told = await self.planned(variables, context)
        return by, told or await self.executed(variables, context)

    async def planned(
        self, variables: Mapping[str, Any], context: Context | None = None
    ) -> tuple[By, Told | None]:
        """What the plan answers, or who has to."""
        plan = self.plans.plan(variables)
        if plan is None:
            return By.NO_PLAN, None
        try:
            answer = await plan.answer(context or self.context(), variables)
        except Unplanned as unplanned:
            refused = isinstance(unplanned.__cause__, GraphQLError | BadVariables)
            return (By.REFUSED if refused else By.GIVEN_UP), None
        return By.PLAN, Told.of(answer.data, answer.errors)

    async def executed(self, variables: Mapping[str, Any], context: Context | None = None) -> Told:
        """What the executor answers."""
        context = context or self.context()
        async with context.operation():
            result = execute(
                schema._schema,
                self.document,
                variable_values=dict(variables),
                context_value=context,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
                executor_class=schema.execution_context_class,
            )
            answer: ExecutionResult = await result if isawaitable(result) else result
        return Told.of(orjson.dumps(answer.data), answer.errors)

    async def agrees(self, variables: Mapping[str, Any]) -> Agreed:
        """Who gave the answer. Fails where a plan answers other than the executor, or gives up on what the
        executor answers without errors."""
        by, told = await self.planned(variables)
        if by is By.NO_PLAN:
            return Agreed(by, clean=True)
        expected = await self.executed(variables)
        if told is not None:
            assert told == expected
        # What is refused may lie where the executor never comes to: below an object that is not there.
        assert by is not By.GIVEN_UP or expected.errors, "given up, and the executor has an answer"
        return Agreed(by, clean=not expected.errors)

    def context(self) -> Context:
        """That of one request."""
        return Context(self.desk, DEMO_ADMINISTRATOR, Language.ZH)
