"""Who may ask. Where nobody signs in a request is believed to be from whom it says, so only this machine may
ask; otherwise `server.sign_in.credentials` finds out who it is from."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from casework.actor import DEMO_ADMINISTRATOR, NOBODY, Actor, administrator
from server.address import is_loopback
from server.faults import FaultCode, Refusal
from server.headers import headers_of, remembered, text
from server.language import language_of
from server.settings import Settings, site_of

ACCOUNT = b"lianxi-account"
"""The header in which a request names its account: two people are needed to publish a policy. A page of
another site cannot send it without asking first (CORS), and is never allowed to."""

ACTOR: Final = "lianxi.actor"
"""Key of the ASGI scope that holds who a request is from."""

Resolve = Callable[[str], list[str]]


class NotLoopback(Exception):
    """The host to listen on can be reached, or could be, from other machines."""


def addresses_of(host: str) -> list[str]:
    """All addresses of a host name, as the system resolves it; empty when it does not."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(address[4][0]) for address in found})


def loopback_address(host: str, resolve: Resolve = addresses_of) -> str:
    """The address to listen on for a host. Raises NotLoopback unless all of its addresses are loopback."""
    addresses = [host] if is_loopback(host) else resolve(host)
    if not addresses or not all(is_loopback(address) for address in addresses):
        raise NotLoopback(host)
    return addresses[0]


def listening_address(settings: Settings, resolve: Resolve = addresses_of) -> str | None:
    """The address to listen on; None for a host that is not known. Raises NotLoopback where nobody signs in
    and the host can be reached from other machines."""
    if not settings.signs_in:
        return loopback_address(settings.host, resolve)
    return next(iter(resolve(settings.host)), None)


def actor_of(scope: Scope) -> Actor:
    """Who a request is from, as `SignIn.admit` has noted it; nobody where it has not."""
    found: Actor = scope.get(ACTOR, NOBODY)
    return found


def named_actor(headers: Mapping[bytes, bytes]) -> Actor:
    """Who a request says it is from; without a name it is the demo administrator. Raises Refusal for a name
    that no account can have."""
    named = text(headers.get(ACCOUNT))
    return DEMO_ADMINISTRATOR if named is None else _actor(named)


@remembered
def _actor(account: str) -> Actor:
    actor = administrator(account)
    if actor is None:
        raise Refusal(400, "request.account")
    return actor


class ThisMachineOnly:
    """ASGI middleware: refuse a request that names another host.

    A page of a foreign site can point its own name at 127.0.0.1 and then talk to this server as if it were
    its own; the Host header gives it away.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._is_ours = remembered(lambda host: names_us(host or "", settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_ours(text(headers_of(scope).get(b"host"))):
            language = language_of(scope, self.settings.language)
            await foreign_host().response(language)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def foreign_host() -> Refusal:
    """The refusal of a request that names another host."""
    return Refusal(421, "request.foreign_host", code=FaultCode.FORBIDDEN)


def names_us(host: str, settings: Settings) -> bool:
    """Whether a Host header names this server: as loopback, by the host it listens on, or by its address for
    people. Where everybody signs in and no such address is set, every name will do."""
    site = site_of(settings.public_url)
    if settings.signs_in and site is None:
        return True
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").lower()
    own = {"localhost", settings.host.lower(), site.hostname if site else None}
    return name in own or is_loopback(name)
