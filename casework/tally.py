"""What this process has decided since it started, for whoever watches it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rules.model import TriageReason

ASSIGNED = "assigned"


@dataclass
class Tally:
    """Counts. `decisions` are by policy and by what came of them: `assigned`, or the reason for triage."""

    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def decided(self, policy: str, reason: TriageReason | None) -> None:
        """Count a decision."""
        self.decisions[policy, reason or ASSIGNED] += 1
