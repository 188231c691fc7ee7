"""Around every request: its number, its line in the log, the headers that all answers carry."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Sequence
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from server.faults import FaultCode, Refusal
from server.language import language_of
from server.metrics import Metrics
from wording.catalogue import Language

log = structlog.stdlib.get_logger("lianxi.request")

REQUEST_ID: Final = "lianxi.request_id"
"""Key of the ASGI scope that holds the request's number."""

PROTECTION = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Headers of all answers that do not have their own."""


def completed(headers: Sequence[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """An answer's headers with its number, and with those of PROTECTION that it lacks."""
    own = dict(headers)
    lacking = [header for header in PROTECTION if header[0] not in own]
    return [*headers, (b"x-request-id", request_id.encode()), *lacking]


def request_id_of(scope: Scope) -> str:
    """The number under which the request is in the log."""
    return str(scope.get(REQUEST_ID, "-"))


class Journal:
    """What is counted and logged of every request."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        # Bound once: a logger that is not looks its configuration up for every line.
        self.log = log.bind()
        self.tells = self.log.is_enabled_for(logging.INFO)

    def close(self, scope: Scope, status: int, started: float) -> None:
        """Enter a request that is over, with its status (0: none was sent) and when it came."""
        self.metrics.served(scope["path"], status)
        if self.tells:
            self.log.info(
                "request",
                request_id=request_id_of(scope),
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )

    def unforeseen(self, error: Exception, request_id: str) -> Refusal:
        """Enter what nobody foresaw, with its traceback; the client is told only the number."""
        log.error("unexpected error", request_id=request_id, exc_info=error)
        return Refusal(500, "fault.internal", {"request_id": request_id}, code=FaultCode.INTERNAL)


class Record:
    """ASGI middleware. Numbers come from here alone: one that a client sends is not taken over."""

    def __init__(self, app: ASGIApp, metrics: Metrics, default: Language) -> None:
        self.app = app
        self.default = default
        self.journal = Journal(metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = uuid7().hex
        started = time.perf_counter()
        status = 0

        def send_with_headers(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = completed(message.get("headers", ()), request_id)
            return send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            refusal = self.journal.unforeseen(error, request_id)
            if status:
                raise
            await refusal.response(language_of(scope, self.default))(scope, receive, send_with_headers)
        finally:
            self.journal.close(scope, status, started)
