"""The GraphQL endpoint: one operation a request, answered as GraphQL over HTTP asks for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
import structlog
from graphql import GraphQLError, OperationType, execute
from starlette.types import Receive, Scope, Send
from strawberry.execution import optimized_is_awaitable
from strawberry.federation import Schema

from db.faults import Fault
from resolvers.context import Context
from resolvers.plan.planner import Plans
from resolvers.plan.shape import Unplanned
from server.document import Document, Documents, Operation, Unacceptable
from server.errors import is_request_error, published
from server.faults import GRAPHQL_RESPONSE, JSON, Answer, FaultCode, Problem, Refusal, answer
from server.guard import REQUEST, GraphQLRequest
from server.headers import headers_of, text
from server.language import language_of
from server.metrics import Metrics
from server.negotiation import media_type
from server.record import request_id_of
from server.settings import Settings
from server.trusted import trusted_documents
from wording.catalogue import Language

log = structlog.stdlib.get_logger("lianxi.graphql")

MakeContext = Callable[[Scope, Language], object]
"""Makes what the resolvers of one request share."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation: its `data` as JSON, None when no field was resolved; and its errors."""

    data: bytes | None
    errors: Sequence[GraphQLError] = ()


class GraphQL:
    """ASGI application behind the guard: takes the scope's GraphQLRequest and executes it."""

    def __init__(self, schema: Schema, settings: Settings, metrics: Metrics, context: MakeContext) -> None:
        self.documents = Documents(schema, settings)
        self.trusted = trusted_documents(settings, self.documents)
        self.schema = schema
        self.settings = settings
        self.metrics = metrics
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = language_of(scope, self.settings.language)
        media = media_type(text(headers_of(scope).get(b"accept")))
        if media is None:
            response = Refusal(406, "request.accept").response(language)
        else:
            response = await self._answer(scope, language, media)
        await response(scope, receive, send)

    async def execute(self, scope: Scope, request: GraphQLRequest, language: Language) -> dict[str, Any]:
        """The answer to a request from within this process, exactly as a client would get it."""
        response = await self._answer({**scope, REQUEST: request}, language, JSON)
        answered: dict[str, Any] = orjson.loads(response.body)
        return answered

    async def _answer(self, scope: Scope, language: Language, media: str) -> Answer:
        request: GraphQLRequest = scope[REQUEST]
        started = time.perf_counter()
        label = "none"
        errors: list[dict[str, object]] = []
        try:
            document = self._document(request)
            operation = document.operation(request.operation_name)
            label = operation.label
            self._check(request, document, operation)
            context = self.context(scope, language)
            outcome = await self._planned(document, operation, request, context)
            if outcome is None:
                outcome = await self._execute(document, operation, request, context)
            if outcome.errors:
                errors = published(outcome.errors, language, request_id_of(scope))
            return _answer_with(outcome, errors, media)
        except Unacceptable as unacceptable:
            errors = [problem.error(language) for problem in unacceptable.problems]
            return answer({"errors": errors}, _status(media), media)
        except Refusal as refusal:
            errors = [refusal.problem.error(language)]
            return refusal.response(language, media)
        finally:
            self.metrics.answered(label, code_of(errors), time.perf_counter() - started)

    def _document(self, request: GraphQLRequest) -> Document:
        if request.document_id is not None:
            return self.trusted.named(request.document_id)
        trusted = self.trusted.of_text(request.query)
        if trusted is not None:
            return trusted
        if self.settings.trusted_only and not request.from_inside:
            raise Unacceptable(Problem("query.not_trusted", code=FaultCode.FORBIDDEN))
        return self.documents.read(request.query)

    def _check(self, request: GraphQLRequest, document: Document, operation: Operation) -> None:
        if operation.type is OperationType.SUBSCRIPTION:
            raise Unacceptable(Problem("query.subscription"))
        if request.reads_only and operation.type is not OperationType.QUERY:
            raise Refusal(405, "request.change_by_get", headers={"allow": "POST"})
        over = document.excess(operation, request.variables, self.settings)
        if over is not None:
            raise Unacceptable(over.problem)

    async def _planned(
        self, document: Document, operation: Operation, request: GraphQLRequest, context: object
    ) -> Outcome | None:
        """What the operation's plan answers; None where the executor has to."""
        if not isinstance(context, Context) or not self.settings.graphql_plans:
            return None
        dialect = context.desk.database.dialect
        plans = operation.plans.get(dialect)
        if plans is None:
            plans = operation.plans[dialect] = Plans(self.schema, document.node, operation.node, dialect)
        plan = plans.plan(request.variables)
        if plan is None:
            return None
        try:
            found = await plan.answer(context, request.variables)
        except Unplanned:
            return None
        except Fault as fault:
            return Outcome(b"null", [GraphQLError(str(fault), original_error=fault)])
        return Outcome(found.data, found.errors)

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
            return Outcome(b"null", [GraphQLError(str(error), original_error=error)])
        errors = result.errors or ()
        if result.data is None and errors and all(map(is_request_error, errors)):
            return Outcome(None, errors)
        return Outcome(orjson.dumps(result.data), errors)


def _answer_with(outcome: Outcome, errors: list[dict[str, object]], media: str) -> Answer:
    if outcome.data is None:
        return answer({"errors": errors}, _status(media), media)
    if not errors:
        return Answer(b'{"data":%b}' % outcome.data, 200, media)
    return Answer(b'{"data":%b,"errors":%b}' % (outcome.data, orjson.dumps(errors)), 200, media)


def _status(media: str) -> int:
    """The status of a request that was not executed: the older media type has 200 for every answer."""
    return 400 if media == GRAPHQL_RESPONSE else 200


def code_of(errors: list[dict[str, object]]) -> str:
    """The code that counts for a whole answer: OK, INTERNAL if any error has it, else the first one's."""
    if not errors:
        return "OK"
    codes = [
        str(extensions["code"]) for error in errors if isinstance(extensions := error["extensions"], dict)
    ]
    if FaultCode.INTERNAL in codes:
        return FaultCode.INTERNAL
    return codes[0]
