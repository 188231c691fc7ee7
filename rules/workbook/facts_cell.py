"""Facts of a case in a cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.model import FactField, FieldKind
from rules.workbook.cells import TEXT, FlagCell
from rules.workbook.names import Names
from rules.workbook.notation import (
    SEMICOLON,
    Sign,
    Unreadable,
    key_and_rest,
    number_of,
    number_text,
    shortened,
    sign_text,
    split,
)
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class FactsCell:
    """Facts of a case: `类别：工业企业；污染类型：噪声, 扬尘；次数：3`. Facts that do not fit the policy's
    fields are kept as JSON, so that nothing is lost."""

    fields: Mapping[str, FactField]
    headings: Names
    words: Mapping[str, Names]
    language: Language

    def show(self, value: Any) -> str | None:
        if not value:
            return None
        if not all(self._fits(name, fact) for name, fact in value.items()):
            return json.dumps(value, ensure_ascii=False)
        return "；".join(
            f"{self.headings.show(name)}：{self._fact(name, fact)}" for name, fact in value.items()
        )

    def read(self, cell: Any) -> dict[str, Any]:
        text = TEXT.read(cell)
        if text.startswith("{"):
            try:
                return dict(json.loads(text))
            except (ValueError, RecursionError):
                raise Unreadable("not_facts", text=shortened(text)) from None
        facts: dict[str, Any] = {}
        for part in split(text, SEMICOLON):
            heading, rest = key_and_rest(part)
            name = self.headings.by_name.get(heading, heading)
            if name in facts:
                raise Unreadable("said_twice", text=shortened(part))
            facts[name] = self._value(name, rest)
        return facts

    def _fits(self, name: str, fact: Any) -> bool:
        match self.fields[name].kind if name in self.fields else None:
            case FieldKind.CHOICE:
                return isinstance(fact, str)
            case FieldKind.CHOICES:
                return isinstance(fact, list) and bool(fact)
            case FieldKind.NUMBER:
                return isinstance(fact, int | float) and not isinstance(fact, bool)
            case FieldKind.FLAG:
                return isinstance(fact, bool)
        return False

    def _fact(self, name: str, fact: Any) -> str:
        if isinstance(fact, bool):
            return sign_text(Sign.YES if fact else Sign.NO, self.language)
        if isinstance(fact, int | float):
            return number_text(fact)
        return self.words[name].show_all(fact) if isinstance(fact, list) else self.words[name].show(fact)

    def _value(self, name: str, text: str) -> Any:
        field = self.fields.get(name)
        if field is None:
            raise Unreadable("no_such_field", text=shortened(name))
        match field.kind:
            case FieldKind.CHOICE:
                return self.words[name].only(text)
            case FieldKind.CHOICES:
                return self.words[name].codes(text)
            case FieldKind.NUMBER:
                return number_of(text)
            case FieldKind.FLAG:
                return FlagCell(self.language, silent=False).read(text)
