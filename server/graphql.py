"""The GraphQL endpoint: one operation a request, answered as GraphQL over HTTP asks for."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.federation import Schema
from strawberry.types import ExecutionResult

from server.document import Document, Documents, Operation, ReadAlready, Unacceptable
from server.errors import is_request_error, published
from server.faults import GRAPHQL_RESPONSE, JSON, FaultCode, Problem, Refusal, answer
from server.guard import REQUEST, GraphQLRequest
from server.language import spoken
from server.metrics import Metrics
from server.negotiation import media_type
from server.record import request_id_of
from server.settings import Settings
from wording.catalogue import Language

log = structlog.stdlib.get_logger("lianxi.graphql")

MakeContext = Callable[[Scope, Language], object]
"""Makes what the resolvers of one request share."""


class GraphQL:
    """ASGI application behind the guard: takes the scope's GraphQLRequest and executes it."""

    def __init__(self, schema: Schema, settings: Settings, metrics: Metrics, context: MakeContext) -> None:
        self.documents = Documents(schema, settings)
        # A copy, so that this application's limits stay out of the schema that others hold.
        self.schema = copy.copy(schema)
        self.schema.extensions = (*schema.extensions, partial(ReadAlready, self.documents))
        self.settings = settings
        self.metrics = metrics
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language = spoken(headers.get("accept-language"), self.settings.language)
        media = media_type(headers.get("accept"))
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

    async def _answer(self, scope: Scope, language: Language, media: str) -> Response:
        request: GraphQLRequest = scope[REQUEST]
        started = time.perf_counter()
        label = "none"
        errors: list[dict[str, object]] = []
        try:
            document = self.documents.read(request.query)
            operation = document.operation(request.operation_name)
            label = operation.label
            self._check(request, document, operation)
            result = await self._execute(scope, request, operation, language)
            errors = published(result.errors or (), language, request_id_of(scope))
            return _response(result, errors, media)
        except Unacceptable as unacceptable:
            errors = [problem.error(language) for problem in unacceptable.problems]
            return answer({"errors": errors}, _status(media), media)
        except Refusal as refusal:
            errors = [refusal.problem.error(language)]
            return refusal.response(language, media)
        finally:
            self.metrics.answered(label, code_of(errors), time.perf_counter() - started)

    def _check(self, request: GraphQLRequest, document: Document, operation: Operation) -> None:
        if operation.type is OperationType.SUBSCRIPTION:
            raise Unacceptable(Problem("query.subscription"))
        if request.reads_only and operation.type is not OperationType.QUERY:
            raise Refusal(405, "request.change_by_get", headers={"allow": "POST"})
        over = document.excess(operation, request.variables, self.settings)
        if over is not None:
            raise Unacceptable(over.problem)

    async def _execute(
        self, scope: Scope, request: GraphQLRequest, operation: Operation, language: Language
    ) -> ExecutionResult:
        return await self.schema.execute(
            request.query,
            variable_values=dict(request.variables),
            context_value=self.context(scope, language),
            operation_name=operation.name,
        )


def _response(result: ExecutionResult, errors: list[dict[str, object]], media: str) -> Response:
    if result.data is None and result.errors and all(map(is_request_error, result.errors)):
        return answer({"errors": errors}, _status(media), media)
    body: dict[str, object] = {"data": result.data}
    if errors:
        body["errors"] = errors
    if result.extensions:
        body["extensions"] = result.extensions
    return answer(body, 200, media)


def _status(media: str) -> int:
    """The status of a request that was not executed: the older media type has 200 for every answer."""
    return 400 if media == GRAPHQL_RESPONSE else 200


def code_of(errors: list[dict[str, object]]) -> str:
    """The code that counts for a whole answer: OK, INTERNAL if any error has it, else the first one's."""
    codes = [
        str(extensions["code"]) for error in errors if isinstance(extensions := error["extensions"], dict)
    ]
    if FaultCode.INTERNAL in codes:
        return FaultCode.INTERNAL
    return codes[0] if codes else "OK"
