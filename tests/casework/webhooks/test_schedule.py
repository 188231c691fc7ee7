"""When a failed delivery is tried again: later each time, not all at once, never sooner than asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from casework.webhooks.schedule import LONGEST_RETRY_AFTER, SCHEDULE
from db.tables.base import new_key

SPANS = st.one_of(st.none(), st.timedeltas(-timedelta(days=9), timedelta(days=999)))


@given(st.uuids(), st.integers(1, 10**6), SPANS)
def test_a_pause_is_what_it_was_foretold(key: UUID, attempts: int, asked: timedelta | None) -> None:
    pause = SCHEDULE.pause(key, attempts, asked)
    assert pause == SCHEDULE.pause(key, attempts, asked)
    least = min(SCHEDULE.first * 2 ** min(attempts - 1, 30), SCHEDULE.longest) * 0.8
    assert pause >= max(least, min(asked or timedelta(0), LONGEST_RETRY_AFTER))
    assert pause <= max(least * 1.5, LONGEST_RETRY_AFTER if asked else timedelta(0))


def test_those_that_failed_together_come_back_apart() -> None:
    assert len({SCHEDULE.pause(new_key(), 1) for _ in range(100)}) > 90


def test_a_delivery_is_given_up_after_about_two_days() -> None:
    key = new_key()
    pauses = [SCHEDULE.pause(key, attempt) for attempt in range(1, SCHEDULE.attempts)]
    assert timedelta(days=1.5) < sum(pauses, timedelta(0)) < timedelta(days=2.5)
