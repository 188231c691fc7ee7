"""When a failed delivery is tried again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zlib import crc32

LONGEST_RETRY_AFTER = timedelta(days=1)
LONG_RUN = 30
"""After so many attempts no pause is doubled any more."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The pause after the first failure is doubled after each further one, up to the `longest`. After so many
    `attempts` a delivery is dead: with these figures after two days. A webhook that nothing has reached for
    `patience` is disabled. A worker that says nothing for a `lease` has died; an attempt takes much less.
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=6)
    attempts: int = 20
    patience: timedelta = timedelta(days=5)
    lease: timedelta = timedelta(minutes=1)

    def pause(self, delivery_id: UUID, attempts: int, retry_after: timedelta | None = None) -> timedelta:
        """How long to wait after so many attempts, at least as long as the receiver asked for, up to a day.

        Between four and six fifths of the doubled pause, by the delivery's key: those that failed together
        do not come back together, and each comes when it was foretold.
        """
        doubled = self.longest
        if attempts < LONG_RUN:
            doubled = min(doubled, self.first * (1 << (attempts - 1)))
        share = crc32(delivery_id.bytes + attempts.to_bytes(4, "big")) / 0xFFFFFFFF
        asked = min(retry_after or timedelta(0), LONGEST_RETRY_AFTER)
        return max(doubled * (0.8 + 0.4 * share), asked)


SCHEDULE = Schedule()
