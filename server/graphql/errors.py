"""Errors of execution as clients may see them: coded, in their language, with nothing of the inside."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from graphql import FieldNode, GraphQLError

from db.faults import DatabaseBusy, DatabaseSlow, Fault
from server.faults import FaultCode
from server.graphql.misfit import of_input
from server.graphql.patience import TooSlow
from wording.catalogue import Language, say

log = structlog.stdlib.get_logger("lianxi.graphql")


def published(errors: Sequence[GraphQLError], language: Language, request_id: str) -> list[dict[str, object]]:
    """The entries of `errors`. What nobody foresaw is logged with its traceback and told only by number."""
    return [_entry(error, language, request_id) for error in errors]


def _entry(error: GraphQLError, language: Language, request_id: str) -> dict[str, object]:
    code, message = _told(error, language, request_id)
    entry: dict[str, object] = {"message": message}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    kept = error.extensions if code != FaultCode.INTERNAL else None
    return {**entry, "extensions": {**(kept or {}), "code": code}}


def _told(error: GraphQLError, language: Language, request_id: str) -> tuple[FaultCode, str]:
    code = (error.extensions or {}).get("code")
    if code in set(FaultCode) and code != FaultCode.INTERNAL:
        return FaultCode(code), error.message
    cause = _cause(error)
    if isinstance(cause, DatabaseBusy):
        return FaultCode.CONFLICT, say("fault.busy", language)
    if isinstance(cause, TooSlow | DatabaseSlow):
        return FaultCode.TIMEOUT, say("fault.slow", language)
    if isinstance(cause, Fault):
        log.error("database fault", request_id=request_id, path=error.path, fault=str(cause))
        return FaultCode.INTERNAL, say("fault.database", language, request_id=request_id)
    if cause is None and _about_input(error):
        detail = of_input(error.message, language)
        return FaultCode.BAD_USER_INPUT, say("query.input", language, detail=detail)
    log.error("unexpected error", request_id=request_id, path=error.path, exc_info=cause or error)
    return FaultCode.INTERNAL, say("fault.internal", language, request_id=request_id)


def _cause(error: GraphQLError) -> Exception | None:
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _about_input(error: GraphQLError) -> bool:
    # The executor points at the argument or variable when input is wrong, at the field when output is.
    return not isinstance(error.nodes[0], FieldNode) if error.nodes else error.path is None


def is_request_error(error: GraphQLError) -> bool:
    """Whether the error was found before any field was resolved, such as a variable of the wrong type."""
    return error.path is None
