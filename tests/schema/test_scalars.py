"""Moments and days as clients write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import read_day, read_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T09:30:00+08:00", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ("2026-03-01T01:30:00Z", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ("2026-03-01T01:30:00.123456+00:00", datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "2026-13-01T00:00:00Z",
        "now",
        "\x00",
        0,
        None,
        ["2026-03-01T01:30:00Z"],
    ],
)
def test_what_is_no_moment_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(GraphQLError, match=r"2026-03-01T09:30:00\+08:00"):
        read_moment(text)


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 2 <= moment.year <= 9998))
def test_a_moment_survives_the_way_out_and_in(moment: datetime) -> None:
    whole = moment.astimezone(UTC)
    assert read_moment(whole.isoformat()) == whole


def test_days() -> None:
    assert read_day("2026-03-01") == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-03-01T00:00:00Z", 20260301, None])
def test_what_is_no_day_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(GraphQLError, match="2026-03-01"):
        read_day(text)
