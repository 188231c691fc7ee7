"""Patterns are told from words, and scripts from each other."""

from __future__ import annotations

import pytest

from rules.pack import load_pack
from rules.writing import looks_like_pattern, script_of


@pytest.mark.parametrize(
    "text",
    [".*厂", "工.+", "^工厂$", r"\d{3}", r"第\w+次", "(?:a|b)", "(?i)x", "/工|厂/", "/a.*/i", "[a-z]+"],
)
def test_patterns(text: str) -> None:
    assert looks_like_pattern(text)


@pytest.mark.parametrize(
    "text",
    [
        "工厂",
        "PM2.5",
        "A*",
        "C++",
        "a|b",
        "价格$5",
        "12/31",
        "/",
        "http://example.org/a",
        "[2026]3号",
        "a.b",
        "%d",
    ],
)
def test_words(text: str) -> None:
    assert not looks_like_pattern(text)


def test_no_word_of_the_lexicon_is_taken_for_a_pattern_or_for_foreign() -> None:
    texts = [term.text for term in load_pack("municipal").lexicon.terms]
    assert [text for text in texts if looks_like_pattern(text) or script_of(text)] == []


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("завод", "cyrillic"),
        ("заводы PM", "cyrillic"),
        ("ضوضاء", "arabic"),
        ("공장 소음", "hangul"),
        ("せいおん", "kana"),
        ("ཀུན", "tibetan"),
        ("噪声の問題", None),
        ("β射线", None),
        ("ПДК 超标超标", None),
        ("факт 😀 2026", "cyrillic"),
        ("noise", None),
        ("２０２６", None),
        ("", None),
    ],
)
def test_scripts(text: str, script: str | None) -> None:
    assert script_of(text) == script
