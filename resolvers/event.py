"""Events: what happened to a dispute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.tables.event import Event
from resolvers.context import Context
from resolvers.description import Computed, Source

EVENT = Source("Event", Event, reach=("dispute_id",))
"""One step; `sequence` counts from 1 within its dispute."""


OTHERS = frozenset({"main", "earlier", "duplicate", "duplicates"})
"""Values that are numbers of other disputes."""


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One named value of an event: a code, a number or an id, never personal data."""

    name: str
    value: str


def details(context: Context, data: Mapping[str, object]) -> list[EventDetail]:
    """What is told with it, lists joined by commas; what is unknown is left out. Who does not reach every
    dispute is not told the numbers of others here: disputes lead to those within reach."""
    withheld = frozenset[str]() if context.reach.everything else OTHERS
    return [
        EventDetail(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in data.items()
        if value is not None and name not in withheld
    ]


DETAILS = Computed(details)
