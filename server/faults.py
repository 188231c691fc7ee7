"""Faults: what went wrong with a request as a whole, with a code that programs can tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

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
    TIMEOUT = "TIMEOUT"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    EVENTS_GONE = "EVENTS_GONE"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a query. `key` names its sentence; `locations` are lines and columns from 1,
    `path` leads to the field that is meant."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    code: FaultCode = FaultCode.BAD_USER_INPUT
    locations: tuple[tuple[int, int], ...] = ()
    path: tuple[str, ...] = ()

    def error(self, language: Language) -> dict[str, object]:
        """The problem as an entry of `errors`."""
        error: dict[str, object] = {"message": say(self.key, language, **self.values)}
        if self.locations:
            error["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path:
            error["path"] = list(self.path)
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

    def reply(self, language: Language) -> Reply:
        """The refusal in the shape of a GraphQL answer: one error, no data."""
        own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        return Reply(orjson.dumps({"errors": [self.problem.error(language)]}), self.status, own)

    def response(self, language: Language) -> Answer:
        """The same, for Starlette."""
        return Answer(self.reply(language))


class Reply(NamedTuple):
    """A JSON body, with the status and the headers that this one answer has."""

    body: bytes
    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = ()


HEADERS: Final = {
    media_type: (
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"accept, accept-language"),
    )
    for media_type in (JSON, GRAPHQL_RESPONSE)
}
"""The headers that all JSON answers have, by media type: no cache keeps one."""


class Answer(Response):
    """A JSON response, with its headers ready."""

    def __init__(self, reply: Reply) -> None:
        self.body = reply.body
        self.status_code = reply.status
        self.background = None
        length = (b"content-length", b"%d" % len(reply.body))
        self.raw_headers = [*HEADERS[JSON], length, *reply.headers]


def answer(body: Mapping[str, object], status: int = 200) -> Answer:
    """The answer with a body that is not JSON yet. Raises TypeError for what JSON cannot carry."""
    return Answer(Reply(orjson.dumps(body), status))
