"""The live path of every routing decision: index -> durable-rules -> verdict.

The index finds the rows; durable-rules infers each of them again from the same facts; where both agree, that
is the verdict. Where they do not, the reference evaluator answers and the case is counted. This file alone
talks to durable-rules, and keeps to what is safe there:

- the C module is asked under one lock for the whole process: without it threads get each other's answers;
- rows of one shape share a ruleset, whatever policy they are of: a few dozen serve tables of any size, and a
  policy that comes or goes makes and frees none;
- one `sid` and one `id` for all messages: every new one costs memory that is never given back;
- a ruleset fires once directly after it is made, because deleting a state that never fired crashes; and its
  state is deleted before the ruleset is, because the other way round leaks;
- whatever fired is completed before the next question; a ruleset for which that is in doubt is thrown away,
  and one that has failed a few times is not made again, because each failed creation leaks a megabyte.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from rules.coding import CodedRow
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Facts, Policy, Verdict
from rules.rulesets import ROW, Question, Shape, anything, question_of, ruleset_of

try:
    from durable_rules_engine import (
        assert_event,
        complete_and_start_action,
        create_ruleset,
        delete_ruleset,
        delete_state,
        start_action_for_state,
    )
    from durable_rules_engine import error as durable_error

    DEGRADED = False
except ImportError:  # not built for this platform: the reference evaluator decides, slowly
    DEGRADED = True

MAX_RULESETS = 512
"""Rulesets that are kept alive; one takes about 0.1 MB once it has been asked. A policy has some dozens."""

MOST_FAILURES = 3
"""So many failures of a ruleset are borne; after that the reference evaluator decides in its place."""

_lock = Lock()


class _Ruleset:
    """A ruleset inside durable-rules. To be used under the lock only."""

    __slots__ = ("handle",)

    def __init__(self, text: str, message: str) -> None:
        self.handle: int = create_ruleset("row", text)
        self.first(message)

    def first(self, message: str) -> str:
        """The name of the first row that fires."""
        handle = self.handle
        state = assert_event(handle, message)[1]
        fired: str = start_action_for_state(handle, state)[1][2]  # {"a":{"m":{...}}}
        while complete_and_start_action(handle, state):
            pass
        return fired

    def close(self) -> None:
        """Give the memory back."""
        with suppress(durable_error):  # what has failed may also fail to go
            delete_state(self.handle, "0")
        with suppress(durable_error):
            delete_ruleset(self.handle)


class Rulesets:
    """Live rulesets by shape, made when first needed; the least recently asked makes room."""

    def __init__(self, limit: int = MAX_RULESETS) -> None:
        self._limit = limit
        self._live: OrderedDict[Shape, _Ruleset] = OrderedDict()
        self._failures: Counter[Shape] = Counter()

    def __len__(self) -> int:
        return len(self._live)

    def fires(self, question: Question, codes: Sequence[int], facts: Facts) -> bool | None:
        """Whether durable-rules takes the row to hold; None where it failed. To be called under the lock."""
        shape = question.shape
        try:
            ruleset = self._live.get(shape) or self._made(shape)
            if len(self._live) >= self._limit:  # until then nobody has to make room
                self._live.move_to_end(shape)
            return ruleset.first(question.message(codes, facts)) == ROW
        except durable_error:
            self._failures[shape] += 1
            self._drop(shape)
            return None
        except BaseException:  # between two calls of the C module: its state is in doubt
            self._drop(shape)
            raise

    def _made(self, shape: Shape) -> _Ruleset:
        if self._failures[shape] >= MOST_FAILURES:
            raise durable_error("this ruleset has failed too often")
        if len(self._live) >= self._limit:
            self._live.popitem(last=False)[1].close()
        ruleset = self._live[shape] = _Ruleset(ruleset_of(shape), anything(shape))
        return ruleset

    def _drop(self, shape: Shape) -> None:
        ruleset = self._live.pop(shape, None)
        if ruleset is not None:
            ruleset.close()


LIVE = Rulesets()
"""The rulesets of this process."""


def make_once(text: str, message: str) -> None:
    """Make a ruleset, let it fire, and delete it. For trials: durable-rules may take the process with it."""
    with _lock:
        _Ruleset(text, message).close()


class Engine:
    """One policy, ready to decide.

    Threads may share an engine. `on_disagreement` is called with the facts of every case in which
    durable-rules failed or differed from the index; `disagreements` counts them.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        rulesets: Rulesets = LIVE,
        on_disagreement: Callable[[Facts], None] | None = None,
    ) -> None:
        self.policy = policy
        self.index = Index(policy)
        self._encode = self.index.coding.encode
        self._first = self.index.base.first
        self._every = self.index.overlays.every
        self.degraded = DEGRADED
        """Whether durable-rules is missing, so that the reference evaluator decides alone and slowly."""
        self.disagreements = 0
        self._on_disagreement = on_disagreement
        self._rulesets = rulesets
        self._base = _Questions(self.index.base_rows)
        self._overlays = _Questions(self.index.overlay_rows)

    def verdict(self, facts: Facts, codes: Sequence[int] | None = None) -> Verdict:
        """The first base row and all overlay rows that hold. `codes` are those of the facts, where the index
        has given them already."""
        if self.degraded:
            return evaluate(self.policy, facts)
        if codes is None:
            try:
                codes = self._encode(facts)
            except TypeError:
                return evaluate(self.policy, facts)
        base = self._first(codes, facts)
        overlays = self._every(codes, facts)
        with _lock:
            if self._agrees(base, overlays, codes, facts):
                return self.index.answer(base, overlays)
            self.disagreements += 1
        if self._on_disagreement is not None:
            self._on_disagreement(facts)
        return evaluate(self.policy, facts)

    def _agrees(self, base: int | None, overlays: Sequence[int], codes: Sequence[int], facts: Facts) -> bool:
        """Whether durable-rules, too, takes these rows to hold; where there is no base row, that the first
        of all does not."""
        fires = self._rulesets.fires
        if base is not None:
            if not fires(self._base[base], codes, facts):
                return False
        elif self._base.rows and fires(self._base[0], codes, facts) is not False:
            return False
        return not overlays or all(fires(self._overlays[at], codes, facts) for at in overlays)


class _Questions(dict[int, Question]):
    """What each row asks, by position; put when first needed, because most rows never are."""

    def __init__(self, rows: Sequence[CodedRow]) -> None:
        self.rows = rows

    def __missing__(self, at: int) -> Question:
        question = self[at] = question_of(self.rows[at])
        return question
