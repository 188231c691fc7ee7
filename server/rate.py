"""How much each client may ask for.

A client is the account that is signed in, else the address that the request comes from. Every request takes
points of its allowance. Two things have allowances of their own beside it, a few a minute: objections, which
people have to decide on, and signing in, where passwords are guessed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from graphql import OperationType
from starlette.types import Scope

from casework.actor import NOBODY
from casework.attempts import counted, network_of
from server.address import client_address, networks
from server.allowance import Allowance, Allowances, Quota
from server.faults import Refusal
from server.graphql.cost import Variables
from server.graphql.document import Operation
from server.settings import Settings
from server.sign_in.identity import actor_of

LEAST: Final = 10
"""Points that every request takes, beside its cost: to read it is work, too."""
CHANGE: Final = 100
"""Points that a mutation takes beside that: it waits for the disk and leaves its record."""
WRONG: Final = 500
"""Points that a credential takes that is not good, of its address: it may be a guess."""
OBJECTIONS: Final = frozenset({"objectToAssignment", "upholdAssignment", "acceptObjection"})
"""The verbs that have an allowance of their own."""
PEOPLE: Final = 10
"""As many times as an account an address may sign in: many people may be behind it."""


class Rates:
    """The allowances of a server's clients. `ticks` gives seconds."""

    def __init__(self, settings: Settings, ticks: Callable[[], float] = time.monotonic) -> None:
        def allowances(name: bytes, key: str, most: int, a_second: float) -> Allowances:
            return Allowances(Quota(name, key, most, a_second), ticks)

        self._proxies = networks(settings.trusted_proxies)
        self._points = allowances(b"points", "request.too_many", settings.rate_burst, settings.rate_points)
        few = settings.rate_objections
        self._objections = allowances(b"objections", "request.too_many_objections", few, few / 60)
        few = settings.rate_sign_ins
        self._of_account = allowances(b"sign-ins", "request.too_many", few, few / 60)
        few *= PEOPLE
        self._of_address = allowances(b"sign-ins", "request.too_many", few, few / 60)

    def of(self, scope: Scope) -> Allowance:
        """The allowance of the client that a request is from."""
        return self._points.of(self._client(scope))

    def admit(self, scope: Scope) -> Allowance:
        """The same, less what every request takes. Raises Refusal (429) where there is nothing left."""
        allowance = self._points.of(self._client(scope))
        allowance.check()
        allowance.points -= LEAST
        return allowance

    def take(self, scope: Scope, allowance: Allowance, operation: Operation, variables: Variables) -> None:
        """Take what an operation costs of its client's allowance. Raises Refusal (429) for an objection
        where there were too many of them."""
        allowance.points -= operation.cost.of(variables)
        if operation.type is OperationType.MUTATION:
            allowance.points -= CHANGE
            objections = sum(name in OBJECTIONS for name in operation.roots)
            if objections:
                own = self._objections.of(self._client(scope))
                own.check()
                own.points -= objections

    @contextmanager
    def doubting(self, scope: Scope) -> Iterator[None]:
        """While it is found out who is behind a credential: it counts as wrong, for the address that it comes
        from, until it has turned out not to be. Raises Refusal (429) where there were too many wrong ones."""
        allowance = self._points.of(self._address(scope))
        allowance.check()
        allowance.points -= WRONG
        try:
            yield
        except Refusal as refusal:
            if refusal.status != 401:
                allowance.points += WRONG
            raise
        else:
            allowance.points += WRONG

    def wait_to_sign_in(self, scope: Scope, account: str | None) -> int:
        """Count an attempt to sign in, to an account or elsewhere, and answer with 0; or with the seconds
        until there may be one, and nothing is counted."""
        by_account, by_address = counted(account or "", client_address(scope, self._proxies))
        own = [self._of_address.of(by_address.who)]
        if account is not None:
            own.append(self._of_account.of(by_account.who))
        wait = max(allowance.wait for allowance in own)
        if not wait:
            for allowance in own:
                allowance.points -= 1
        return wait

    def _client(self, scope: Scope) -> str:
        actor = actor_of(scope)
        return self._address(scope) if actor is NOBODY else f"account {actor.id}"

    def _address(self, scope: Scope) -> str:
        return f"address {network_of(client_address(scope, self._proxies))}"


def rates_of(settings: Settings) -> Rates | None:
    """The allowances of a server; None where nothing is counted: nobody signs in, so that this machine alone
    asks, or the settings say so."""
    return Rates(settings) if settings.signs_in and settings.rate_points else None
