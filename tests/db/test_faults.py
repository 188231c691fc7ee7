"""The messages of this room: in both languages, with the same values, and none without use."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from db.faults import DatabaseBusy, Fault
from wording.catalogue import Language

ROOT = Path(__file__).parents[2]


def catalogue(language: Language) -> dict[str, str]:
    with (ROOT / "wording" / language / "db.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_both_languages_say_the_same_things() -> None:
    chinese, english = catalogue(Language.ZH), catalogue(Language.EN)
    assert list(chinese) == list(english)
    for key in chinese:
        assert placeholders(chinese[key]) == placeholders(english[key]), key


@pytest.mark.parametrize("key", catalogue(Language.ZH))
def test_every_message_is_used(key: str) -> None:
    # Some keys end in a word that the program fills in: a standing, or the level of a region.
    stem = re.sub(r"(?<=_)(city|district|town|empty|behind|ahead|foreign)$", "", key)
    source = "".join(path.read_text("utf-8") for path in (ROOT / "db").glob("*.py"))
    assert f'"{key}"' in source or f'"{stem.removeprefix("finding.")}' in source


def test_a_fault_speaks_the_language_that_it_is_asked_in() -> None:
    fault: Fault = DatabaseBusy("error.database_busy")
    assert str(fault) == fault.message(Language.ZH) == catalogue(Language.ZH)["error.database_busy"]
    assert fault.message(Language.EN) == catalogue(Language.EN)["error.database_busy"]
