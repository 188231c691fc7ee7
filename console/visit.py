"""One request for a page: in which language, and with which token of ours."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from console.host import Host, Visitor
from wording.catalogue import Language

LANGUAGE_COOKIE = "lianxi_language"
FORM_COOKIE = "lianxi_form"
COOKIE_PATH = "/console"
VISITOR = "lianxi.visitor"
"""Key of the ASGI scope that holds who is signed in."""
YEAR = 365 * 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, as far as pages care. `chosen` when this request says which language it wants; `visitor` is
    who is signed in."""

    host: Host
    request: Request
    language: Language
    chosen: bool
    token: str
    """Goes into the forms and into a cookie: only pages of ours can send both."""
    visitor: Visitor | None

    def vouches(self, token: str | None) -> bool:
        """Whether a form comes from a page that we gave to this browser."""
        cookie = self.request.cookies.get(FORM_COOKIE, "")
        return token is not None and secrets.compare_digest(cookie.encode(), token.encode()) and bool(cookie)

    def remember(self, response: Response) -> None:
        """Leave in the browser what the next request has to bring."""
        secure = self.host.secure or self.request.url.scheme == "https"
        if self.chosen:
            response.set_cookie(
                LANGUAGE_COOKIE,
                self.language,
                max_age=YEAR,
                path=COOKIE_PATH,
                secure=secure,
                httponly=True,
                samesite="lax",
            )
        if self.request.cookies.get(FORM_COOKIE) != self.token:
            response.set_cookie(
                FORM_COOKIE, self.token, path=COOKIE_PATH, secure=secure, httponly=True, samesite="strict"
            )


def visit_of(host: Host, request: Request, wanted: str | None = None) -> Visit:
    """The visit of a request. `wanted` is the language that a form asks for; a link asks with `?lang=`."""
    wanted = wanted or request.query_params.get("lang")
    kept = request.cookies.get(LANGUAGE_COOKIE)
    known = next((Language(name) for name in (wanted, kept) if name in set(Language)), None)
    token = request.cookies.get(FORM_COOKIE, "")
    return Visit(
        host,
        request,
        known or host.language(request.scope),
        chosen=wanted in set(Language),
        token=token if TOKEN.fullmatch(token) else secrets.token_urlsafe(16),
        visitor=request.scope.get(VISITOR),
    )
