"""Who may ask. Until sign-in exists a request is believed to be from whom it says, so only this machine may
ask."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from casework.actor import DEMO_ADMINISTRATOR, Actor, administrator
from server.faults import FaultCode, Refusal
from server.headers import headers_of, remembered, text
from server.language import language_of
from server.settings import Settings

ACCOUNT = b"lianxi-account"
"""The header in which a request names its account: two people are needed to publish a policy. A page of
another site cannot send it without asking first (CORS), and is never allowed to."""

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


def is_loopback(address: str) -> bool:
    """Whether an address is one of 127.0.0.0/8 or ::1. A name is none."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def actor_of(scope: Scope) -> Actor:
    """Who a request is from; without a name it is the demo administrator. Raises Refusal for a name that no
    account can have."""
    named = text(headers_of(scope).get(ACCOUNT))
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
        own = settings.host.lower()
        self._is_ours = remembered(lambda host: names_this_machine(host or "", own))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_ours(text(headers_of(scope).get(b"host"))):
            language = language_of(scope, self.settings.language)
            await foreign_host().response(language)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def foreign_host() -> Refusal:
    """The refusal of a request that names another host."""
    return Refusal(421, "request.foreign_host", code=FaultCode.FORBIDDEN)


def names_this_machine(host: str, own: str) -> bool:
    """Whether a Host header names this machine: as loopback, or by its `own` name in lower case."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").lower()
    return name in {"localhost", own} or is_loopback(name)
