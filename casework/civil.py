"""The civil day of an event: what a date means in the law and on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CLOCK_SKEW = timedelta(minutes=5)
"""How far another machine's clock may be off before a time counts as wrong."""
CHINA = timezone(timedelta(hours=8), "UTC+8")


def civil_day(moment: datetime) -> date:
    """The date of a moment in China, which has one time zone and no daylight saving."""
    return moment.astimezone(CHINA).date()
