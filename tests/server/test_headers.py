"""Headers are read once, and what their values mean is worked out once, within bounds."""

from __future__ import annotations

import pytest

from server.headers import LONGEST_REMEMBERED, MOST_REMEMBERED, headers_of, remembered, text


def test_of_a_repeated_header_the_first_counts() -> None:
    scope = {"headers": [(b"accept", b"a/b"), (b"host", b"x"), (b"accept", b"c/d")]}
    assert headers_of(scope) == {b"accept": b"a/b", b"host": b"x"}
    assert headers_of(scope) is headers_of(scope)
    assert headers_of({"headers": []}) == {}


@pytest.mark.parametrize(("value", "characters"), [(None, None), (b"", ""), (b"\xe9\xff", "éÿ")])
def test_any_bytes_are_characters(value: bytes | None, characters: str | None) -> None:
    assert text(value) == characters


def test_meanings_are_worked_out_once_but_long_values_and_too_many_are_not_kept() -> None:
    asked: list[str | None] = []

    @remembered
    def length(value: str | None, least: int) -> int:
        asked.append(value)
        return max(len(value or ""), least)

    long = "x" * (LONGEST_REMEMBERED + 1)
    for _ in range(2):
        assert (length(None, 1), length("ab", 1), length("ab", 5)) == (1, 2, 5)
        assert length(long, 1) == len(long)
    assert asked == [None, "ab", "ab", long, long]
    for number in range(MOST_REMEMBERED):
        length(str(number), 0)
    asked.clear()
    length("ab", 1)
    assert asked == ["ab"]
