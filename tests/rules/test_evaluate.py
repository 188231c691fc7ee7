"""What a condition means, fact by fact, and how rows are asked."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from rules.evaluate import evaluate, holds
from rules.model import Condition, FactValue, Operator, Verdict
from tests.rules.policies import any_of, base, equals, negated, overlay, policy

UNKNOWN = object()
EQUALS, IN, ANY_OF, ALL_OF, BETWEEN, PRESENT = (
    Operator.EQUALS,
    Operator.IN,
    Operator.ANY_OF,
    Operator.ALL_OF,
    Operator.BETWEEN,
    Operator.PRESENT,
)


def words(*found: str) -> frozenset[str]:
    return frozenset(found)


# Operator, values, low, high, fact, whether it holds.
CASES: list[tuple[Operator, tuple[Any, ...], float | None, float | None, object, bool]] = [
    (EQUALS, ("噪声",), None, None, "噪声", True),
    (EQUALS, ("噪声",), None, None, "噪", False),
    (EQUALS, ("",), None, None, "", True),
    (EQUALS, ("1",), None, None, 1, False),
    (EQUALS, (1,), None, None, "1", False),
    (EQUALS, (1,), None, None, 1.0, True),
    (EQUALS, (1,), None, None, True, False),
    (EQUALS, (True,), None, None, 1, False),
    (EQUALS, (True,), None, None, True, True),
    (EQUALS, (False,), None, None, 0, False),
    (EQUALS, (False,), None, None, False, True),
    (EQUALS, (2**53 + 1,), None, None, float(2**53), False),
    (EQUALS, (math.nan,), None, None, math.nan, False),
    (EQUALS, ("a",), None, None, words("a"), False),
    (EQUALS, ("a",), None, None, UNKNOWN, False),
    (EQUALS, (), None, None, "a", False),
    (IN, ("a", "b"), None, None, "b", True),
    (IN, ("a", "b"), None, None, "c", False),
    (IN, (1, 2.5), None, None, 2.5, True),
    (IN, (1, "1"), None, None, "1", True),
    (IN, (), None, None, "a", False),
    (ANY_OF, ("a", "b"), None, None, words("b", "c"), True),
    (ANY_OF, ("a", "b"), None, None, words("c"), False),
    (ANY_OF, ("a",), None, None, "a", False),
    (ANY_OF, (1,), None, None, words("1"), False),
    (ANY_OF, ("a",), None, None, words(), False),
    (ALL_OF, ("a", "b"), None, None, words("a", "b", "c"), True),
    (ALL_OF, ("a", "b"), None, None, words("a"), False),
    (ALL_OF, (), None, None, words("a"), True),
    (ALL_OF, (), None, None, words(), False),
    (BETWEEN, (), 2, 4, 2, True),
    (BETWEEN, (), 2, 4, 4.0, True),
    (BETWEEN, (), 2, 4, 4.01, False),
    (BETWEEN, (), 2, None, 10**400, True),
    (BETWEEN, (), None, 4, -math.inf, True),
    (BETWEEN, (), None, None, 0, True),
    (BETWEEN, (), None, None, math.nan, False),
    (BETWEEN, (), None, None, "3", False),
    (BETWEEN, (), 0, 2, True, False),
    (BETWEEN, (), 4, 2, 3, False),
    (BETWEEN, (), math.nan, None, 3, False),
    (BETWEEN, (), 2, 4, UNKNOWN, False),
    (PRESENT, (), None, None, "", True),
    (PRESENT, (), None, None, False, True),
    (PRESENT, (), None, None, 0, True),
    (PRESENT, (), None, None, words("a"), True),
    (PRESENT, (), None, None, words(), False),
    (PRESENT, (), None, None, None, False),
    (PRESENT, (), None, None, UNKNOWN, False),
]


@pytest.mark.parametrize(("operator", "values", "low", "high", "fact", "expected"), CASES)
def test_holds(
    operator: Operator,
    values: tuple[Any, ...],
    low: float | None,
    high: float | None,
    fact: Any,
    expected: bool,
) -> None:
    condition = Condition("f", operator, values, low, high)
    facts: dict[str, FactValue] = {} if fact is UNKNOWN else {"f": fact}
    assert holds(condition, facts) is expected
    assert holds(negated(condition), facts) is not expected


@pytest.mark.parametrize("fact", [[], {}, set(), (1,), b"a", object(), date(2026, 1, 1), frozenset({1})])
@pytest.mark.parametrize("operator", list(Operator))
def test_a_fact_that_is_no_fact_never_raises(operator: Operator, fact: Any) -> None:
    for values in ((), ("a",), (1,), (True, "a")):
        condition = Condition("f", operator, values, low=1)
        assert holds(condition, {"f": fact}) is not holds(negated(condition), {"f": fact})


NOISE = any_of("pollutant", "noise")
PORT = equals("sector", "port")


@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        ([], {}, Verdict(None, ())),
        ([base("a")], {}, Verdict(0, ())),
        ([base("a", PORT), base("b", NOISE)], {}, Verdict(None, ())),
        ([base("a", PORT), base("b", NOISE)], {"pollutant": words("noise")}, Verdict(1, ())),
        ([base("a", PORT, NOISE)], {"sector": "port"}, Verdict(None, ())),
        ([base("a", PORT, NOISE)], {"sector": "port", "pollutant": words("noise")}, Verdict(0, ())),
        # A smaller priority is asked first; among equals the policy's order counts.
        ([base("a", priority=2), base("b", priority=1)], {}, Verdict(0, ())),
        ([base("a", PORT), base("b", negated(PORT))], {}, Verdict(1, ())),
        ([overlay("x"), overlay("y", PORT), overlay("z", negated(PORT))], {}, Verdict(None, (0, 2))),
        ([overlay("x", PORT), base("a", PORT), overlay("y", PORT)], {"sector": "port"}, Verdict(0, (0, 1))),
    ],
)
def test_evaluate(rules: list[Any], facts: dict[str, FactValue], expected: Verdict) -> None:
    assert evaluate(policy(*rules), facts) == expected
