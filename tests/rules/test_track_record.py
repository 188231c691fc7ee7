"""How rules are compared by what became of their decisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.track_record import TrackRecord

ROUNDING = 1e-12


def record(decided: int, reassigned: int) -> TrackRecord:
    return TrackRecord(decided=decided, objected=0, reassigned=reassigned, upheld=0)


@pytest.mark.parametrize(
    ("decided", "reassigned", "low", "high"),
    [
        # Reference values: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (263, 263 - 81, 0.2553, 0.3662),
        (148, 148 - 15, 0.0624, 0.1605),
        (20, 20, 0.0, 0.1611),
        (29, 28, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(decided: int, reassigned: int, low: float, high: float) -> None:
    found = record(decided, reassigned)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_one_of_one_is_neither_the_best_nor_the_worst() -> None:
    assert record(1, 0).low < record(1000, 10).low
    assert record(1, 1).high > record(1000, 400).high


@given(st.data())
def test_the_rate_lies_in_its_interval_and_more_decisions_narrow_it(data: st.DataObject) -> None:
    decided = data.draw(st.integers(1, 10**6))
    found = record(decided, data.draw(st.integers(0, decided)))
    more = record(found.decided * 2, found.reassigned * 2)
    assert 0 <= found.low <= found.upheld_rate + ROUNDING
    assert found.upheld_rate - ROUNDING <= found.high <= 1
    assert more.high - more.low < found.high - found.low
