"""How much each client may ask for: points that come back by and by.

A client is the account that is signed in, else the address that the request comes from. Its allowance falls
with each request, and refills at a steady rate. Whoever has used it up waits until there is something again;
a single request may overdraw it, since what it costs is known only once it has been read. Each server process
counts for itself, in memory.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from graphql import OperationType
from starlette.types import Scope

from casework.actor import NOBODY
from casework.attempts import network_of
from server.address import client_address, networks
from server.faults import FaultCode, Refusal
from server.graphql.cost import Variables
from server.graphql.document import Operation
from server.settings import Settings
from server.sign_in.identity import actor_of

LEAST: Final = 10
"""Points that every request takes, beside its cost: to read it is work, too."""
CHANGE: Final = 100
"""Points that a mutation takes beside that: it waits for the disk and leaves its record."""
MOST_CLIENTS: Final = 10_000
"""Clients that are remembered; of more, those that have not asked for longest are forgotten."""
LOW: Final = 0.25
"""Where less than this part of an allowance is left, answers tell so unasked."""


@dataclass(slots=True)
class Allowance:
    """The `points` that a client has left of `most`, as of a moment in ticks; `a_second` come back."""

    most: int
    a_second: int
    points: float
    at: float

    def refill(self, now: float) -> None:
        """Give back what has come back until now."""
        self.points = min(self.most, self.points + (now - self.at) * self.a_second)
        self.at = now

    def take(self, operation: Operation, variables: Variables) -> None:
        """Take what an operation costs."""
        self.points -= operation.cost.of(variables)
        if operation.type is OperationType.MUTATION:
            self.points -= CHANGE

    @property
    def is_low(self) -> bool:
        """Whether so little is left that the client should know."""
        return self.points < self.most * LOW

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What is left, as draft-ietf-httpapi-ratelimit-headers has it: the policy with its quota and its
        window, and the points that remain with the seconds until there are all again."""
        window = math.ceil(self.most / self.a_second)
        full = math.ceil((self.most - self.points) / self.a_second)
        return [
            (b"ratelimit-policy", b'"points";q=%d;w=%d' % (self.most, window)),
            (b"ratelimit", b'"points";r=%d;t=%d' % (max(0, int(self.points)), full)),
        ]

    def refusal(self) -> Refusal:
        """The refusal of a client that has nothing left, with the seconds until it is heard again."""
        seconds = max(1, math.ceil((1 - self.points) / self.a_second))
        told = {name.decode(): value.decode() for name, value in self.headers()}
        return Refusal(
            429,
            "request.too_many",
            {"seconds": seconds},
            code=FaultCode.RATE_LIMITED,
            headers={"retry-after": str(seconds), **told},
        )


class Rates:
    """The allowances of a server's clients. `ticks` gives seconds."""

    def __init__(self, settings: Settings, ticks: Callable[[], float] = time.monotonic) -> None:
        self._most = settings.rate_burst
        self._a_second = settings.rate_points
        self._proxies = networks(settings.trusted_proxies)
        self._ticks = ticks
        self._allowances: dict[str, Allowance] = {}

    def admit(self, scope: Scope) -> Allowance:
        """The allowance of the client that a request is from, less what every request takes. Raises Refusal
        (429) where there is nothing left."""
        client, now = self._client(scope), self._ticks()
        allowance = self._allowances.pop(client, None)
        if allowance is None:
            allowance = Allowance(self._most, self._a_second, self._most, now)
            if len(self._allowances) >= MOST_CLIENTS:
                del self._allowances[next(iter(self._allowances))]
        self._allowances[client] = allowance
        allowance.refill(now)
        if allowance.points <= 0:
            raise allowance.refusal()
        allowance.points -= LEAST
        return allowance

    def _client(self, scope: Scope) -> str:
        actor = actor_of(scope)
        if actor is not NOBODY:
            return f"account {actor.id}"
        return f"address {network_of(client_address(scope, self._proxies))}"


def rates_of(settings: Settings) -> Rates | None:
    """The allowances of a server; None where nothing is counted: nobody signs in, so that this machine alone
    asks, or the settings say so."""
    return Rates(settings) if settings.signs_in and settings.rate_points else None
