"""Values of decision models, and expressions over them. Null stands for everything that has no value: an
unknown input, a division by zero, a sum of a word and a number (DMN 1.3, 10.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal, DecimalException
from typing import TypeAlias

from rules.dmn.expression import Binary, Call, Expression, Items, Literal, Name, Negative, Path
from rules.evaluate import is_number

Value: TypeAlias = "bool | int | float | str | date | tuple[Value, ...] | Mapping[str, Value] | None"
"""Lists are tuples, structures are mappings."""

_ARITHMETIC = Context(prec=34)  # IEEE 754 decimal128, as the standard has it
_WHOLE_UP_TO = 30  # digits of a result that is kept as a whole number
_OPERATIONS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _ARITHMETIC.add,
    "-": _ARITHMETIC.subtract,
    "*": _ARITHMETIC.multiply,
    "/": _ARITHMETIC.divide,
    "**": _ARITHMETIC.power,
}


def value_of(expression: Expression, scope: Mapping[str, Value]) -> Value:
    """What an expression comes to. A name that the scope lacks is null. Never raises."""
    match expression:
        case Literal(value):
            return value
        case Name(name):
            return scope.get(name)
        case Path(of, member):
            whole = value_of(of, scope)
            return whole.get(member) if isinstance(whole, Mapping) else None
        case Negative(of):
            return _calculated("-", 0, value_of(of, scope))
        case Items(items):
            return tuple(value_of(item, scope) for item in items)
        case Binary(operator, left, right):
            return _combined(operator, value_of(left, scope), value_of(right, scope))
        case Call(function, arguments):
            return _called(function, [value_of(argument, scope) for argument in arguments])


def equal(one: Value, other: Value) -> bool:
    """Equality of the standard: numbers by value, flags only to flags, lists and structures part by part."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return one == other


def total(values: Sequence[Value]) -> Value:
    """The sum of numbers, exactly; null if there is none or anything else is among them."""
    found: Value = values[0] if values and is_number(values[0]) else None
    for value in values[1:]:
        found = _calculated("+", found, value)
    return found


def extreme(values: Sequence[Value], *, largest: bool) -> Value:
    """The smallest or largest of numbers, of words, or of days; null if they are not of one sort."""
    pick = max if largest else min
    numbers = [value for value in values if is_number(value)]
    words = [value for value in values if isinstance(value, str)]
    days = [value for value in values if isinstance(value, date)]
    if values and len(numbers) == len(values):
        return pick(numbers)
    if values and len(words) == len(values):
        return pick(words)
    if values and len(days) == len(values):
        return pick(days)
    return None


def _combined(operator: str, left: Value, right: Value) -> Value:
    if operator in ("and", "or"):
        return _logic(operator, left, right)
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        return not equal(left, right)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if operator in _OPERATIONS:
        return _calculated(operator, left, right)
    smallest = extreme([left, right], largest=False)
    if smallest is None:
        return None
    same = equal(left, right)
    less = not same and equal(smallest, left)
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[operator]


def _logic(operator: str, left: Value, right: Value) -> Value:
    deciding = operator == "or"
    if left is deciding or right is deciding:
        return deciding
    return (not deciding) if left is right is (not deciding) else None


def _calculated(operator: str, left: Value, right: Value) -> Value:
    if not (is_number(left) and is_number(right)):
        return None
    try:
        # Through the shortest spelling, so that 0.1 + 0.2 is 0.3.
        found = _OPERATIONS[operator](Decimal(repr(left)), Decimal(repr(right)))
        if found == found.to_integral_value() and found.adjusted() < _WHOLE_UP_TO:
            return int(found)
        number = float(found)
    except (DecimalException, OverflowError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def _called(function: str, values: list[Value]) -> Value:
    if function == "not":
        return (not values[0]) if isinstance(values[0], bool) else None
    items: Sequence[Value] = values[0] if len(values) == 1 and isinstance(values[0], tuple) else values
    match function:
        case "count":
            return len(items)
        case "sum":
            return total(items)
        case _:
            return extreme(items, largest=function == "max")
