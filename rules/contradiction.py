"""Whether any fact at all can meet several conditions on one field.

A few facts stand for all others: those that the conditions name, one between any two of them, one beyond, and
the fact that is not known. If none of these meets the conditions, none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product

from rules.evaluate import holds
from rules.model import Condition, FactField, FactValue, FieldKind, Operator

_UNHEARD_OF = "\x00"  # a word that no condition names
_SETS_TRIED = 256  # beyond, the benefit of the doubt


def contradictory(conditions: Sequence[Condition], field: FactField) -> bool:
    """Whether no fact of this field meets all of these sound conditions together."""
    tried = 0
    for fact in islice(_stand_ins(conditions, field), _SETS_TRIED):
        if all(holds(condition, {field.name: fact}) for condition in conditions):
            return False
        tried += 1
    unknown_will_do = all(holds(condition, {}) for condition in conditions)
    return not unknown_will_do and (tried < _SETS_TRIED or field.kind is not FieldKind.CHOICES)


def _stand_ins(conditions: Sequence[Condition], field: FactField) -> Iterator[FactValue]:
    match field.kind:
        case FieldKind.CHOICE:
            yield from field.values or (*_named_words(conditions), _UNHEARD_OF)
        case FieldKind.CHOICES:
            yield from _sets(conditions, field)
        case FieldKind.FLAG:
            yield from (True, False)
        case FieldKind.NUMBER:
            yield from _numbers(conditions)


def _named_words(conditions: Sequence[Condition]) -> list[str]:
    words = {value for condition in conditions for value in condition.values if isinstance(value, str)}
    return sorted(words)


def _numbers(conditions: Sequence[Condition]) -> Iterator[float]:
    named = {
        float(value)
        for condition in conditions
        for value in (*condition.values, condition.low, condition.high)
        if value is not None and not isinstance(value, str)
    }
    points = sorted(named) or [0.0]
    yield points[0] - 1
    for point, following in pairwise(points):
        yield from (point, (point + following) / 2)
    yield from (points[-1], points[-1] + 1)


def _sets(conditions: Sequence[Condition], field: FactField) -> Iterator[frozenset[str]]:
    """The largest sets that avoid what must not be there: more words never hurt a positive condition."""
    words = frozenset(field.values) or frozenset([*_named_words(conditions), _UNHEARD_OF])
    negated = [condition for condition in conditions if condition.negated]
    barred = {word for each in negated if each.operator is Operator.ANY_OF for word in each.values}
    # Of words that must not all be there, any one may be left out.
    left_out = [each.values for each in negated if each.operator is Operator.ALL_OF]
    for choice in product(*left_out):
        yield words.difference(barred, choice)
