"""How much work an analysis may do, and which limit kept it from doing more."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Limit(StrEnum):
    """What was met before an answer was found."""

    STEPS = "steps"  # the work for this part of the analysis
    QUESTION = "question"  # the work for one question, such as whether one row can ever decide
    PAIRS = "pairs"  # how many contradictions are told
    WAYS = "ways"  # a row can be met in too many ways
    MEMORY = "memory"  # the rows do not fit


@dataclass(frozen=True, slots=True)
class OutOfWork(Exception):
    """A question costs more than may be spent on it."""

    limit: Limit


@dataclass(slots=True)
class Work:
    """Steps that may still be taken: in all, and for one question."""

    left: int
    each: int
    _asked: int = field(default=0, init=False)

    def ask(self) -> None:
        """Start on the next question."""
        self._asked = min(self.left, self.each)

    def take(self, steps: int) -> None:
        """Take some steps. Raises OutOfWork where they are not left."""
        if steps > self._asked:
            raise OutOfWork(Limit.STEPS if self._asked == self.left else Limit.QUESTION)
        self._asked -= steps
        self.left -= steps
