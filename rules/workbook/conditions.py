"""The conditions of a rule on one field, as one cell says them, and back.

`a` is equal, `a, b` one of them, `任一：a` a list of one, `全部：a, b` all of them; `≥ 50`, `≤ 50` and
`10～20` are ranges with their ends, `已知` and `未知` ask whether anything is known. `非 ` in front turns a
condition round, and `；` stands between several that must all hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.model import DAY_FIELD, FactField, FieldKind, Operator
from rules.workbook.names import Names
from rules.workbook.notation import (
    COMMA,
    SEMICOLON,
    Sign,
    Unreadable,
    day_of,
    number_of,
    number_text,
    shortened,
    sign_of,
    sign_text,
    signs,
    split,
    word_of,
)
from wording.catalogue import Language

_AT_LEAST = ("≥", "⩾", ">=", "=>", "不少于", "不小于", "不低于", "至少")
_AT_MOST = ("≤", "⩽", "<=", "=<", "不超过", "不大于", "不高于", "至多")
_BEYOND = (">", "<", "大于", "小于", "超过")
_UNEQUAL = re.compile(r"≠|!=|<>")
_FROM_TO = re.compile(r"\s*(?:~|〜|至|到|\.\.|–|—|\bto\b)\s*")
_HYPHEN = re.compile(r"(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)")


@dataclass(frozen=True, slots=True)
class ConditionCell:
    """Conditions on one field, as documents, and their cell."""

    field: FactField
    names: Names
    language: Language

    def show(self, value: Any) -> str:
        """The cell of these conditions. Raises Unreadable for one that no cell can say."""
        text = "；".join(self._show(condition) for condition in value)
        if self.read(text) != value:
            raise Unreadable("cannot_say")
        return text

    def read(self, cell: Any) -> list[dict[str, Any]]:
        """The conditions of a cell. Raises Unreadable."""
        return [self._condition(part) for part in split(self._text(cell), SEMICOLON)]

    def _text(self, cell: Any) -> str:
        """What a cell says, where Excel has made a number, a flag or a day of it."""
        kind = self.field.kind
        if isinstance(cell, bool):
            if kind is not FieldKind.FLAG:
                raise Unreadable("flag_in_text")
            return sign_text(Sign.YES if cell else Sign.NO, self.language)
        if isinstance(cell, int | float):
            if kind is not FieldKind.NUMBER or self.field.name == DAY_FIELD:
                raise Unreadable("number_in_text")
            return number_text(int(cell) if float(cell).is_integer() else cell)
        if isinstance(cell, date):
            if self.field.name != DAY_FIELD:
                raise Unreadable("day_in_text")
            return cell.strftime("%Y-%m-%d")
        return str(cell)

    def _show(self, condition: dict[str, Any]) -> str:
        negated, values = condition["negated"], condition["values"]
        match condition["operator"]:
            case Operator.PRESENT:
                return self._sign(Sign.UNKNOWN if negated else Sign.KNOWN)
            case Operator.BETWEEN:
                body = self._range(condition["low"], condition["high"])
            case Operator.ALL_OF:
                body = f"{self._sign(Sign.ALL)}：{self._listed(values)}"
            case Operator.IN if len(values) == 1:
                body = f"{self._sign(Sign.ANY)}：{self._listed(values)}"
            case _:
                body = self._listed(values)
        return f"{self._sign(Sign.NOT)} {body}" if negated else body

    def _sign(self, sign: Sign) -> str:
        return sign_text(sign, self.language)

    def _range(self, low: float | None, high: float | None) -> str:
        ends = ["" if end is None else self._number(_whole(end)) for end in (low, high)]
        if low is not None and high is not None:
            return "～".join(ends)
        return f"≥ {ends[0]}" if high is None else f"≤ {ends[1]}"

    def _listed(self, values: Sequence[Any]) -> str:
        return ", ".join(self._value(value) for value in values)

    def _value(self, value: Any) -> str:
        if isinstance(value, bool):
            return self._sign(Sign.YES if value else Sign.NO)
        return self.names.show(value) if isinstance(value, str) else self._number(value)

    def _number(self, value: float) -> str:
        if self.field.name == DAY_FIELD and isinstance(value, int) and 1 <= value <= date.max.toordinal():
            return date.fromordinal(value).isoformat()
        return number_text(value)

    def _condition(self, part: str) -> dict[str, Any]:
        negated, rest = _without_not(part)
        sign = sign_of(rest)
        if sign in (Sign.KNOWN, Sign.UNKNOWN):
            return self._document(Operator.PRESENT, negated=negated is not (sign is Sign.UNKNOWN))
        if self.field.kind is FieldKind.NUMBER:
            return self._on_numbers(rest, negated)
        if self.field.kind is FieldKind.FLAG:
            if sign not in (Sign.YES, Sign.NO):
                raise Unreadable("not_a_flag", text=shortened(rest))
            return self._document(Operator.EQUALS, [sign is Sign.YES], negated=negated)
        how, rest = _without_how(rest)
        words = self.names.codes(rest)
        return self._document(self._operator(how, words, rest), words, negated=negated)

    def _on_numbers(self, text: str, negated: bool) -> dict[str, Any]:
        if _THOUSANDS.search(text):
            raise Unreadable("thousands", text=shortened(text))
        written = unicodedata.normalize("NFKC", text).strip()
        for opening, end in ((_AT_LEAST, "low"), (_AT_MOST, "high")):
            for sign in opening:
                if written.startswith(sign):
                    document = self._document(Operator.BETWEEN, negated=negated)
                    document[end] = self._end(written.removeprefix(sign))
                    return document
        if written.startswith(_BEYOND):
            raise Unreadable("inclusive_only", text=shortened(text))
        ends = _HYPHEN.fullmatch(written)
        from_to = list(ends.groups()) if ends else _FROM_TO.split(written)
        if len(from_to) == 2:
            document = self._document(Operator.BETWEEN, negated=negated)
            document["low"], document["high"] = (self._end(end) for end in from_to)
            return document
        how, rest = _without_how(text)
        values = [self._scalar(item) for item in split(rest, COMMA)]
        return self._document(self._operator(how, values, rest), values, negated=negated)

    def _operator(self, how: Sign | None, values: Sequence[object], text: str) -> Operator:
        if not values:
            raise Unreadable("no_word", text=shortened(text))
        if self.field.kind is FieldKind.CHOICES:
            return Operator.ALL_OF if how is Sign.ALL else Operator.ANY_OF
        if how is Sign.ALL:
            raise Unreadable("all_of_one", text=shortened(text))
        return Operator.EQUALS if how is None and len(values) == 1 else Operator.IN

    def _scalar(self, text: str) -> int | float:
        try:
            return number_of(text)
        except Unreadable:
            if self.field.name != DAY_FIELD:
                raise
        return day_of(text).toordinal()

    def _end(self, text: str) -> float:
        """An end of a range: a float, as documents have it, unless that would lose digits."""
        value = self._scalar(text)
        return float(value) if float(value) == value else value

    def _document(
        self, operator: Operator, values: Sequence[object] = (), *, negated: bool
    ) -> dict[str, Any]:
        return {
            "field": self.field.name,
            "operator": str(operator),
            "values": list(values),
            "low": None,
            "high": None,
            "negated": negated,
        }


def _whole(end: float) -> int | float:
    return int(end) if float(end).is_integer() else end


def _without_not(part: str) -> tuple[bool, str]:
    """Whether a condition is turned round, and the rest of it."""
    unequal = _UNEQUAL.match(part)
    if unequal:
        return True, part[unequal.end() :].strip()
    opening = re.match(r"(\w+)(?:\s*[:：]|\s)\s*(?=\S)", part)
    if opening and sign_of(opening[1]) is Sign.NOT:
        return True, part[opening.end() :]
    return False, part


def _without_how(part: str) -> tuple[Sign | None, str]:
    """`任一` or `全部` before a colon, and the rest."""
    opening = re.match(r"(\w+)\s*[:：]\s*", part)
    if opening:
        if (sign := sign_of(opening[1])) in (Sign.ANY, Sign.ALL):
            return sign, part[opening.end() :]
        word_of(part)  # a pattern is told from a word with a colon
        raise Unreadable("no_such_sign", text=opening[1], known=", ".join(sorted(signs())))
    return None, part
