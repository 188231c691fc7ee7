"""Complaints as JSON lines."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text import LONGEST_TEXT
from cli.lines import LONGEST_LINE, BadLine, Complaint, complaint, lineage_of, lines
from cli.speech import tell

GOOD = {
    "all there": (
        {
            "id": "1",
            "text": "油烟",
            "channel": "web",
            "region": "990102",
            "received_at": "2026-05-01T23:30:00+08:00",
        },
        Complaint("1", "油烟", "web", "990102", date(2026, 5, 1)),
    ),
    "text alone": ({"text": "油烟"}, Complaint(None, "油烟", None, None, None)),
    "nulls and more": (
        {"id": 7, "text": "x", "channel": None, "more": {}},
        Complaint(7, "x", None, None, None),
    ),
    "the day is China's": (
        {"text": "x", "received_at": "2026-04-30T16:00:00Z"},
        Complaint(None, "x", None, None, date(2026, 5, 1)),
    ),
    "a day alone": (
        {"text": "x", "received_at": "2026-05-01"},
        Complaint(None, "x", None, None, date(2026, 5, 1)),
    ),
    "a long text": ({"text": "x" * LONGEST_TEXT}, Complaint(None, "x" * LONGEST_TEXT, None, None, None)),
}


@pytest.mark.parametrize(("line", "expected"), GOOD.values(), ids=GOOD)
def test_a_good_line_is_a_complaint(line: object, expected: Complaint) -> None:
    assert complaint(json.dumps(line).encode()) == expected


BAD = {
    "broken": b'{"id":"1","text":"x"',
    "two": b'{"text":"x"} {"text":"y"}',
    "list": b"[]",
    "text": b'"x"',
    "not UTF-8": b'{"text":"\xb5\xe7"}',
    "lone surrogate": b'{"text":"\\udc00"}',
    "NaN": b'{"text":"x","id":NaN}',
    "deep": b'{"text":"x","id":' + b"[" * 2000,
    "no text": b'{"id":"1"}',
    "null text": b'{"text":null}',
    "number for text": b'{"text":5}',
    "list for text": b'{"text":["x"]}',
    "empty text": b'{"text":""}',
    "blank text": '{"text":" \\n\u3000"}'.encode(),
    "endless text": b'{"text":"' + b"x" * (LONGEST_TEXT + 1) + b'"}',
    "object for id": b'{"text":"x","id":{}}',
    "flag for id": b'{"text":"x","id":true}',
    "number for channel": b'{"text":"x","channel":1}',
    "number for region": b'{"text":"x","region":990102}',
    "short region": b'{"text":"x","region":"9901"}',
    "word for region": b'{"text":"x","region":"\xe4\xba\x91\xe6\xbe\x9c"}',
    "wide digits for region": '{"text":"x","region":"９９０１０２"}'.encode(),
    "word for time": b'{"text":"x","received_at":"yesterday"}',
    "number for time": b'{"text":"x","received_at":1}',
    "the year one": b'{"text":"x","received_at":"0001-01-01T00:00:00+14:00"}',
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
def test_a_bad_line_says_why(line: bytes) -> None:
    with pytest.raises(BadLine, match=r"\w"):
        complaint(line)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_complaint_or_bad(line: bytes) -> None:
    try:
        assert complaint(line).text
    except BadLine as bad:
        text = str(bad)
    else:
        text = "good"
    assert text


def test_blank_lines_marks_and_line_ends_do_not_matter() -> None:
    file = io.BytesIO(b'\xef\xbb\xbf{"text":"a"}\r\n\r\n  \n{"text":"b"}\n{"text":"c"}')
    found = [(number, line) for number, _, line in lines(file)]
    assert found == [(1, b'{"text":"a"}'), (4, b'{"text":"b"}'), (5, b'{"text":"c"}')]


def test_positions_end_with_the_file() -> None:
    data = b'{"text":"a"}\r\n' * 5 + b"x" * (2 * LONGEST_LINE + 5) + b"\n\n{}"
    assert [position for _, position, _ in lines(io.BytesIO(data))][-2:] == [len(data) - 3, len(data)]


def test_a_line_too_long_is_passed_over_and_the_next_is_read() -> None:
    file = io.BytesIO(b"x" * (3 * LONGEST_LINE) + b'\n{"text":"b"}\n' + b"y" * LONGEST_LINE)
    assert [(number, line) for number, _, line in lines(file)] == [
        (1, None),
        (2, b'{"text":"b"}'),
        (3, None),
    ]
    with pytest.raises(BadLine, match=tell("line.too_long", most=LONGEST_LINE)):
        complaint(None)


def test_a_file_of_any_size_is_read_in_the_same_memory() -> None:
    class Endless(io.RawIOBase):
        left = 64 * LONGEST_LINE

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            view = memoryview(buffer)  # type: ignore[arg-type]
            size = min(len(view), self.left)
            view[:size] = b"x" * size
            self.left -= size
            return size

    with io.BufferedReader(Endless()) as file:
        tracemalloc.start()
        found = list(lines(file))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [line for _, _, line in found] == [None]
    assert peak < 8 * LONGEST_LINE


@pytest.mark.parametrize(
    ("region", "codes"),
    [
        ("990100", {"990000", "990100"}),
        ("990102", {"990000", "990100", "990102"}),
        ("990102001", {"990000", "990100", "990102", "990102001"}),
        ("990102001002", {"990000", "990100", "990102", "990102001", "990102001002"}),
    ],
)
def test_a_region_code_shows_the_regions_above_it(region: str, codes: set[str]) -> None:
    assert lineage_of(region) == codes
