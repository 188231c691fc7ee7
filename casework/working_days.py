"""Working days: how long a unit has to answer.

Saturdays and Sundays are left out. Public holidays and the weekend days that are worked in their stead (调休)
are announced year by year and not known here: near one of them a term ends a few days too early or, where a
weekend is worked, too late. Nothing else counts working days.
"""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def last_day(received: date, days: int) -> date:
    """The last of so many working days; the day of receipt is not one of them (民法典, article 201)."""
    day = received
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day
