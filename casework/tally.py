"""What this process has decided since it started, for whoever watches it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rules.model import TriageReason

ASSIGNED = "assigned"


class Attempt(StrEnum):
    """What came of an attempt to deliver a message to a webhook."""

    DELIVERED = "delivered"
    FAILED = "failed"  # and is made again
    DEAD = "dead"  # failed, and the delivery was given up


@dataclass(frozen=True, slots=True)
class Backlog:
    """Deliveries that wait, for whatever: how many, and since when the oldest does; None where none waits."""

    waiting: int
    since: datetime | None


@dataclass
class Tally:
    """Counts. `decisions` are by policy and by what came of them: `assigned`, or the reason for triage;
    `attempts` are those to deliver. `backlog` is what the database had to deliver when it was last looked at,
    None where it could not be told."""

    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    attempts: Counter[Attempt] = field(default_factory=lambda: Counter(dict.fromkeys(Attempt, 0)))
    backlog: Backlog | None = None

    def decided(self, policy: str, reason: TriageReason | None) -> None:
        """Count a decision."""
        self.decisions[policy, reason or ASSIGNED] += 1
