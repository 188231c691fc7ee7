"""The civil day of an event: what a date means in the law and on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")


def civil_day(moment: datetime) -> date:
    """The date of a moment in China, which has one time zone and no daylight saving."""
    return moment.astimezone(CHINA).date()
