"""Conditions of a policy as SQL over the facts of stored decisions, in the meaning of `rules.evaluate`.

A fact is seen as its JSON text, `''` where it is missing: the text of a word has quotes, that of a number has
none, so that a word is never taken for a number or a flag, and a word of a set is found by its quotes.
Numbers have a column more. What SQL cannot answer as Python does is called odd, and is asked singly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    true,
)

from db.documents import can_be_asked_for, place_of_part, quoted, real, real_text, whole
from rules.evaluate import is_number
from rules.model import Condition, Operator

EXACT_DIGITS = 15
"""Numbers with more signs than that may be other numbers in a database than in Python."""
_DEEP = 50
"""So many alternatives stand side by side; SQLite refuses expressions that are nested 1,000 deep."""
_EMPTY = ("", "[]", "null")

_ZERO, _ONE = whole(0), whole(1)
"""Constants stand in the statement: it may have some ten thousand parameters and no more."""

Truth = ColumnElement[bool]


@dataclass(slots=True)
class AskedField:
    """What the conditions of a policy ask about one field."""

    name: str
    as_number: bool = False
    as_words: bool = False
    odd_as_number: bool = False
    odd_as_words: bool = False

    def note(self, condition: Condition) -> None:
        """Add what one condition asks."""
        if condition.operator in (Operator.ANY_OF, Operator.ALL_OF):
            self.as_words = True
            # Between the quotes of two words of a set stands a comma.
            self.odd_as_words |= "," in condition.values
            return
        numbers = [value for value in (*condition.values, condition.low, condition.high) if is_number(value)]
        self.as_number |= bool(numbers) or condition.operator is Operator.BETWEEN
        self.odd_as_number |= any(len(real_text(value)) > EXACT_DIGITS for value in numbers)


def asked_fields(conditions: Iterable[Condition]) -> dict[str, AskedField]:
    """The fields that some conditions ask about, by name."""
    found: dict[str, AskedField] = {}
    for condition in conditions:
        found.setdefault(condition.field, AskedField(condition.field)).note(condition)
    return found


@dataclass(frozen=True, slots=True)
class FactColumns:
    """Columns of a query that hold the facts, and the conditions over them.

    The text of field `name` is the column `text_AT`, AT being its place in `fields`; where its number is
    asked for, `number_AT` stands beside it.
    """

    source: FromClause
    fields: Sequence[AskedField]
    _places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {each.name: at for at, each in enumerate(self.fields)})

    def text(self, name: str) -> ColumnElement[str]:
        """The fact as JSON."""
        return self.source.c[f"text_{self._places[name]}"]

    def holds(self, condition: Condition) -> Truth:
        """Whether the condition holds. Never NULL."""
        met = self._meets(condition)
        return not_(met) if condition.negated else met

    def all_hold(self, conditions: Sequence[Condition]) -> Truth:
        """Whether all conditions hold."""
        return all_of([self.holds(condition) for condition in conditions])

    def has_word(self, name: str, word: str) -> Truth:
        """Whether a set has a word."""
        return place_of_part(self.text(name), quoted(json_text(word))) > _ZERO

    def odd(self) -> ColumnElement[int]:
        """1 where SQL may answer otherwise than Python, else 0."""
        odd: list[Truth] = []
        for asked in self.fields:
            odd += self._odd(asked)
        return case((any_of(odd), _ONE), else_=_ZERO)

    def _odd(self, asked: AskedField) -> Iterator[Truth]:
        if not can_be_asked_for(asked.name):
            yield true()
            return
        text = self.text(asked.name)
        first = func.substr(text, _ONE, _ONE)
        if asked.as_number:
            long = func.length(text) > whole(EXACT_DIGITS)
            number = self._number(asked.name).is_not(None)
            yield number if asked.odd_as_number else and_(number, long)
        if asked.as_words:
            # A word that is no set, and words with quotes inside: both would be found among the others.
            yield first == quoted('"')
            yield place_of_part(text, quoted('\\"')) > _ZERO
            if asked.odd_as_words:
                yield first == quoted("[")

    def _number(self, name: str) -> ColumnElement[float]:
        return self.source.c[f"number_{self._places[name]}"]

    def _meets(self, condition: Condition) -> Truth:
        name = condition.field
        match condition.operator:
            case Operator.PRESENT:
                return self.text(name).not_in([quoted(text) for text in _EMPTY])
            case Operator.BETWEEN:
                return self._between(name, condition.low, condition.high)
            case Operator.ANY_OF:
                words = [word for word in condition.values if isinstance(word, str)]
                return any_of([self.has_word(name, word) for word in words])
            case Operator.ALL_OF:
                if not all(isinstance(word, str) for word in condition.values):
                    return false()
                some = place_of_part(self.text(name), quoted('["')) > _ZERO
                return all_of([some, *(self.has_word(name, str(word)) for word in condition.values)])
            case _:
                return self._equals(name, condition)

    def _equals(self, name: str, condition: Condition) -> Truth:
        texts = [quoted(json_text(value)) for value in condition.values if isinstance(value, str | bool)]
        numbers = [real(value) for value in condition.values if is_number(value)]
        found: list[Truth] = [self.text(name).in_(texts)] if texts else []
        if numbers:
            found.append(and_(self._number(name).is_not(None), self._number(name).in_(numbers)))
        return any_of(found)

    def _between(self, name: str, low: float | None, high: float | None) -> Truth:
        if any(end is not None and end != end for end in (low, high)):
            return false()  # nothing lies on either side of NaN
        number = self._number(name)
        asked: list[Truth] = [number.is_not(None)]
        if low is not None:
            asked.append(number >= real(low))
        if high is not None:
            asked.append(number <= real(high))
        return and_(*asked)


def fact_columns(
    fields: Sequence[AskedField], texts: Sequence[ColumnElement[str]]
) -> Iterator[ColumnElement[Any]]:
    """The columns that FactColumns needs, from each field's JSON text, which is NULL where it is missing."""
    for at, (asked, text) in enumerate(zip(fields, texts, strict=True)):
        yield func.coalesce(text, quoted("")).label(f"text_{at}")
        if asked.as_number:
            numeric = func.substr(text, _ONE, _ONE).in_([quoted(sign) for sign in "-0123456789"])
            yield case((numeric, cast(text, Double)), else_=None).label(f"number_{at}")


def all_of(truths: Sequence[Truth]) -> Truth:
    """Whether all are true, however many they are."""
    if len(truths) <= _DEEP:
        return and_(true(), *truths)
    return case(*((not_(each), _ZERO) for each in truths), else_=_ONE) == _ONE


def any_of(truths: Sequence[Truth]) -> Truth:
    """Whether one is true, however many they are."""
    if len(truths) <= _DEEP:
        return or_(false(), *truths)
    return case(*((each, _ONE) for each in truths), else_=_ZERO) == _ONE


json_text: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False).encode
"""A word or a flag as it stands in stored facts."""
