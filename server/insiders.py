"""Who is shown how the server does: its counters, and what it found when it looked whether it can work."""

from __future__ import annotations

from typing import Any

from starlette.routing import Match, Route
from starlette.types import Scope

from server.address import client_address, is_loopback, is_within, networks, peer_address
from server.headers import headers_of
from server.settings import Settings

PASSED_ON = (b"x-forwarded-for", b"forwarded")
"""Headers that only a proxy sends."""


class Insiders:
    """Everybody where nobody signs in; else this machine, and the networks that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._all = not settings.signs_in
        self._networks = networks(settings.metrics_networks)
        self._proxies = networks(settings.trusted_proxies)

    def has(self, scope: Scope) -> bool:
        """Whether a request is from one of them. One that somebody passed on whom we do not believe may be
        from anywhere, even where that proxy is on this machine."""
        if self._all:
            return True
        address = client_address(scope, self._proxies)
        headers = headers_of(scope)
        if address == peer_address(scope) and any(name in headers for name in PASSED_ON):
            return False
        return is_loopback(address) or is_within(address, self._networks)


class InsidersRoute(Route):
    """A route that is not there for others."""

    def __init__(self, path: str, endpoint: Any, insiders: Insiders) -> None:
        super().__init__(path, endpoint)
        self.insiders = insiders

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it is the one for a request."""
        return super().matches(scope) if self.insiders.has(scope) else (Match.NONE, {})
