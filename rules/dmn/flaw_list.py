"""Flaws of one file, collected up to a number that a person would still read."""

from __future__ import annotations

from rules.flaws import Flaw, PackError

MOST_FLAWS = 500
_LONGEST_SAID = 300


class FlawList:
    """Collects flaws; beyond `MOST_FLAWS` they are only counted."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._flaws: list[Flaw] = []
        self._more = 0

    def note(self, code: str, place: str, line: int, /, **values: str) -> None:
        """Remember a flaw, such as of the decision `Fee` in row 3 and column `Age`: place `Fee #3 Age`."""
        if len(self._flaws) < MOST_FLAWS:
            said = {name: value[:_LONGEST_SAID] for name, value in values.items()}
            self._flaws.append(Flaw(f"dmn.{code}", place[:_LONGEST_SAID], said, self._file, line))
        else:
            self._more += 1

    def stop(self) -> None:
        """Raise PackError if there are flaws, in the order of their lines."""
        if not self._flaws:
            return
        flaws = sorted(self._flaws, key=lambda flaw: flaw.line or 0)
        if self._more:
            flaws.append(Flaw("dmn.more_flaws", "", {"count": str(self._more)}, self._file))
        raise PackError(flaws)
