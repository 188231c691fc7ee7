"""Rows as small durable-rules rulesets: the text of a ruleset and of the messages that ask it.

durable-rules 2.0.28 hangs, crashes or answers wrongly outside a narrow subset, so a block stays well inside:
a few rows, integer codes only, names f0, g0 ..., equality, `$or` of equalities, `$gte` and `$lte`, one level
of `$and`, `pri` as the position, and a last row that always fires. Whatever does not fit (negation, sets of
words, long lists) becomes a flag, 0 or 1, that is worked out before the block is asked.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from rules.coding import ABSENT, CodedRow, Spans
from rules.evaluate import holds
from rules.model import Condition, Facts, Operator

NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What the rows of a ruleset are called, by position: one letter is the cheapest to read back."""
ALWAYS = "_"
"""The row that always fires, after all others."""

MAX_ROWS = 48  # 65 rows matched by one message overflow the engine's stack
MAX_TESTS = 192  # in a block; a message may have 254 properties, and 512 tests under one node hang the engine
MAX_LISTED = 200  # alternatives in a block: each counts as a test
MAX_LIST = 8  # alternatives of one list
MAX_LISTS = 4  # lists of one row; the engine refuses 15

FlagTest = Callable[[Sequence[int], Facts], bool]
_Test = dict[str, object]
_Part = tuple[int, Spans] | Condition
_ANYTHING: _Test = {"$gte": {"f0": ABSENT}}  # every message has an f0, and no code is below


class _Digits(dict[int, str]):
    """What codes look like in a message."""

    def __missing__(self, code: int) -> str:
        return str(code)


_DIGITS = _Digits((code, str(code)) for code in range(1024))


@dataclass(frozen=True, slots=True)
class Block:
    """A ruleset and how to ask it: `write` makes the message of the codes of `columns`, from `pick`, and then
    the flags."""

    ruleset: str
    write: Callable[..., str]
    pick: Callable[[Sequence[int]], tuple[int, ...]]
    columns: tuple[int, ...]
    flags: tuple[FlagTest, ...]

    def message(self, codes: Sequence[int], facts: Facts) -> str:
        """The message that asks about some facts, given as codes and as they are."""
        if self.flags:
            return self.write(*self.pick(codes), *[flag(codes, facts) for flag in self.flags])
        return self.write(*self.pick(codes))

    def anything(self) -> str:
        """A message like any other, about nothing."""
        return self.write(*(ABSENT,) * (len(self.columns) + len(self.flags)))


def block_of(rows: Sequence[CodedRow]) -> Block:
    """The block of these rows, in their order. ValueError unless there are 1 to `MAX_ROWS`."""
    if not 1 <= len(rows) <= MAX_ROWS:
        raise ValueError(f"a block takes 1 to {MAX_ROWS} rows, not {len(rows)}")
    draft = _Draft(len(rows))
    tests = [draft.row(row) for row in rows]
    ruleset = {NAMES[at]: _rule(each, at) for at, each in enumerate(_sharing(tests))}
    ruleset[ALWAYS] = _rule([_ANYTHING], len(rows))
    return Block(
        ruleset=json.dumps(ruleset, separators=(",", ":")),
        write=_writing(len(draft.columns), len(draft.flags)),
        pick=_picking(tuple(draft.columns)),
        columns=tuple(draft.columns),
        flags=tuple(test for _, test in draft.flags.values()),
    )


def blocks_of(rows: Sequence[CodedRow], size: int) -> list[Block]:
    """All rows, cut into blocks of `size`."""
    return [block_of(rows[start : start + size]) for start in range(0, len(rows), size)]


class _Draft:
    """A block in the making: the fields it has so far, and what its limits leave."""

    def __init__(self, rows: int) -> None:
        self.columns: dict[int, str] = {}
        self.flags: dict[str, tuple[str, FlagTest]] = {}
        self.listed = 0
        self.tests_of_a_row = MAX_TESTS // rows

    def row(self, row: CodedRow) -> list[_Test]:
        """The tests of one row."""
        parts: list[_Part] = [*row.spans, *row.uncoded]
        tests: list[_Test] = []
        lists = 0
        for at, part in enumerate(parts):
            # A range takes two tests, and the flag for all that is left one.
            if len(tests) + 3 > self.tests_of_a_row and at < len(parts) - 1:
                tests.append(
                    self._flag(tuple(parts[at:]), _all_of([_flag_test(rest) for rest in parts[at:]]))
                )
                break
            found = self._tests(part, lists)
            lists += "$or" in found[0]
            tests += found
        return tests or [_ANYTHING]

    def _tests(self, part: _Part, lists: int) -> list[_Test]:
        if isinstance(part, Condition):
            return [self._flag(part, _flag_test(part))]
        column, spans = part
        if len(spans) == 1:
            low, high = spans[0]
            name = self._column(column)
            if low == high:
                return [{name: low}]
            at_least: list[_Test] = [] if low == ABSENT else [{"$gte": {name: low}}]
            return [*at_least, {"$lte": {name: high}}]
        length = sum(high - low + 1 for low, high in spans)
        if not 2 <= length <= MAX_LIST or lists >= MAX_LISTS or self.listed + length > MAX_LISTED:
            return [self._flag(part, _flag_test(part))]
        self.listed += length
        name = self._column(column)
        return [{"$or": [{name: code} for low, high in spans for code in range(low, high + 1)]}]

    def _column(self, column: int) -> str:
        return self.columns.setdefault(column, f"f{len(self.columns)}")

    def _flag(self, part: object, test: FlagTest) -> _Test:
        # By its text, because conditions on 1 and on True are equal objects.
        name, _ = self.flags.setdefault(repr(part), (f"g{len(self.flags)}", test))
        return {name: 1}


def _sharing(rows: Sequence[list[_Test]]) -> list[list[_Test]]:
    """The rows with their tests reordered: equalities first, and those that most rows have in front, because
    rows that begin alike share their first nodes."""
    often = Counter(str(test) for tests in rows for test in tests)

    def order(test: _Test) -> tuple[bool, int, str]:
        return next(iter(test)).startswith("$"), -often[str(test)], str(test)

    return [sorted(tests, key=order) for tests in rows]


def _picking(columns: tuple[int, ...]) -> Callable[[Sequence[int]], tuple[int, ...]]:
    # itemgetter makes a tuple of two items or more only.
    return (
        itemgetter(*columns) if len(columns) > 1 else lambda codes: tuple(codes[column] for column in columns)
    )


@cache
def _writing(columns: int, flags: int) -> Callable[..., str]:
    """What writes a message of so many codes and flags: compiled, as a template takes half as long again. All
    blocks of one shape share it, since what thousands of blocks have for themselves is in no cache."""
    names = [*(f"f{at}" for at in range(columns)), *(f"g{at}" for at in range(flags))]
    values = "".join(f',"{name}":{{digits[{name}]}}' for name in names)
    nothing = "" if columns else ',"f0":0'
    write: Callable[..., str] = eval(  # noqa: S307 - made of numbers alone
        f"""lambda {", ".join(names)}: f'{{{{"sid":"0","id":"1"{nothing}{values}}}}}'""", {"digits": _DIGITS}
    )
    return write


def _rule(tests: list[_Test], position: int) -> dict[str, object]:
    return {"all": [{"m": {"$and": tests} if len(tests) > 1 else tests[0]}], "pri": position}


def _flag_test(part: _Part) -> FlagTest:
    """What a flag stands for: a condition on the facts themselves, or spans that codes may lie in."""
    if isinstance(part, Condition):
        condition = part
        if condition.operator is Operator.ANY_OF and not condition.negated:
            return _shares_a_word(condition.field, condition.values)
        return lambda _codes, facts: holds(condition, facts)
    column, spans = part
    # A code lies in a span when an odd number of edges is not above it.
    edges = [edge for low, high in spans for edge in (low, high + 1)]
    return lambda codes, _facts: bisect_right(edges, codes[column]) % 2 == 1


def _shares_a_word(name: str, values: Sequence[object]) -> FlagTest:
    words = frozenset(value for value in values if isinstance(value, str))

    def shares(_codes: Sequence[int], facts: Facts) -> bool:
        fact = facts.get(name)
        return isinstance(fact, frozenset) and not words.isdisjoint(fact)

    return shares


def _all_of(tests: Sequence[FlagTest]) -> FlagTest:
    return lambda codes, facts: all(test(codes, facts) for test in tests)
