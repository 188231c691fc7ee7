"""One request for a page: in which language, and with which token of ours."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from console.host import Host, Visitor
from console.turned import Turned
from wording.catalogue import Language, say

LANGUAGE_COOKIE = "lianxi_language"
FORM_COOKIE = "lianxi_form"
COOKIE_PATH = "/console"
VISITOR = "lianxi.visitor"
"""Key of the ASGI scope that holds who is signed in."""
MAY, UNITS = "lianxi.may", "lianxi.units"
"""Keys of the ASGI scope that hold what the API says of whoever asks: what they may ask it for, and the units
that they are there for."""
YEAR = 365 * 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, as far as pages care. `chosen` when this request says which language it wants; `visitor` is
    who is signed in; `may` names the queries and changes of the API that are theirs to ask for,
    `units` are the codes of the units that their roles are for."""

    host: Host
    request: Request
    language: Language
    chosen: bool
    token: str
    """Goes into the forms and into a cookie: only pages of ours can send both."""
    visitor: Visitor | None
    may: frozenset[str]
    units: frozenset[str]

    def demand(self, field: str) -> None:
        """Go on if the visitor may ask the API for this. Raises Turned."""
        if field not in self.may:
            # Everybody who has any role may ask who would lead.
            key = "console.not_yours" if "previewRouting" in self.may else "console.no_role"
            account = self.visitor.account if self.visitor else ""
            raise Turned(403, say(key, self.language, account=account))

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
        may=request.scope.get(MAY, frozenset()),
        units=request.scope.get(UNITS, frozenset()),
    )
