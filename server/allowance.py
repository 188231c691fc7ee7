"""Allowances: how much of something each client may have, which comes back by and by.

Whoever has used up its allowance waits until there is something again; a single request may overdraw it,
since what it takes is known only once it has been read. Each server process counts for itself, in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.faults import FaultCode, Refusal

MOST_CLIENTS: Final = 10_000
"""Clients that are remembered; of more, those that have not asked for longest are forgotten."""
NOTHING: Final = 0.5
"""Points that are none yet: while one counts to three, a fraction has come back."""
LOW: Final = 0.25
"""Where less than this part of an allowance is left, answers tell so unasked."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What every client may have: `most` points at once, of which `a_second` come back. `name` is what
    headers call it, `key` the sentence that refuses more."""

    name: bytes
    key: str
    most: int
    a_second: float


@dataclass(slots=True)
class Allowance:
    """The `points` of a quota that a client has left, as of a moment in ticks."""

    quota: Quota
    points: float
    at: float

    def refill(self, now: float) -> None:
        """Give back what has come back until now."""
        quota = self.quota
        self.points = min(quota.most, self.points + (now - self.at) * quota.a_second)
        self.at = now

    @property
    def is_low(self) -> bool:
        """Whether so little is left that the client should know."""
        return self.points < self.quota.most * LOW

    @property
    def wait(self) -> int:
        """Seconds until the client is heard again; 0 where it is now."""
        if self.points > NOTHING:
            return 0
        return max(1, math.ceil((1 - self.points) / self.quota.a_second))

    def check(self) -> None:
        """Raises Refusal (429) where there is nothing left."""
        if self.points <= NOTHING:
            raise self.refusal()

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What is left, as draft-ietf-httpapi-ratelimit-headers has it: the policy with its quota and its
        window, and the points that remain with the seconds until there are all again."""
        name, most, a_second = self.quota.name, self.quota.most, self.quota.a_second
        full = math.ceil((most - self.points) / a_second)
        return [
            (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (name, most, math.ceil(most / a_second))),
            (b"ratelimit", b'"%b";r=%d;t=%d' % (name, max(0, int(self.points)), full)),
        ]

    def refusal(self) -> Refusal:
        """The refusal of a client that has nothing left, with the seconds until it is heard again."""
        told = {name.decode(): value.decode() for name, value in self.headers()}
        return Refusal(
            429,
            self.quota.key,
            {"seconds": self.wait},
            code=FaultCode.RATE_LIMITED,
            headers={"retry-after": str(self.wait), **told},
        )


class Allowances:
    """What the clients have left of one quota. `ticks` gives seconds."""

    def __init__(self, quota: Quota, ticks: Callable[[], float]) -> None:
        self.quota = quota
        self._ticks = ticks
        self._known: dict[str, Allowance] = {}

    def of(self, client: str) -> Allowance:
        """The allowance that a client has now."""
        now = self._ticks()
        allowance = self._known.pop(client, None)
        if allowance is None:
            allowance = Allowance(self.quota, self.quota.most, now)
            if len(self._known) >= MOST_CLIENTS:
                del self._known[next(iter(self._known))]
        self._known[client] = allowance
        allowance.refill(now)
        return allowance
