"""The bench of replay: what it stores is made again equal, and a missed bar is told."""

from __future__ import annotations

from typing import Any

import pytest

from bench.replay import BAR_DECISIONS, BAR_SECONDS, figures, measure

GOOD: dict[str, Any] = {"total": BAR_DECISIONS, "equal": BAR_DECISIONS, "seconds": BAR_SECONDS}


async def test_what_it_stores_is_made_again_equal(empty_database_url: str) -> None:
    found = await measure(empty_database_url, 40)
    assert (found["total"], found["equal"]) == (40, 40)
    assert found["seconds"] > 0
    assert found["processor_seconds"] > 0


@pytest.mark.parametrize(
    ("changed", "within"),
    [
        ({}, True),
        ({"seconds": BAR_SECONDS + 1}, False),
        ({"equal": BAR_DECISIONS - 1}, False),
        ({"total": BAR_DECISIONS + 1, "equal": BAR_DECISIONS + 1}, False),
    ],
)
def test_one_database_outside_the_bar_is_enough(changed: dict[str, Any], within: bool) -> None:
    assert figures({"one": GOOD, "other": {**GOOD, **changed}}, BAR_DECISIONS)["within_bar"] is within


def test_fewer_decisions_have_less_time() -> None:
    assert figures({}, BAR_DECISIONS // 10)["bar_seconds"] == BAR_SECONDS / 10
