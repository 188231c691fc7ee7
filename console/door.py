"""The door of the console: whatever goes wrong behind it, the visitor gets a page that says what to do."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.host import Host
from console.page import page
from console.sign_in import OPEN, SIGN_IN
from console.turned import Turned, too_many
from console.visit import VISITOR, visit_of
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
            if await self._lets_in(scope):
                await self.app(scope, receive, send_and_note)
            else:
                await _to_sign_in(Request(scope))(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            if begun:
                raise
            await self._turned_away(Request(scope), error)(scope, receive, send)

    async def _lets_in(self, scope: Scope) -> bool:
        """Whether a page is shown to who asks for it. Note who that is. Raises Turned for too
        many requests."""
        reception = self.host.reception
        if reception is None:
            return True
        visitor = scope[VISITOR] = await reception.visitor(scope)
        seconds = self.host.wait(scope)
        if seconds:
            raise too_many(visit_of(self.host, Request(scope)).language, seconds)
        return visitor is not None or OPEN.fullmatch(scope["path"]) is not None

    def _turned_away(self, request: Request, error: Exception) -> Response:
        visit = visit_of(self.host, request)
        if isinstance(error, Turned):
            response = page(visit, "trouble", error.status, message=error.message)
            response.headers.update(error.headers)
            return response
        if isinstance(error, HTTPException):
            key = "console.no_such_page" if error.status_code == 404 else "console.no_such_method"
            response = page(visit, "trouble", error.status_code, message=say(key, visit.language))
            response.headers.update(error.headers or {})
            return response
        request_id = self.host.request_id(request.scope)
        log.error("unexpected error", request_id=request_id, exc_info=error)
        message = say("fault.internal", visit.language, request_id=request_id)
        return page(visit, "trouble", 500, message=message)


def _to_sign_in(request: Request) -> Response:
    """The way to the form, and from there to the page that was asked for, if it can be asked for again."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(
        f"{SIGN_IN}?next={quote(wanted, safe='')}" if request.method == "GET" else SIGN_IN, 303
    )
