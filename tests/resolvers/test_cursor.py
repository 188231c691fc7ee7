"""Cursors."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID
from zlib import crc32

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.cursor import VERSION, cursor_writer, read_cursor

shapes = st.text(st.characters(codec="utf-8"), max_size=40)
positions = st.text(st.characters(codec="utf-8"), max_size=40)
keys = st.uuids()


@given(shapes, positions, keys)
def test_a_cursor_tells_its_place(shape: str, position: str, key: UUID) -> None:
    assert read_cursor(shape, cursor_writer(shape)(position, key)) == (position, key)


@given(shapes, shapes, positions, keys)
def test_a_cursor_of_another_list_tells_nothing(shape: str, other: str, position: str, key: UUID) -> None:
    found = read_cursor(other, cursor_writer(shape)(position, key))
    assert (found is None) is (shape != other)


@given(shapes, positions, keys, st.data())
def test_a_damaged_cursor_tells_nothing(shape: str, position: str, key: UUID, data: st.DataObject) -> None:
    cursor = cursor_writer(shape)(position, key)
    at = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("Aa0-_").filter(lambda letter: letter != cursor[at]))
    found = read_cursor(shape, cursor[:at] + letter + cursor[at + 1 :])
    # The last letter of base64 may carry bits that mean nothing.
    assert found is None or found == (position, key)


@given(shapes, st.text(max_size=250))
def test_made_up_cursors_tell_nothing(shape: str, text: str) -> None:
    assert read_cursor(shape, text) is None


@pytest.mark.parametrize(
    "place",
    [
        5,
        None,
        "ab",
        {"a": 1, "b": 2},
        [],
        ["2026-01-01T00:00:00+00:00"],
        ["2026-01-01T00:00:00+00:00", 5],
        ["2026-01-01T00:00:00+00:00", None],
        ["2026-01-01T00:00:00+00:00", "no key"],
        [5, "0" * 32],
        [None, "0" * 32],
        [["x"], "0" * 32],
        ["x", "0" * 32, "y"],
    ],
    ids=str,
)
def test_a_cursor_with_the_right_seal_around_anything_else_tells_nothing(place: Any) -> None:
    """The seal is no secret: anybody can make one."""
    written = orjson.dumps(place)
    sealed = crc32(written, crc32(b"list", VERSION)).to_bytes(4, "big") + written
    assert read_cursor("list", urlsafe_b64encode(sealed).decode().rstrip("=")) is None
