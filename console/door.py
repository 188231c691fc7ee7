"""The door of the console: whatever goes wrong behind it, the visitor gets a page that says what to do."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.asking import ask
from console.host import Host
from console.page import page
from console.sign_in import OPEN, SIGN_IN
from console.turned import Turned, too_many
from console.visit import MAY, UNITS, VISITOR, visit_of
from wording.catalogue import say

FILES = "/console/static/"
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
                await self._note_rights(Request(scope))
                await self.app(scope, receive, send_and_note)
            else:
                await self._to_sign_in(Request(scope))(scope, receive, send)
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

    async def _note_rights(self, request: Request) -> None:
        """Note what the API says that whoever asks may do: pages offer nothing else. Raises Turned."""
        known = self.host.reception is None or request.scope[VISITOR] is not None
        if known and not request.url.path.startswith(FILES):
            viewer = (await ask(visit_of(self.host, request), "viewer"))["viewer"]
            request.scope[MAY] = frozenset(viewer["may"])
            request.scope[UNITS] = frozenset(each["unit"] for each in viewer["grants"] if each["unit"])

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

    def _to_sign_in(self, request: Request) -> Response:
        """The way to the form, and from there to the page that was asked for; of a form that was sent, to the
        page that it stood on, as nothing may be done by a link."""
        wanted = request.url if request.method == "GET" else URL(request.headers.get("referer", ""))
        known = f"?next={quote(_path(wanted), safe='')}" if wanted.netloc == request.url.netloc else ""
        response = RedirectResponse(f"{SIGN_IN}{known}", 303)
        visit_of(self.host, request).remember(response)
        return response


def _path(url: URL) -> str:
    return url.path + (f"?{url.query}" if url.query else "")
