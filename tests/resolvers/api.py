"""The API as the tests ask it: by query plans as the server does, or by the executor alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode, parse, validate
from sqlalchemy import Engine, event
from strawberry.types import ExecutionResult

from casework.actor import DEMO_ADMINISTRATOR, Actor
from casework.desk import Desk
from casework.reach import Bounds, bounds_of
from db.query import Query
from db.reading import Steps
from resolvers.context import Context
from resolvers.plan.planner import Plans
from resolvers.plan.shape import Unplanned
from schema.schema import schema
from wording.catalogue import Language


class Way(StrEnum):
    """How an answer comes about."""

    PLANS = "plans"  # by the operation's plan; by the executor where there is none
    EXECUTOR = "executor"


def plans_of(query: str, desk: Desk, bounds: Bounds = None) -> Plans | None:
    """The plans of a document's one operation; None for a document that the schema does not accept."""
    try:
        document = parse(query)
    except GraphQLError:
        return None
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or validate(schema._schema, document):
        return None
    return Plans(schema, document, operations[0], desk.database.dialect, bounds)


@dataclass
class Api:
    """Asks as the demo administrator or another `actor`, and keeps the statements that were needed to answer.

    `statements` are those of fields, `others` those of the register and of casework.
    """

    desk: Desk
    language: Language = Language.ZH
    way: Way = Way.PLANS
    actor: Actor = DEMO_ADMINISTRATOR
    statements: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    at_work: int = 0
    """How many reads have begun and not ended."""
    planned: bool = False
    """Whether a plan gave the last answer."""
    _plans: dict[tuple[str, Bounds], Plans | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._observe_fetch()
        readers = self.desk.database._engines.readers.sync_engine
        event.listen(readers, "before_cursor_execute", self._executed)

    def _observe_fetch(self) -> None:
        fetch = self.desk.database.fetch

        async def observed(
            steps: Callable[[], Steps[Any]], *, several: bool = True, slow: bool = False
        ) -> Any:
            self.at_work += 1
            try:
                return await fetch(lambda: self._watched(steps(), several), several=several, slow=slow)
            finally:
                self.at_work -= 1

        setattr(self.desk.database, "fetch", observed)  # noqa: B010 - a method of one instance

    def _watched(self, steps: Steps[Any], several: bool) -> Steps[Any]:
        rows: Any = None
        asked = 0
        while True:
            try:
                query, parameters = steps.send(rows)
            except StopIteration as end:
                return end.value
            asked += 1
            assert several or asked == 1, "more statements than were promised: they may see different moments"
            self.statements.append(query.text if isinstance(query, Query) else query)
            rows = yield query, parameters

    def _executed(self, connection: Engine, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT"):
            self.others.append(statement)

    async def execute(self, query: str, **variables: Any) -> ExecutionResult:
        """The whole answer."""
        return await self.execute_with(query, variables)

    async def execute_with(self, query: str, variables: Mapping[str, Any]) -> ExecutionResult:
        """The same, for variables of any name."""
        self.statements.clear()
        self.others.clear()
        self.planned = False
        context = Context(self.desk, self.actor, self.language)
        if self.way is Way.PLANS and (answer := await self._planned(query, variables, context)):
            return answer
        return await schema.execute(query, variable_values=dict(variables), context_value=context)

    async def _planned(
        self, query: str, variables: Mapping[str, Any], context: Context
    ) -> ExecutionResult | None:
        bounds = bounds_of(context.reach)
        if (query, bounds) not in self._plans:
            self._plans[query, bounds] = plans_of(query, self.desk, bounds)
        plans = self._plans[query, bounds]
        plan = plans.plan(variables) if plans else None
        if plan is None:
            return None
        try:
            answer = await plan.answer(context, variables)
        except Unplanned:
            return None
        self.planned = True
        return ExecutionResult(data=orjson.loads(answer.data), errors=answer.errors or None)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        result = await self.execute(query, **variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async def refused(self, query: str, **variables: Any) -> str:
        """The code of the one error of an answer."""
        result = await self.execute(query, **variables)
        assert result.errors is not None
        (error,) = result.errors
        assert error.message
        return str((error.extensions or {})["code"])
