"""GraphQL: one operation a request, answered by its plan or by the executor."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
from graphql import GraphQLError, OperationType, execute
from sqlalchemy import Dialect
from starlette.types import Scope
from strawberry.execution import optimized_is_awaitable
from strawberry.federation import Schema

from resolvers.context import Context
from resolvers.plan.plan import Answer as Planned
from resolvers.plan.planner import Plans, compile_relations
from resolvers.plan.shape import Unplanned
from server.caching import SHARED, is_public
from server.document import Document, Documents, Operation, Unacceptable
from server.errors import is_request_error, published
from server.faults import GRAPHQL_RESPONSE, JSON, FaultCode, Problem, Refusal, Reply
from server.guard import BY_HASH, GraphQLRequest
from server.metrics import EXECUTOR, OK, PLAN, Metrics
from server.record import request_id_of
from server.settings import Settings
from server.trusted import trusted_documents
from wording.catalogue import Language

MakeContext = Callable[[Scope, Language], object]
"""Makes what the resolvers of one request share."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation: its `data` as JSON, None when no field was resolved; and its errors."""

    data: bytes | None
    errors: Sequence[GraphQLError] = ()


class GraphQL:
    """Answers GraphQL requests, one operation each."""

    def __init__(self, schema: Schema, settings: Settings, metrics: Metrics, context: MakeContext) -> None:
        self.documents = Documents(schema, settings)
        self.trusted = trusted_documents(settings, self.documents)
        self.schema = schema
        self.settings = settings
        self.metrics = metrics
        self.context = context

    async def execute(self, scope: Scope, request: GraphQLRequest, language: Language) -> dict[str, Any]:
        """The answer to a request from within this process, exactly as a client would get it."""
        answered: dict[str, Any] = orjson.loads((await self.answer(scope, request, language, JSON)).body)
        return answered

    def prepare(self, dialect: Dialect) -> None:
        """Do what plans need before anybody asks: compile the statements of relations, and make the plans of
        trusted documents, but for those that wait for what a request's variables skip or include."""
        if self.settings.graphql_plans:
            compile_relations(self.schema, dialect)
            for document in self.trusted.all():
                for operation in document.operations:
                    self._plans(document, operation, dialect).plan({})

    async def answer(self, scope: Scope, request: GraphQLRequest, language: Language, media: str) -> Reply:
        """What a request is answered with in one of the two media types."""
        started = time.perf_counter()
        label, code, way = "none", OK, None
        try:
            document = self._document(request)
            operation = document.operation(request.operation_name)
            label = operation.label
            self._check(request, document, operation)
            context = self.context(scope, language)
            outcome: Outcome | Planned | None = None
            if isinstance(context, Context) and self.settings.graphql_plans:
                way = PLAN
                try:
                    plans = self._plans(document, operation, context.desk.database.dialect)
                    plan = plans.plan(request.variables)
                    if plan is not None:
                        outcome = await plan.answer(context, request.variables)
                except Unplanned:
                    pass
                except Exception as error:
                    outcome = _failed(error)
            if outcome is None:
                way = EXECUTOR
                outcome = await self._execute(document, operation, request, context)
            if not outcome.errors and outcome.data is not None:
                body = b'{"data":%b}' % outcome.data
                if request.reads_only and is_public(self.schema._schema, document.node):
                    return Reply(body, 200, SHARED)
                return Reply(body)
            errors = published(outcome.errors, language, request_id_of(scope))
            code = code_of(errors)
            return _with_errors(outcome.data, errors, media)
        except Unacceptable as unacceptable:
            errors = [problem.error(language) for problem in unacceptable.problems]
            code = code_of(errors)
            return _with_errors(None, errors, media)
        except Refusal as refusal:
            code = refusal.problem.code
            return refusal.reply(language)
        finally:
            self.metrics.answered(label, code, way, time.perf_counter() - started)

    def _document(self, request: GraphQLRequest) -> Document:
        if request.document_id is not None:
            return self._named(request.document_id)
        trusted = self.trusted.of_text(request.query)
        if trusted is not None:
            return trusted
        if self.settings.trusted_only and not request.from_inside:
            raise Unacceptable(Problem("query.not_trusted", code=FaultCode.FORBIDDEN))
        return self.documents.read(request.query, request.hash)

    def _named(self, id: str) -> Document:
        """The document with an id: a trusted one, or where others are welcome too, one that came with the
        hash of its text before."""
        if self.settings.trusted_only or not id.startswith(BY_HASH) or self.trusted.has(id):
            return self.trusted.named(id)
        return self.documents.read_again(id.removeprefix(BY_HASH))

    def _check(self, request: GraphQLRequest, document: Document, operation: Operation) -> None:
        if operation.type is OperationType.SUBSCRIPTION:
            raise Unacceptable(Problem("query.subscription"))
        if request.reads_only and operation.type is not OperationType.QUERY:
            raise Refusal(405, "request.change_by_get", headers={"allow": "POST"})
        over = document.excess(operation, request.variables, self.settings)
        if over is not None:
            raise Unacceptable(over.problem)

    def _plans(self, document: Document, operation: Operation, dialect: Dialect) -> Plans:
        plans = operation.plans.get(dialect)
        if plans is None:
            plans = operation.plans[dialect] = Plans(self.schema, document.node, operation.node, dialect)
        return plans

    async def _execute(
        self, document: Document, operation: Operation, request: GraphQLRequest, context: object
    ) -> Outcome:
        """Straight to the executor: strawberry's way there costs several times what a small query does, for
        the sake of extensions; what ours do is done here."""
        try:
            async with context.operation() if isinstance(context, Context) else nullcontext():
                result = execute(
                    self.schema._schema,
                    document.node,
                    variable_values=dict(request.variables),
                    context_value=context,
                    operation_name=operation.name,
                    is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
                    executor_class=self.schema.execution_context_class,
                )
                if isawaitable(result):
                    result = await result
        except Exception as error:
            # No field's fault, such as a database out of reach: the operation as a whole has come to nothing.
            return _failed(error)
        errors = result.errors or ()
        if result.data is None and errors and all(map(is_request_error, errors)):
            return Outcome(None, errors)
        return Outcome(orjson.dumps(result.data), errors)


def _failed(error: Exception) -> Outcome:
    return Outcome(b"null", [GraphQLError(str(error), original_error=error)])


def _with_errors(data: bytes | None, errors: list[dict[str, object]], media: str) -> Reply:
    if data is None:
        return Reply(orjson.dumps({"errors": errors}), _status(media))
    return Reply(b'{"data":%b,"errors":%b}' % (data, orjson.dumps(errors)))


def _status(media: str) -> int:
    """The status of a request that was not executed: the older media type has 200 for every answer."""
    return 400 if media == GRAPHQL_RESPONSE else 200


def code_of(errors: list[dict[str, object]]) -> str:
    """The code that counts for an answer with errors: INTERNAL if one of them has it, else the first's."""
    codes = [
        str(extensions["code"]) for error in errors if isinstance(extensions := error["extensions"], dict)
    ]
    if FaultCode.INTERNAL in codes:
        return FaultCode.INTERNAL
    return codes[0]
