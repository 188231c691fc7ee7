"""The door of the console: whatever goes wrong behind it, the visitor gets a page that says what to do."""

from __future__ import annotations

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.host import Host
from console.page import page
from console.turned import Turned
from console.visit import visit_of
from wording.catalogue import say

log = structlog.stdlib.get_logger("lianxi.console")


class Door:
    """ASGI application around the pages."""

    def __init__(self, app: ASGIApp, host: Host) -> None:
        self.app = app
        self.host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except ClientDisconnect:
            return
        except Exception as error:
            if begun:
                raise
            await self._turned_away(Request(scope), error)(scope, receive, send)

    def _turned_away(self, request: Request, error: Exception) -> Response:
        visit = visit_of(self.host, request)
        if isinstance(error, Turned):
            return page(visit, "trouble", error.status, message=error.message)
        if isinstance(error, HTTPException):
            key = "console.no_such_page" if error.status_code == 404 else "console.no_such_method"
            response = page(visit, "trouble", error.status_code, message=say(key, visit.language))
            response.headers.update(error.headers or {})
            return response
        request_id = self.host.request_id(request.scope)
        log.error("unexpected error", request_id=request_id, exc_info=error)
        message = say("fault.internal", visit.language, request_id=request_id)
        return page(visit, "trouble", 500, message=message)
