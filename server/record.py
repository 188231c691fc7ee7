"""Around every request: its number, its line in the log, the headers that all answers carry."""

from __future__ import annotations

import time
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from server.faults import FaultCode, Refusal
from server.language import spoken
from server.metrics import Metrics
from wording.catalogue import Language

log = structlog.stdlib.get_logger("lianxi.request")

REQUEST_ID: Final = "lianxi.request_id"
"""Key of the ASGI scope that holds the request's number."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def request_id_of(scope: Scope) -> str:
    """The number under which the request is in the log."""
    return str(scope.get(REQUEST_ID, "-"))


class Record:
    """ASGI middleware. Numbers come from here alone: one that a client sends is not taken over."""

    def __init__(self, app: ASGIApp, metrics: Metrics, default: Language) -> None:
        self.app = app
        self.metrics = metrics
        self.default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = uuid7().hex
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            log.exception("unexpected error", request_id=request_id)
            if status:
                raise
            await self._refuse(scope, receive, send_with_headers)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            self.metrics.served(scope, status)
            log.info(
                "request",
                request_id=request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=milliseconds,
            )

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        values = {"request_id": request_id_of(scope)}
        refusal = Refusal(500, "fault.internal", values, code=FaultCode.INTERNAL)
        await refusal.response(spoken(accept, self.default))(scope, receive, send)
