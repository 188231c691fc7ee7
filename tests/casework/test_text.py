"""Complaint text: what is cleaned away, what is refused, what becomes a title."""

import pytest

from casework.errors import ErrorCode
from casework.text import LONGEST_TEXT, clean, text_errors, title_of


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  饭店油烟 \n", "饭店油烟"),
        ("一楼\r\n二楼\r三楼", "一楼\n二楼\n三楼"),
        ("饭\x00店\x07油\x1b烟", "饭店油烟"),
        ("\x85\x9f", ""),
        ("\t \n", ""),
        ("🐷🐷", "🐷🐷"),
        ("a\tb", "a\tb"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.TEXT_EMPTY),
        ("烟" * (LONGEST_TEXT + 1), ErrorCode.TEXT_TOO_LONG),
        ("烟\ud83d", ErrorCode.TEXT_UNREADABLE),
    ],
)
def test_refused(text: str, code: ErrorCode) -> None:
    assert [error.code for error in text_errors(text, ("description",))] == [code]


@pytest.mark.parametrize("text", ["烟", "烟" * LONGEST_TEXT, "smoke", "🐷", "ÃÂ©"])
def test_taken(text: str) -> None:
    assert text_errors(text, ("description",)) == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("楼下烧烤店油烟大。天天如此", "楼下烧烤店油烟大"),
        ("第一行\n第二行", "第一行"),
        ("。只有后面", "。只有后面"),
        ("烟" * 60, "烟" * 39 + "…"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert title_of(text) == title
