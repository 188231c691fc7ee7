"""How words, lists, numbers and days stand in a cell.

A word stands bare where nothing about it can be misread, else between quotation marks, with a mark inside
doubled. Lists take `,` `，` `、` between their words, and what stands in quotation marks is never divided.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache

from wording.catalogue import Language, say

COMMA = ",，、"
SEMICOLON = ";；\n"
BAR = "|｜"
COLON = ":："

_QUOTED = re.compile(r'"(?:[^"]|"")*"|“[^”]*”')
_PLAIN = re.compile(r"\w[\w.\-]*")
_PATTERN = re.compile(r"[*?^$\\]|^/.*/\w*$|^(?:re|regex|regexp)\s*[:：]|\[.*\]", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LONGEST_NUMBER = 300
_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)")


class Unreadable(ValueError):
    """A cell cannot be understood, or a value cannot be written. `code` names the message."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


class Sign(StrEnum):
    """A word that means something in a cell by itself; bare it is never a word of the policy."""

    ANY = "any"
    ALL = "all"
    NOT = "not"
    KNOWN = "known"
    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"
    NONE = "none"
    UNTIL = "until"
    UNCHECKED = "unchecked"
    LINK = "link"


_ALSO = {
    "任意": Sign.ANY,
    "全含": Sign.ALL,
    "不含": Sign.NOT,
    "不是": Sign.NOT,
    "不属于": Sign.NOT,
    "true": Sign.YES,
    "false": Sign.NO,
}


@cache
def signs() -> dict[str, Sign]:
    """The signs by every way to write them: in both languages, and as people do."""
    said = {sign_text(sign, language): sign for language in Language for sign in Sign}
    return {**_ALSO, **said}


@cache
def sign_text(sign: Sign, language: Language) -> str:
    """How a sign is written."""
    return say(f"workbook.sign.{sign}", language)


def sign_of(text: str) -> Sign | None:
    """The sign that a bare text is, if it is one."""
    return signs().get(text) or signs().get(text.lower())


def split(text: str, separators: str) -> list[str]:
    """The parts between separators that stand outside quotation marks, without blanks around and without
    empty ones. Raises Unreadable for a mark that is not closed."""
    if '"' not in text and "“" not in text:
        return [part for each in re.split(f"[{separators}]", text) if (part := each.strip())]
    parts: list[str] = []
    start = at = 0
    for quoted in _QUOTED.finditer(text):
        start = _cut(text, separators, start, at, quoted.start(), parts)
        at = quoted.end()
    start = _cut(text, separators, start, at, len(text), parts)
    parts.append(text[start:])
    return [part for each in parts if (part := each.strip())]


def _cut(text: str, separators: str, start: int, at: int, end: int, parts: list[str]) -> int:
    """Cut at the separators between `at` and `end`; where the next part starts."""
    for place in range(at, end):
        if text[place] in separators:
            parts.append(text[start:place])
            start = place + 1
        elif text[place] in '"“':
            raise Unreadable("open_quote", text=shortened(text))
    return start


def shortened(text: str) -> str:
    """The beginning of a text, as messages quote it."""
    return text if len(text) <= 40 else f"{text[:40]}…"


def is_plain(text: str) -> bool:
    """Whether a word may stand bare."""
    return _PLAIN.fullmatch(text) is not None and sign_of(text) is None


def quoted(text: str) -> str:
    """A word between quotation marks."""
    return '"{}"'.format(text.replace('"', '""'))


def word_text(text: str) -> str:
    """A word, quoted where it has to be."""
    return text if is_plain(text) else quoted(text)


def word_of(part: str) -> tuple[str, bool]:
    """The word of a part, and whether it was quoted. Raises Unreadable for a bare word that looks like a
    pattern, because there are none: it would be taken literally and never be met."""
    if _QUOTED.fullmatch(part):
        inner = part[1:-1]
        return (inner.replace('""', '"') if part[0] == '"' else inner), True
    if '"' in part:
        raise Unreadable("open_quote", text=shortened(part))
    if _PATTERN.search(part):
        raise Unreadable("no_patterns", text=shortened(part))
    return part, False


def words_text(words: Iterable[str]) -> str:
    """Words as a list."""
    return ", ".join(word_text(word) for word in words)


def words_of(text: str) -> list[str]:
    """The words of a list."""
    return [word_of(part)[0] for part in split(text, COMMA)]


def number_text(value: float) -> str:
    """A number with every digit that it has."""
    return repr(value)


def number_of(text: str) -> int | float:
    """A number as people type it, full-width too. Raises Unreadable."""
    written = unicodedata.normalize("NFKC", text).strip()
    if len(written) > _LONGEST_NUMBER or not _NUMBER.fullmatch(written):
        raise Unreadable("not_a_number", text=shortened(text))
    if written.lstrip("+-").isdigit():
        return int(written)
    number = float(written)
    if number in (float("inf"), float("-inf")):
        raise Unreadable("not_a_number", text=shortened(text))
    return number


def day_of(text: str) -> date:
    """A day: 2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日. Raises Unreadable."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found:
        year, *rest = (int(part) for part in found.groups() if part)
        try:
            return date(year, rest[0], rest[1])
        except ValueError:
            pass
    raise Unreadable("not_a_day", text=shortened(text))


def key_and_rest(part: str) -> tuple[str, str]:
    """The word before the first colon outside quotation marks, and what behind. Raises Unreadable."""
    key = split(part, COLON)[:1]
    if key:
        rest = part[part.index(key[0]) + len(key[0]) :].lstrip()
        if rest[:1] in COLON and rest[1:].strip(COMMA + " "):
            return word_of(key[0])[0], rest[1:].strip()
    raise Unreadable("no_colon", text=shortened(part))
