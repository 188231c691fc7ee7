"""Every setting, code and command is documented, in both languages, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from typer.main import get_command

from casework.errors import ErrorCode
from cli.main import app
from cli.speech import Exit
from server.faults import FaultCode
from server.settings import PREFIX, Settings
from wording import catalogue
from wording.catalogue import Language, messages, say

DOCS = Path(__file__).parents[2] / "docs"
WORDING = Path(catalogue.__file__).parent
ENDING = {Language.EN: ".md", Language.ZH: ".zh-CN.md"}


def _rows(page: str, language: Language) -> list[list[str]]:
    """The cells of all tables of a page."""
    text = (DOCS / f"{page}{ENDING[language]}").read_text(encoding="utf-8")
    return [
        [cell.strip().strip("`") for cell in line.strip("| ").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def _commands(command: object, name: str) -> Iterator[str]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield name
        return
    for word, each in inside.items():
        yield from _commands(each, f"{name} {word}")


@pytest.mark.parametrize("language", Language)
def test_the_page_of_settings_is_what_the_program_reads(language: Language) -> None:
    written = [row for row in _rows("settings", language) if row[0].startswith(PREFIX)]
    expected = []
    for name, field in Settings.model_fields.items():
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        expected.append([PREFIX + name.upper(), default, say(f"setting.{name}", language)])
    assert written == expected


@pytest.mark.parametrize("language", Language)
def test_every_fault_code_says_what_to_do(language: Language) -> None:
    rows = {row[0]: row[1:] for row in _rows("errors", language) if len(row) == 3}
    for code in FaultCode:
        when, what_to_do = rows[code]
        assert when
        assert what_to_do


@pytest.mark.parametrize("language", Language)
def test_every_user_error_is_listed_with_its_message(language: Language) -> None:
    written = [row for row in _rows("errors", language) if len(row) == 2]
    listed = {row[0]: row[1] for row in written}
    assert {
        code.value: messages(language)[f"error.{code.lower()}"] for code in ErrorCode
    }.items() <= listed.items()
    assert len(listed) == len(written)


@pytest.mark.parametrize("language", Language)
def test_every_exit_status_is_listed(language: Language) -> None:
    listed = {(row[0], row[1]) for row in _rows("errors", language) if len(row) >= 3}
    assert {(str(status.value), status.name) for status in Exit} <= listed


@pytest.mark.parametrize("language", Language)
def test_every_command_is_listed(language: Language) -> None:
    listed = {row[0] for row in _rows("commands", language) if row[0].startswith("lianxi")}
    assert listed == set(_commands(get_command(app), "lianxi"))


@pytest.mark.parametrize("room", sorted(path.stem for path in (WORDING / Language.ZH).glob("*.po")))
def test_both_languages_say_the_same_things(room: str) -> None:
    def keys(language: Language) -> set[object]:
        found = read_po(BytesIO((WORDING / language / f"{room}.po").read_bytes()), locale=language)
        assert all(message.string for message in found if message.id)
        return {message.id for message in found}

    assert keys(Language.ZH) == keys(Language.EN)


def test_no_sentence_asks_for_what_say_keeps_for_itself() -> None:
    for language in Language:
        for sentence in messages(language).values():
            assert not {"key", "language"} & {name for _, name, _, _ in Formatter().parse(sentence)}
