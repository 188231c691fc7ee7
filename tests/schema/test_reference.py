"""The reference: as the schema is, and with everything in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema

from schema.reference import half, reference
from schema.schema import schema
from tests.schema.test_sdl import HAN, described
from wording.catalogue import Language

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {Language.EN: DOCS / "reference.md", Language.ZH: DOCS / "reference.zh-CN.md"}
WORDS = [
    ("One. 一。", "One.", "一。"),
    ("A day, such as 2026-03-01. ISO 8601 日期。", "A day, such as 2026-03-01.", "ISO 8601 日期。"),
    ("Two. Of them. 两。其二。", "Two. Of them.", "两。其二。"),
    ("Broken\n  in lines. 分行。", "Broken in lines.", "分行。"),
    ("Without an end: {flaw} 无句号：{flaw}", "Without an end: {flaw}", "无句号：{flaw}"),
    ("Only one.", "Only one.", "Only one."),
    ("只有。", "", "只有。"),
]
DEPRECATED = """
type Query { old(a: Int @deprecated(reason: "of no use")): Int @deprecated(reason: "see new | none") }
enum E { A B @deprecated(reason: "gone") }
"""


@pytest.mark.parametrize(("both", "english", "chinese"), WORDS)
def test_halves_of_a_description(both: str, english: str, chinese: str) -> None:
    assert (half(both, Language.EN), half(both, Language.ZH)) == (english, chinese)


@pytest.mark.parametrize("language", Language)
def test_the_committed_reference_is_that_of_the_schema(language: Language) -> None:
    name = PAGES[language].name
    told = f"docs/{name} is stale: lianxi schema reference --language {language} -o docs/{name}"
    assert PAGES[language].read_text(encoding="utf-8") == reference(schema._schema, language), told


@pytest.mark.parametrize("language", Language)
def test_everything_is_in_it_in_one_language(language: Language) -> None:
    page = reference(schema._schema, language)
    for name, words in described():
        if not name.startswith("_") and "._" not in name:
            assert half(words, language).replace("|", r"\|") in page, name
    foreign = HAN if language is Language.EN else re.compile("(?:[a-z]{2,} ){4}")
    body = page.partition("\n## ")[2]
    assert [line for line in body.splitlines() if foreign.search(line)] == []


@pytest.mark.parametrize("language", Language)
def test_every_link_leads_somewhere(language: Language) -> None:
    page = reference(schema._schema, language)
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = [head.lower().replace(".", "").replace(" ", "-") for head in heads]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\(#([^)]*)\)", page)) <= set(anchors)


def test_what_is_deprecated_is_marked() -> None:
    page = reference(build_schema(DEPRECATED), Language.EN)
    assert re.findall(r"\*\*Deprecated:\*\* (\w+)", page) == ["see", "of", "gone"]
