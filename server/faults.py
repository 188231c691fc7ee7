"""Faults: what went wrong with a request as a whole, with a code that programs can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

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

    def response(self, language: Language, media_type: str = JSON) -> Answer:
        """The refusal in the shape of a GraphQL answer: one error, no data."""
        return answer({"errors": [self.problem.error(language)]}, self.status, media_type, self.headers)


class Answer(Response):
    """A JSON response that no cache keeps. Its headers are ready but for those that this one answer has."""

    HEADERS: Final = {
        media_type: (
            (b"content-type", f"{media_type}; charset=utf-8".encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"accept, accept-language"),
        )
        for media_type in (JSON, GRAPHQL_RESPONSE)
    }

    def __init__(
        self,
        body: bytes,
        status: int = 200,
        media_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.body = body
        self.status_code = status
        self.background = None
        own = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items())
        self.raw_headers = [*self.HEADERS[media_type], (b"content-length", b"%d" % len(body)), *own]


def answer(
    body: Mapping[str, object],
    status: int = 200,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer with a body that is not JSON yet. Raises TypeError for what JSON cannot carry."""
    return Answer(orjson.dumps(body), status, media_type, headers)
