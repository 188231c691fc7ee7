"""The kinds of cells: what a value of a policy document looks like in a sheet, and back.

Each kind shows a value as text or a number, and reads what a cell holds. Blank cells never get here: a value
that is not there has a blank cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from rules.workbook.names import Names
from rules.workbook.notation import (
    SEMICOLON,
    Sign,
    Unreadable,
    day_of,
    key_and_rest,
    number_of,
    number_text,
    shortened,
    sign_of,
    sign_text,
    split,
    word_text,
    words_of,
    words_text,
)
from wording.catalogue import Language, say

LONGEST = 32_767
"""What Excel holds in one cell, in UTF-16 units."""
_STARTS_A_FORMULA = "=+-@＝＋－＠"
_NOT_STORABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


class Kind(Protocol):
    """A kind of cell."""

    def show(self, value: Any) -> str | int | float | None:
        """What is written for a value; None is a blank cell. Raises Unreadable."""

    def read(self, cell: Any) -> Any:
        """The value of what a cell holds. Raises Unreadable."""


def guarded(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet might take it for a formula, in the workbook
    or in a CSV made of it, or where blanks at its ends would be lost. Raises Unreadable for what no cell
    holds."""
    if _NOT_STORABLE.search(text):
        raise Unreadable("not_storable")
    if text[:1] == "'" or text[:1] in _STARTS_A_FORMULA or text != text.strip() or not text[:1].isprintable():
        text = f"'{text}"
    if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise Unreadable("cell_too_long", limit=str(LONGEST))
    return text


def unguarded(text: str) -> str:
    """The text of a guarded one; blanks around a text that is not guarded are slips."""
    return text[1:] if text.startswith("'") else text.strip()


@dataclass(frozen=True, slots=True)
class TextCell:
    """A text as it is."""

    def show(self, value: Any) -> str | None:
        return value or None

    def read(self, cell: Any) -> str:
        if isinstance(cell, bool):
            raise Unreadable("flag_in_text")
        if isinstance(cell, int | float):
            raise Unreadable("number_in_text")
        if isinstance(cell, date | time):
            raise Unreadable("day_in_text")
        return str(cell)


TEXT = TextCell()


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number. Excel keeps 15 digits and the product all of them, so longer ones are written as text."""

    def show(self, value: Any) -> str | int | float:
        return value if float(f"{value:.15G}") == value else number_text(value)

    def read(self, cell: Any) -> int | float:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return int(cell) if float(cell).is_integer() else cell
        return number_of(TEXT.read(cell))


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day, written as ISO text; one that Excel has made a date of is read too."""

    def show(self, value: Any) -> str | None:
        return value or None

    def read(self, cell: Any) -> str:
        if isinstance(cell, datetime):
            if cell.time() != time():
                raise Unreadable("not_a_day", text=str(cell))
            cell = cell.date()
        if isinstance(cell, date):
            return cell.isoformat()
        if isinstance(cell, int | float):
            raise Unreadable("day_serial", number=f"{cell:g}")
        return day_of(TEXT.read(cell)).isoformat()


@dataclass(frozen=True, slots=True)
class FlagCell:
    """Yes or no. The one that goes without saying is left blank."""

    language: Language
    silent: bool

    def show(self, value: Any) -> str | None:
        return None if value is self.silent else sign_text(Sign.YES if value else Sign.NO, self.language)

    def read(self, cell: Any) -> bool:
        if isinstance(cell, bool):
            return cell
        sign = sign_of(TEXT.read(cell))
        if sign not in (Sign.YES, Sign.NO):
            raise Unreadable("not_a_flag", text=shortened(str(cell)))
        return sign is Sign.YES


@cache
def sorts(kind: str, values: type[StrEnum], language: Language) -> dict[str, str]:
    """What each of a fixed list of words is called."""
    return {value.value: say(f"workbook.{kind}.{value}", language) for value in values}


@dataclass(frozen=True, slots=True)
class SortCell:
    """One of a fixed list of words of the product, by its name or as it is."""

    kind: str
    values: type[StrEnum]
    language: Language

    def show(self, value: Any) -> str:
        return sorts(self.kind, self.values, self.language)[value]

    def read(self, cell: Any) -> str:
        text = TEXT.read(cell)
        for language in Language:
            for value, name in sorts(self.kind, self.values, language).items():
                if text in (name, value):
                    return value
        known = ", ".join(sorts(self.kind, self.values, self.language).values())
        raise Unreadable("no_such_sort", text=shortened(text), known=known)


@dataclass(frozen=True, slots=True)
class CodeCell:
    """One code, by its name."""

    names: Names

    def show(self, value: Any) -> str | None:
        return None if value is None else self.names.show(value)

    def read(self, cell: Any) -> str:
        return self.names.only(TEXT.read(cell))


@dataclass(frozen=True, slots=True)
class CodesCell:
    """A list of codes, by their names. Where `asks`, none at all is said, because blank means not asked."""

    names: Names
    asks: Language | None = None

    def show(self, value: Any) -> str | None:
        if not value:
            return sign_text(Sign.NONE, self.asks) if self.asks and value is not None else None
        return self.names.show_all(value)

    def read(self, cell: Any) -> list[str]:
        text = TEXT.read(cell)
        return [] if self.asks and sign_of(text) is Sign.NONE else self.names.codes(text)


@dataclass(frozen=True, slots=True)
class AskedCodeCell:
    """One code that a case asks for; none at all is said, because blank means not asked."""

    names: Names
    language: Language

    def show(self, value: Any) -> str | None:
        if value == "":
            return sign_text(Sign.NONE, self.language)
        return None if value is None else self.names.show(value)

    def read(self, cell: Any) -> str:
        text = TEXT.read(cell)
        return "" if sign_of(text) is Sign.NONE else self.names.only(text)


@dataclass(frozen=True, slots=True)
class PairsCell:
    """Facts of a term: `field：word；field：word`."""

    def show(self, value: Any) -> str | None:
        return "；".join(f"{word_text(field)}：{word_text(word)}" for field, word in value) or None

    def read(self, cell: Any) -> list[list[str]]:
        pairs = []
        for part in split(TEXT.read(cell), SEMICOLON):
            field, words = key_and_rest(part)
            pairs += [[field, word] for word in words_of(words)]
        return pairs


@dataclass(frozen=True, slots=True)
class GroupsCell:
    """Groups of marks: `a, b；c`."""

    def show(self, value: Any) -> str | None:
        return "；".join(words_text(group) for group in value) or None

    def read(self, cell: Any) -> list[list[str]]:
        return [words_of(part) for part in split(TEXT.read(cell), SEMICOLON)]
