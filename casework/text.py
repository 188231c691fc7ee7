"""Complaint text as it comes in: cleaned of what no database can keep, measured, titled."""

from __future__ import annotations

import re

from casework.errors import ErrorCode, UserError

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200
TITLE_FROM_TEXT = 40

# Control characters other than tab and line feed; PostgreSQL refuses NUL, people cannot see the others.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SENTENCE_END = re.compile(r"[。！？!?；;\n]")


def clean(text: str) -> str:
    """The text without control characters, with line feeds for all line ends and no outer white space."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def text_errors(text: str, path: tuple[str, ...], longest: int = LONGEST_TEXT) -> tuple[UserError, ...]:
    """What is wrong with a cleaned text: nothing left, too long, or not writable as UTF-8."""
    if not text:
        return (UserError(ErrorCode.TEXT_EMPTY, path),)
    if len(text) > longest:
        return (UserError(ErrorCode.TEXT_TOO_LONG, path, {"length": len(text), "most": longest}),)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return (UserError(ErrorCode.TEXT_UNREADABLE, path),)
    return ()


def title_of(text: str) -> str:
    """A title from the first sentence, at most 40 characters."""
    first = SENTENCE_END.split(text, maxsplit=1)[0].strip() or text
    return first if len(first) <= TITLE_FROM_TEXT else first[: TITLE_FROM_TEXT - 1] + "…"
