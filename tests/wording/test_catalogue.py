"""Both languages say the same things, with the same values in them."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import wording.catalogue
from casework.errors import ErrorCode
from wording.catalogue import Language, messages, say

FOLDER = Path(wording.catalogue.__file__).parent


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_the_same_files_and_keys() -> None:
    files = {language: {path.name for path in (FOLDER / language).glob("*.po")} for language in Language}
    assert files[Language.ZH] == files[Language.EN]
    for name in files[Language.ZH]:
        keys = {}
        for language in Language:
            with (FOLDER / language / name).open("rb") as file:
                keys[language] = {message.id for message in read_po(file)}
        assert keys[Language.ZH] == keys[Language.EN], name


def test_no_key_stands_in_two_files() -> None:
    for language in Language:
        found: list[object] = []
        for path in (FOLDER / language).glob("*.po"):
            with path.open("rb") as file:
                found.extend(message.id for message in read_po(file) if message.id)
        assert len(found) == len(set(found))


def test_the_same_placeholders_and_nothing_empty() -> None:
    zh, en = messages(Language.ZH), messages(Language.EN)
    for key, text in zh.items():
        assert text.strip(), key
        assert en[key].strip(), key
        assert placeholders(text) == placeholders(en[key]), key


def test_english_is_english() -> None:
    def chinese(text: str) -> bool:
        return any("\u4e00" <= character <= "\u9fff" for character in text)

    # An example of a complaint is Chinese in both: it has to be one that the lexicon knows.
    wrong = [
        key for key, text in messages(Language.EN).items() if chinese(text) and not key.endswith(".example")
    ]
    assert wrong == []


@pytest.mark.parametrize("code", list(ErrorCode))
@pytest.mark.parametrize("language", list(Language))
def test_every_user_error_has_its_words(code: ErrorCode, language: Language) -> None:
    assert messages(language)[f"error.{code.lower()}"]


def test_a_missing_key_is_a_fault() -> None:
    with pytest.raises(KeyError):
        say("no.such.key")
