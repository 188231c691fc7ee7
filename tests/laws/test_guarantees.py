"""Every promise names what holds it, and that is there, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("guarantees.md", "guarantees.zh-CN.md")
TESTS = re.compile(r"tests/(\w+/)*test_\w+\.py")
COMMAND = re.compile(r'python -m (?P<bench>bench\.\w+)|make conformance SCRIPTS="?(?P<scripts>[\d ]+)"?')


def promises(page: str) -> list[tuple[str, list[str]]]:
    """The rows of a page: what is promised, and the tests and commands that hold it."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    titles = {rows[0][0]}
    return [(promise, re.findall(r"`([^`]+)`", held)) for promise, held in rows if promise not in titles]


def is_there(holder: str) -> bool:
    """Whether a test or a command of a page exists."""
    command = COMMAND.fullmatch(holder)
    if command is None:
        return bool(TESTS.fullmatch(holder)) and holds(holder, "def test_")
    if command["bench"]:
        return holds(f"{command['bench'].replace('.', '/')}.py", "def main(")
    return all(any((ROOT / "conformance").glob(f"{script}_*")) for script in command["scripts"].split())


def holds(path: str, words: str) -> bool:
    """Whether there is a file with these words."""
    return (ROOT / path).is_file() and words in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_is_held_by_what_is_there(page: str) -> None:
    made = promises(page)
    assert len(made) >= 40
    assert [promise for promise, holders in made if not holders] == []
    assert [holder for _, holders in made for holder in holders if not is_there(holder)] == []


def test_both_languages_promise_the_same() -> None:
    english, chinese = (promises(page) for page in PAGES)
    assert [holders for _, holders in english] == [holders for _, holders in chinese]


def test_both_languages_lead_to_it() -> None:
    for page, ending in zip(("README.md", "README.zh-CN.md"), PAGES, strict=True):
        assert f"(docs/{ending})" in (ROOT / page).read_text(encoding="utf-8")


NOT_THERE = [
    "tests/laws/test_no.py",
    "docs/api.md",
    "python -m bench.no",
    "make conformance SCRIPTS=99",
    "hope",
]


@pytest.mark.parametrize("holder", NOT_THERE)
def test_what_is_not_there_is_noticed(holder: str) -> None:
    assert not is_there(holder)
