"""Which disputes a simulation is about, as it is asked for and kept: in days and codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.civil import CHINA
from casework.content import LONGEST_WORD
from casework.directory import CityDirectory
from casework.errors import ErrorCode, UserError
from casework.simulation.statement import SimulationFilter
from casework.text import text_errors

MOST_NAMED = 1_000
"""Regions, or rules, that one scope may name."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
"""Days beyond limit nothing, and moments have no room for them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which disputes: all that is given has to hold, and an empty list asks nothing. A region stands for all
    below it; the days are China's and both included; `rule_ids` are the rules that decided."""

    region_codes: tuple[str, ...] = ()
    received_from: date | None = None
    received_to: date | None = None
    channels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The scope as JSON."""
        days = {name: getattr(self, name) for name in _DAYS}
        return {**asdict(self), **{name: day and day.isoformat() for name, day in days.items()}}

    def filter(self) -> SimulationFilter:
        """The same for the statement."""
        after = self.received_to and min(self.received_to, LAST_DAY) + timedelta(days=1)
        return SimulationFilter(
            region_codes=self.region_codes or None,
            received_from=_start_of(self.received_from),
            received_to=_start_of(after),
            channels=self.channels or None,
            statuses=self.statuses or None,
            rule_ids=self.rule_ids or None,
        )


EVERYTHING = Scope()
_DAYS = ("received_from", "received_to")


def scope_from_document(document: Mapping[str, Any]) -> Scope:
    """What `Scope.document` wrote."""
    first, last = (document[name] for name in _DAYS)
    return Scope(
        region_codes=tuple(document["region_codes"]),
        received_from=date.fromisoformat(first) if first else None,
        received_to=date.fromisoformat(last) if last else None,
        channels=tuple(document["channels"]),
        statuses=tuple(document["statuses"]),
        rule_ids=tuple(document["rule_ids"]),
    )


def scope_errors(scope: Scope, directory: CityDirectory) -> Iterator[UserError]:
    """What of a scope cannot be asked for."""
    for name, listed in (("regionCodes", scope.region_codes), ("ruleIds", scope.rule_ids)):
        if len(listed) > MOST_NAMED:
            values = {"count": len(listed), "most": MOST_NAMED}
            yield UserError(ErrorCode.TOO_MANY_ROWS, (name,), values)
    for at, code in enumerate(scope.region_codes[:MOST_NAMED]):
        if code not in directory.tree.regions:
            yield UserError(ErrorCode.UNKNOWN_REGION, ("regionCodes", str(at)), {"region": code})
    for at, rule in enumerate(scope.rule_ids[:MOST_NAMED]):
        path = ("ruleIds", str(at))
        if "\x00" in rule:
            yield UserError(ErrorCode.TEXT_UNREADABLE, path)
        else:
            yield from text_errors(rule, path, LONGEST_WORD)


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time(), CHINA) if day else None
