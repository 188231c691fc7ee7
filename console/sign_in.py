"""The pages on which people sign in and out, and change their password."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.form import read_form
from console.host import Host, Reception
from console.page import page
from console.turned import Turned, too_many
from console.visit import Visit, visit_of
from wording.catalogue import say

HOME = "/console"
OUT_OF_PROVIDER = "/console/sign-out/provider"
LEFT = "left"
"""In an address: the identity provider's own sign-in is left."""
SIGN_IN = "/console/sign-in"
CODE = "/console/code"
CHANGED, CONFIRMED = "changed", "confirmed"
"""In an address: a password was changed, codes are asked for from now on."""
SIGNED_OUT = "/console/signed-out"
OPEN = re.compile(r"/console/(?:sign-in(?:/.*)?|signed-out|sign-out/provider|static/.*)")
"""Pages for those who are not signed in."""
OURS = re.compile(r"/console(?:[/?][A-Za-z0-9/._~%?=&+-]*)?")
"""Addresses of ours, and nobody else's, to go on to."""


def next_of(wanted: str | None) -> str:
    """Where to go on after signing in: where somebody wanted to go, if that is one of our pages."""
    if wanted is None or not OURS.fullmatch(wanted) or OPEN.match(wanted):
        return HOME
    return HOME if "//" in wanted or ".." in wanted else wanted


async def sign_in(host: Host, request: Request) -> Response:
    """The form to sign in with."""
    _reception(host)
    visit = visit_of(host, request)
    return _form(visit, next_of(request.query_params.get("next")))


async def enter(host: Host, request: Request) -> Response:
    """Let somebody in, or tell that something was wrong, whatever it was."""
    reception = _reception(host)
    form = await read_form(host, request)
    visit, next = visit_of(host, request, form.get("lang")), next_of(form.get("next"))
    if not visit.vouches(form.get("token")):
        return _form(visit, next, 403, say("console.form_expired", visit.language))
    account = form.get("account", "").strip()
    _count(reception, visit, account)
    cookies = await reception.enter(request.scope, account, form.get("password", ""), form.get("code", ""))
    if cookies is None:
        return _form(visit, next, 403, say("console.sign_in_wrong", visit.language), account)
    return _redirected(visit, next, cookies)


async def leave(host: Host, request: Request) -> Response:
    """Sign out. Whom the identity provider has vouched for is told of what is left of that."""
    reception = _reception(host)
    form = await read_form(host, request)
    visit = visit_of(host, request)
    if not visit.vouches(form.get("token")):
        raise Turned(403, say("console.form_expired", visit.language))
    page = f"{SIGNED_OUT}?{LEFT}" if visit.visitor and visit.visitor.by_provider else SIGN_IN
    return _redirected(visit, page, await reception.leave(request.scope))


async def signed_out(host: Host, request: Request) -> Response:
    """What signing out has come to, for people of the identity provider. It sends them there when nothing but
    that is `left`: not the answer to the form, which the policy of our pages keeps from leading to other
    sites."""
    reception = _reception(host, provider=True)
    left = LEFT in request.query_params
    ends = left and await reception.out_of_provider() is not None
    response = page(visit_of(host, request), "signed_out", left=left, ends=ends)
    if ends:
        response.headers["refresh"] = f"0; url={OUT_OF_PROVIDER}"
    return response


async def out_of_provider(host: Host, request: Request) -> Response:
    """Send the browser to the identity provider to be signed out there."""
    reception = _reception(host, provider=True)
    url = await reception.out_of_provider()
    return _redirected(visit_of(host, request), url or f"{SIGNED_OUT}?{LEFT}", [])


async def to_provider(host: Host, request: Request) -> Response:
    """Send the browser to the identity provider. By a link: the policy of our pages keeps forms from leading
    to other sites."""
    reception = _reception(host, provider=True)
    visit = visit_of(host, request)
    _count(reception, visit)
    departure = await reception.to_provider(next_of(request.query_params.get("next")))
    if departure is None:
        return _form(visit, HOME, 503, say("console.provider_down", visit.language))
    url, cookie = departure
    return _redirected(visit, url, [cookie])


async def from_provider(host: Host, request: Request) -> Response:
    """Let somebody in whom the identity provider vouches for."""
    reception = _reception(host, provider=True)
    visit = visit_of(host, request)
    _count(reception, visit)
    arrival = await reception.from_provider(request)
    if arrival is None:
        return _form(visit, HOME, 403, say("console.not_vouched", visit.language))
    next, cookies = arrival
    return _redirected(visit, next_of(next), cookies)


async def password(host: Host, request: Request) -> Response:
    """The form to change one's password with."""
    _reception(host)
    return page(_with_password(host, request), "password", mistakes=())


async def change_password(host: Host, request: Request) -> Response:
    """Change the password; one has to sign in again with the new one."""
    reception = _reception(host)
    form = await read_form(host, request)
    visit = _with_password(host, request)
    if not visit.vouches(form.get("token")):
        return page(visit, "password", 403, mistakes=[say("console.form_expired", visit.language)])
    _count(reception, visit, visit.visitor.account if visit.visitor else None)
    mistakes = await reception.change_password(
        request.scope, form.get("old", ""), form.get("new", ""), visit.language
    )
    if mistakes:
        return page(visit, "password", 422, mistakes=mistakes)
    return _redirected(visit, f"{SIGN_IN}?{CHANGED}", await reception.leave(request.scope))


async def code(host: Host, request: Request) -> Response:
    """What one-time codes are, and how to have them asked for."""
    _reception(host)
    return page(_with_password(host, request), "code", mistake="", secret="", uri="")


async def enrol_code(host: Host, request: Request) -> Response:
    """Show the secret for an authenticator, this once."""
    reception = _reception(host)
    form = await read_form(host, request)
    visit = _with_password(host, request)
    if not visit.vouches(form.get("token")):
        mistake = say("console.form_expired", visit.language)
        return page(visit, "code", 403, mistake=mistake, secret="", uri="")
    secret, uri, mistake = await reception.enrol_code(request.scope, visit.language)
    return page(visit, "code", 422 if mistake else 200, mistake=mistake, secret=secret, uri=uri)


async def confirm_code(host: Host, request: Request) -> Response:
    """Ask for codes from now on, once a right one was shown."""
    reception = _reception(host)
    form = await read_form(host, request)
    visit = _with_password(host, request)
    secret, uri = form.get("secret", ""), form.get("uri", "")
    if not visit.vouches(form.get("token")):
        mistake = say("console.form_expired", visit.language)
        return page(visit, "code", 403, mistake=mistake, secret=secret, uri=uri)
    mistake = await reception.confirm_code(request.scope, form.get("code", ""), visit.language)
    if mistake:
        return page(visit, "code", 422, mistake=mistake, secret=secret, uri=uri)
    return _redirected(visit, f"{CODE}?{CONFIRMED}", [])


def _reception(host: Host, *, provider: bool = False) -> Reception:
    """Where people sign in. Without one there are no such pages."""
    reception = host.reception
    if reception is None or (provider and not reception.has_provider):
        raise HTTPException(404)
    return reception


def _count(reception: Reception, visit: Visit, account: str | None = None) -> None:
    """Raises Turned where there were too many attempts in the last minute."""
    seconds = reception.wait(visit.request.scope, account)
    if seconds:
        raise too_many(visit.language, seconds)


def _with_password(host: Host, request: Request) -> Visit:
    """The visit of somebody who signs in with a password of ours. Raises Turned for others."""
    visit = visit_of(host, request)
    if visit.visitor and visit.visitor.by_provider:
        raise Turned(403, say("console.password_elsewhere", visit.language))
    return visit


def _form(visit: Visit, next: str, status: int = 200, mistake: str = "", account: str = "") -> Response:
    reception = visit.host.reception
    provider = reception is not None and reception.has_provider
    return page(visit, "sign_in", status, next=next, mistake=mistake, account=account, provider=provider)


def _redirected(visit: Visit, url: str, cookies: Sequence[str]) -> Response:
    response = RedirectResponse(url, 303)
    visit.remember(response)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response
