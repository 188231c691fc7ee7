"""GraphQL: one operation a request, answered by its plan or by the executor."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Sequence
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

from casework.actor import Actor, Role
from casework.reach import Bounds, bounds_of
from casework.rights import plays
from resolvers.context import Context
from resolvers.plan.plan import Answer as Planned
from resolvers.plan.planner import Plans, compile_relations
from resolvers.plan.shape import Unplanned
from server.allowance import Allowance
from server.faults import GRAPHQL_RESPONSE, JSON, FaultCode, Problem, Refusal, Reply
from server.graphql.caching import SHARED, is_public
from server.graphql.document import Document, Documents, Operation, Unacceptable
from server.graphql.errors import is_request_error, published
from server.graphql.guard import BY_HASH, GraphQLRequest
from server.graphql.patience import Patience, TooSlow
from server.graphql.rights import refusal
from server.graphql.trusted import trusted_documents
from server.metrics import EXECUTOR, OK, PLAN, Metrics
from server.rate import rates_of
from server.record import request_id_of
from server.settings import Settings
from server.sign_in.identity import actor_of
from wording.catalogue import Language

Headers = Sequence[tuple[bytes, bytes]]
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
        self.rates = rates_of(settings)
        self.patience = Patience(settings.request_seconds)

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
        allowance: Allowance | None = None
        told = b""
        try:
            if self.rates is not None:
                # Whatever asks from inside has been admitted already.
                allowance = self.rates.of(scope) if request.from_inside else self.rates.admit(scope)
            document = self._document(request)
            operation = document.operation(request.operation_name)
            label = operation.label
            if request.tells_cost:
                told = _cost(operation, request, self.settings)
            self._check(request, document, operation)
            if allowance is not None and self.rates is not None:
                self.rates.take(scope, allowance, operation, request.variables)
            if operation.type is OperationType.SUBSCRIPTION:
                raise Unacceptable(Problem("query.subscription"))
            context = self.context(scope, language)
            outcome, way = await self._in_time(
                operation, self.carry_out(document, operation, request, context)
            )
            own: Headers = ()
            if allowance is not None and (told or allowance.is_low):
                own = allowance.headers()
            if not outcome.errors and outcome.data is not None:
                body = b'{"data":%b%b}' % (outcome.data, told)
                shared = request.reads_only and Role.PUBLIC in operation.roles and not (told or own)
                if shared and is_public(self.schema._schema, document.node):
                    return Reply(body, 200, SHARED)
                return Reply(body, 200, own)
            errors = published(outcome.errors, language, request_id_of(scope))
            code = code_of(errors)
            return _with_errors(outcome.data, errors, media, told, own)
        except Unacceptable as unacceptable:
            errors = [problem.error(language) for problem in unacceptable.problems]
            code = code_of(errors)
            return _with_errors(None, errors, media, told)
        except Refusal as refusal:
            code = refusal.problem.code
            return refusal.reply(language)
        finally:
            self.metrics.answered(label, code, way, time.perf_counter() - started)

    async def _in_time(
        self, operation: Operation, work: Coroutine[Any, Any, tuple[Outcome | Planned, str]]
    ) -> tuple[Outcome | Planned, str | None]:
        """What came of an operation, and what did it. A read that takes too long is given up; a change has
        the time that its verb takes, since nobody could tell whether it was made."""
        if operation.type is not OperationType.QUERY:
            return await work
        try:
            return await self.patience.wait(work)
        except TooSlow as slow:
            return _failed(slow), None

    def subscribes(self, request: GraphQLRequest) -> bool:
        """Whether a request is for a subscription; what is no operation at all is for none."""
        try:
            operation = self._document(request).operation(request.operation_name)
        except Unacceptable:
            return False
        return operation.type is OperationType.SUBSCRIPTION

    def accept(self, request: GraphQLRequest, scope: Scope) -> tuple[Document, Operation]:
        """The document and the operation of a request for a subscription that has been admitted, checked as
        any request is. Raises Unacceptable and Refusal."""
        document = self._document(request)
        operation = document.operation(request.operation_name)
        self._check(request, document, operation)
        self._admit(document, operation, actor_of(scope))
        if operation.type is not OperationType.SUBSCRIPTION:
            raise Unacceptable(Problem("subscription.other_operation"))
        if self.rates is not None:
            self.rates.take(scope, self.rates.of(scope), operation, request.variables)
        return document, operation

    async def carry_out(
        self,
        document: Document,
        operation: Operation,
        request: GraphQLRequest,
        context: object,
        happening: object = None,
    ) -> tuple[Outcome | Planned, str]:
        """What came of an operation that was checked, for one `happening` where it is a subscription, and
        what did it. Raises Unacceptable where whoever asks may not."""
        if isinstance(context, Context):
            self._admit(document, operation, context.actor)
            context.play(operation.roles)
        if isinstance(context, Context) and self.settings.graphql_plans:
            try:
                plans = self._plans(
                    document, operation, context.desk.database.dialect, bounds_of(context.reach)
                )
                plan = plans.plan(request.variables)
                if plan is not None:
                    return await plan.answer(context, request.variables), PLAN
            except Unplanned:
                pass
            except Exception as error:
                return _failed(error), PLAN
        return await self._execute(document, operation, request, context, happening), EXECUTOR

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
        if request.reads_only and operation.type is OperationType.MUTATION:
            raise Refusal(405, "request.change_by_get", headers={"allow": "POST"})
        over = document.excess(operation, request.variables, self.settings)
        if over is not None:
            raise Unacceptable(over.problem)

    def _admit(self, document: Document, operation: Operation, actor: Actor) -> None:
        """Raises Unacceptable where the actor may not ask all of the operation."""
        if not plays(actor, operation.roles):
            raise Unacceptable(refusal(self.schema._schema, document.node, operation.node, actor))

    def _plans(
        self, document: Document, operation: Operation, dialect: Dialect, bounds: Bounds = None
    ) -> Plans:
        plans = operation.plans.get((dialect, bounds))
        if plans is None:
            plans = Plans(self.schema, document.node, operation.node, dialect, bounds)
            operation.plans[(dialect, bounds)] = plans
        return plans

    async def _execute(
        self,
        document: Document,
        operation: Operation,
        request: GraphQLRequest,
        context: object,
        root: object,
    ) -> Outcome:
        """Straight to the executor: strawberry's way there costs several times what a small query does, for
        the sake of extensions; what ours do is done here."""
        try:
            async with context.operation() if isinstance(context, Context) else nullcontext():
                result = execute(
                    self.schema._schema,
                    document.node,
                    root,
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


def _with_errors(
    data: bytes | None,
    errors: list[dict[str, object]],
    media: str,
    told: bytes = b"",
    own: Headers = (),
) -> Reply:
    if data is None:
        return Reply(b'{"errors":%b%b}' % (orjson.dumps(errors), told), _status(media), own)
    return Reply(b'{"data":%b,"errors":%b%b}' % (data, orjson.dumps(errors), told), 200, own)


def _cost(operation: Operation, request: GraphQLRequest, settings: Settings) -> bytes:
    """What the operation costs and what it may, as the last member of an answer."""
    cost = {"requested": operation.cost.of(request.variables), "maximum": settings.graphql_max_cost}
    return b',"extensions":%b' % orjson.dumps({"cost": cost})


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
