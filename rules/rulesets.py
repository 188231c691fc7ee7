"""Rows as durable-rules rulesets: what a row asks is put so that all rows of one shape share a ruleset.

durable-rules 2.0.28 hangs, crashes or answers wrongly outside a narrow subset, so a ruleset stays well
inside: one row, integer codes only, names f0, g0 ..., equality, `$or` of equalities, one level of `$and`, and
a last row that always fires.

Each condition of a row cuts the codes of its column into intervals: below its first span, in it, between it
and the next ... The message says into which of them a fact falls, so the odd numbers meet the condition,
whatever the spans are. A ruleset therefore depends on nothing but how many spans each condition has: that is
the row's shape, and tables of 50,000 rows have some dozens. Whatever does not fit (sets of words, long lists)
becomes a flag, 0 or 1, that is worked out before the ruleset is asked.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rules.coding import CodedRow, Spans
from rules.evaluate import holds
from rules.model import Condition, Facts, Operator

ROW = "a"
"""What the row of a ruleset is called."""
ALWAYS = "_"
"""The row that always fires, after the other."""

MAX_TESTS = 48  # of a row; a message may have 254 properties, and 512 tests under one node hang the engine
MAX_LIST = 8  # spans of one list
MAX_LISTS = 4  # lists of one row; the engine refuses 15

Shape = tuple[tuple[int, ...], int]
"""How many spans each coded condition has, in ascending order, and how many flags there are."""
FlagTest = Callable[[Sequence[int], Facts], bool]
_Test = dict[str, object]
_ANYTHING: _Test = {"$gte": {"f0": 0}}  # every message has an f0
_DIGITS = [str(interval) for interval in range(2 * MAX_LIST + 1)]


@dataclass(frozen=True, slots=True)
class Question:
    """What a row asks durable-rules. `edges` has, for each coded condition, the column and where its spans
    begin and have ended; `write` makes the message of the intervals and the flags."""

    shape: Shape
    edges: tuple[tuple[int, tuple[int, ...]], ...]
    flags: tuple[FlagTest, ...]
    write: Callable[..., str]

    def message(self, codes: Sequence[int], facts: Facts) -> str:
        """The message that asks about some facts, given as codes and as they are."""
        intervals = [bisect_right(edges, codes[column]) for column, edges in self.edges]
        if self.flags:
            return self.write(*intervals, *[flag(codes, facts) for flag in self.flags])
        return self.write(*intervals)


def question_of(row: CodedRow) -> Question:
    """What a row asks."""
    ordered = sorted(row.spans, key=lambda part: len(part[1]))
    single = [part for part in ordered if len(part[1]) == 1]
    lists = [part for part in ordered if 2 <= len(part[1]) <= MAX_LIST][:MAX_LISTS]
    coded = [*single, *lists][: MAX_TESTS - 1]
    flags = [_lies_within(part) for part in row.spans if part not in coded]
    flags += [_meets(condition) for condition in row.uncoded]
    if len(coded) + len(flags) > MAX_TESTS:
        kept = MAX_TESTS - 1 - len(coded)
        flags = [*flags[:kept], _all_of(flags[kept:])]
    return Question(
        shape=(tuple([len(spans) for _, spans in coded]), len(flags)),
        edges=tuple([(column, _edges(spans)) for column, spans in coded]),
        flags=tuple(flags),
        write=_writing(len(coded), len(flags)),
    )


def ruleset_of(shape: Shape) -> str:
    """The ruleset of all rows of a shape."""
    spans, flags = shape
    tests = [_test(f"f{at}", count) for at, count in enumerate(spans)]
    tests += [_test(f"g{at}", 1) for at in range(flags)]
    return json.dumps({ROW: _rule(tests or [_ANYTHING], 0), ALWAYS: _rule([_ANYTHING], 1)})


def anything(shape: Shape) -> str:
    """A message like any other for a shape, about nothing."""
    spans, flags = shape
    return _writing(len(spans), flags)(*(0,) * (len(spans) + flags))


def _test(name: str, spans: int) -> _Test:
    """Whether the interval is one of the spans."""
    inside: list[_Test] = [{name: 2 * at + 1} for at in range(spans)]
    return inside[0] if len(inside) == 1 else {"$or": inside}


def _rule(tests: list[_Test], position: int) -> dict[str, object]:
    return {"all": [{"m": {"$and": tests} if len(tests) > 1 else tests[0]}], "pri": position}


@cache
def _writing(intervals: int, flags: int) -> Callable[..., str]:
    """What writes a message of so many intervals and flags: compiled, as a template takes half as long
    again."""
    names = [*(f"f{at}" for at in range(intervals)), *(f"g{at}" for at in range(flags))]
    values = "".join(f',"{name}":{{digits[{name}]}}' for name in names)
    nothing = "" if intervals else ',"f0":0'
    write: Callable[..., str] = eval(  # noqa: S307 - made of numbers alone
        f"""lambda {", ".join(names)}: f'{{{{"sid":"0","id":"1"{nothing}{values}}}}}'""", {"digits": _DIGITS}
    )
    return write


def _edges(spans: Spans) -> tuple[int, ...]:
    return tuple([edge for low, high in spans for edge in (low, high + 1)])


def _lies_within(part: tuple[int, Spans]) -> FlagTest:
    """The flag of spans that codes may lie in."""
    column, spans = part
    edges = _edges(spans)
    return lambda codes, _facts: bisect_right(edges, codes[column]) % 2 == 1


def _meets(condition: Condition) -> FlagTest:
    """The flag of a condition on the facts themselves."""
    if condition.operator is not Operator.ANY_OF or condition.negated:
        return lambda _codes, facts: holds(condition, facts)
    name, words = condition.field, frozenset(each for each in condition.values if isinstance(each, str))

    def shares(_codes: Sequence[int], facts: Facts) -> bool:
        fact = facts.get(name)
        return isinstance(fact, frozenset) and not words.isdisjoint(fact)

    return shares


def _all_of(tests: Sequence[FlagTest]) -> FlagTest:
    return lambda codes, facts: all(test(codes, facts) for test in tests)
