"""Marking words in a text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text import clean
from console.form import complaint_of
from console.text import Piece, grounds, pieces


def _match(text: str, start: int, field: str = "pollutant", word: str = "fumes") -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + len(text), "field": field, "word": word}


@pytest.mark.parametrize(
    ("matches", "marked"),
    [
        ([], ["烧烤店油烟大"]),
        ([_match("油烟", 3)], ["烧烤店", "[油烟]", "大"]),
        ([_match("油烟", 3), _match("油烟", 3, word="smoke")], ["烧烤店", "[油烟]", "大"]),
        ([_match("油烟", 3), _match("烧烤店", 0)], ["[烧烤店]", "[油烟]", "大"]),
        ([_match("烧烤店油", 0), _match("油烟", 3)], ["[烧烤店油烟]", "大"]),
        ([_match("烧烤店油烟大", 0), _match("油烟", 3)], ["[烧烤店油烟大]"]),
        ([_match("油烟", 2)], ["烧烤店油烟大"]),
        ([_match("大", 6)], ["烧烤店油烟大"]),
        ([_match("", 3)], ["烧烤店油烟大"]),
        ([{**_match("烧", 0), "start": -6, "end": -5}], ["烧烤店油烟大"]),
    ],
)
def test_marks(matches: list[dict[str, Any]], marked: list[str]) -> None:
    found = pieces("烧烤店油烟大", matches)
    assert [f"[{piece.text}]" if piece.marked else piece.text for piece in found] == marked


@given(text=st.text(max_size=30), spans=st.lists(st.tuples(st.integers(-5, 35), st.integers(-5, 35))))
def test_no_match_adds_or_loses_a_character(text: str, spans: list[tuple[int, int]]) -> None:
    matches = [{"text": text[start:end], "start": start, "end": end} for start, end in spans]
    found = pieces(text, matches)
    assert "".join(piece.text for piece in found) == text
    assert Piece("", marked=True) not in found
    inside = {i for start, end in spans if 0 <= start < end <= len(text) for i in range(start, end)}
    assert sum(len(piece.text) for piece in found if piece.marked) == len(inside)


def test_only_facts_that_stand_have_grounds() -> None:
    smell = {"field": "pollutant", "words": ["smell", "fumes"]}
    sector = {"field": "sector", "words": ["industry"]}
    matches = [
        _match("油烟", 3),
        _match("油烟", 9),
        _match("油烟", 3, "sector", "tertiary_services"),
        _match("厂", 1, "sector", "industry"),
        _match("夜里", 5, "flags", "night"),
    ]
    found = [(ground.text, ground.facts) for ground in grounds(matches, [smell, sector])]
    assert found == [("油烟", [(smell, "fumes")]), ("厂", [(sector, "industry")])]


@given(st.text())
def test_the_text_shown_is_the_text_that_the_api_keeps(typed: str) -> None:
    shown = complaint_of({"text": typed}).text
    assert shown == clean(typed) == clean(shown)
