"""Faults: what went wrong with a request as a whole, with a code that programs can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
from starlette.responses import Response

from wording.catalogue import Language, say

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"


class FaultCode(StrEnum):
    """`extensions.code` of every error that leaves the server; docs/errors.md says what to do about each."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    CONFLICT = "CONFLICT"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a query. `key` names its sentence; `locations` are lines and columns from 1."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    code: FaultCode = FaultCode.BAD_USER_INPUT
    locations: tuple[tuple[int, int], ...] = ()

    def error(self, language: Language) -> dict[str, object]:
        """The problem as an entry of `errors`."""
        error: dict[str, object] = {"message": say(self.key, language, **self.values)}
        if self.locations:
            error["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        return {**error, "extensions": {"code": self.code}}


class Refusal(Exception):
    """A request that is not carried out, with the HTTP status and headers to say so."""

    def __init__(
        self,
        status: int,
        key: str,
        values: Mapping[str, object] | None = None,
        *,
        code: FaultCode = FaultCode.BAD_USER_INPUT,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(key)
        self.status = status
        self.problem = Problem(key, values or {}, code)
        self.headers = headers or {}

    def response(self, language: Language, media_type: str = JSON) -> Response:
        """The refusal in the shape of a GraphQL answer: one error, no data."""
        return answer({"errors": [self.problem.error(language)]}, self.status, media_type, self.headers)


def answer(
    body: Mapping[str, object],
    status: int = 200,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A JSON response that no cache keeps. Raises TypeError for what JSON cannot carry."""
    kept = {**(headers or {}), "cache-control": "no-store", "vary": "accept, accept-language"}
    return Response(orjson.dumps(body), status, kept, f"{media_type}; charset=utf-8")
