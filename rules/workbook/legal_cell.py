"""Sources of law in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.workbook.cells import TEXT
from rules.workbook.notation import (
    BAR,
    Sign,
    Unreadable,
    day_of,
    quoted,
    shortened,
    sign_of,
    sign_text,
    split,
    word_of,
)
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class BasisCell:
    """Sources of law, a line each: `title｜article｜网址 url｜待核｜至 day`, without what is missing."""

    language: Language

    def show(self, value: Any) -> str | None:
        return "\n".join("｜".join(self._parts(basis)) for basis in value) or None

    def read(self, cell: Any) -> list[dict[str, Any]]:
        return [self._basis(split(line, BAR)) for line in split(TEXT.read(cell), "\n")]

    def _parts(self, basis: Mapping[str, Any]) -> Iterator[str]:
        yield _legal_text(basis["title"])
        if basis["article"]:
            yield _legal_text(basis["article"])
        if basis["url"]:
            yield f"{sign_text(Sign.LINK, self.language)} {_legal_text(basis['url'])}"
        if not basis["certain"]:
            yield sign_text(Sign.UNCHECKED, self.language)
        if basis["valid_to"]:
            yield f"{sign_text(Sign.UNTIL, self.language)} {basis['valid_to']}"

    def _basis(self, parts: Sequence[str]) -> dict[str, Any]:
        basis: dict[str, Any] = {"title": _legal_word(parts[0])}
        for part in parts[1:]:
            entry, value = self._entry(part)
            if entry in basis:
                raise Unreadable("said_twice", text=shortened(part))
            basis[entry] = value
        return basis

    def _entry(self, part: str) -> tuple[str, Any]:
        if sign_of(part) is Sign.UNCHECKED:
            return "certain", False
        signed = _SIGNED.fullmatch(part)
        sign = sign_of(signed[1]) if signed else None
        if signed and sign is Sign.UNTIL:
            return "valid_to", day_of(signed[2]).isoformat()
        if signed and sign is Sign.LINK:
            return "url", _legal_word(signed[2])
        return "article", _legal_word(part)


_SIGNED = re.compile(r"(\w+)\s*[\s:：]\s*(\S.*)", re.DOTALL)
_LEGAL = re.compile(r'[^\s"“”|｜][^\s"“”|｜]*')


def _legal_text(text: str) -> str:
    """A title, an article or an address: almost any text without blanks may stand bare."""
    bare = _LEGAL.fullmatch(text) and not _SIGNED.fullmatch(text) and sign_of(text) is None
    return text if bare else quoted(text)


def _legal_word(part: str) -> str:
    if part.startswith(('"', "“")):
        return word_of(part)[0]
    return part
