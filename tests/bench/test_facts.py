"""The bench of facts: every term that the texts contain is in a small lexicon, and what is slow is named."""

from __future__ import annotations

import pytest

from bench.facts import hostile, lexicon, lines, measure, run, texts
from rules.facts import Extractor


@pytest.fixture(scope="module")
def small() -> Extractor:
    return Extractor(lexicon(4_000))


def test_a_small_lexicon_reads_the_texts_like_the_whole(small: Extractor) -> None:
    whole = Extractor(lexicon(0))
    assert len(small.lexicon.terms) == 4_000
    for text in texts()[::10]:
        found, expected = small.extract(text), whole.extract(text)
        assert found == expected
        assert found.matches == expected.matches


def test_hostile_texts_are_long(small: Extractor) -> None:
    for name, text in hostile(small.lexicon).items():
        assert len(text.encode(errors="surrogatepass")) > 90_000, name


def test_what_is_measured_is_told() -> None:
    found = measure(3_000, 1)
    assert found.terms == 3_000
    assert found.texts_a_second > 0
    figures = run([3_000], 1)
    assert len(figures["bars"]) == 3
    assert len(list(lines(figures))) == 4 + len(figures["bars"])
