"""How long a unit has, in working days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.working_days import last_day


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        ("2026-03-16", 5, "2026-03-23"),  # from a Monday to the next
        ("2026-03-20", 5, "2026-03-27"),  # a Friday
        ("2026-03-21", 5, "2026-03-27"),  # a Saturday: Monday is the first day
        ("2026-03-22", 1, "2026-03-23"),
        ("2026-03-19", 2, "2026-03-23"),
    ],
)
def test_weekends_are_left_out(received: str, days: int, last: str) -> None:
    assert last_day(date.fromisoformat(received), days) == date.fromisoformat(last)


@given(received=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(1, 60))
def test_the_last_day_is_worked_and_every_further_day_comes_later(received: date, days: int) -> None:
    last = last_day(received, days)
    assert last.weekday() < 5
    assert (last - received).days >= days
    assert last_day(received, days + 1) > last
