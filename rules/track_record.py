"""How a rule has fared: how many of its decisions stood, and how sure that figure is.

Rules are compared by the ends of Wilson's interval for a share (E. B. Wilson, Probable inference, Journal of
the American Statistical Association 22, 1927), so that one decision of one does not count for more than 990
of 1,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The decisions of one rule by which a unit got the lead; at least one.

    `objected` counts those that the unit objected to, `upheld` those whose objection was not agreed to, and
    `reassigned` those whose dispute another unit leads now, by a person's or a conference's word.
    """

    decided: int
    objected: int
    reassigned: int
    upheld: int

    @property
    def upheld_rate(self) -> float:
        """The share of the decisions that stand, 0 to 1."""
        return 1 - self.reassigned / self.decided

    @property
    def low(self) -> float:
        """The lower end of the rate's interval: so much is certain. The best rule has the highest."""
        return max(0.0, self._centre - self._margin)

    @property
    def high(self) -> float:
        """The upper end of the rate's interval: more is unlikely. The worst rule has the lowest."""
        return min(1.0, self._centre + self._margin)

    @property
    def _centre(self) -> float:
        return (self.upheld_rate + _Z**2 / (2 * self.decided)) / (1 + _Z**2 / self.decided)

    @property
    def _margin(self) -> float:
        rate, count = self.upheld_rate, self.decided
        return _Z / (1 + _Z**2 / count) * sqrt(rate * (1 - rate) / count + _Z**2 / (4 * count**2))
