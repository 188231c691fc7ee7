"""Look up a message by its key and fill in its values."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po


class Language(StrEnum):
    """The languages of the product. Chinese is the default everywhere."""

    ZH = "zh"
    EN = "en"


@cache
def messages(language: Language) -> dict[str, str]:
    """All messages of one language, by key, such as `error.unknown_region`. Placeholders are `{name}`."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if isinstance(message.id, str) and message.id:
                    found[message.id] = str(message.string)
    return found


def say(key: str, language: Language = Language.ZH, **values: object) -> str:
    """The message of `key` with its placeholders filled. A key without a message is a fault: KeyError."""
    return messages(language)[key].format(**values)
