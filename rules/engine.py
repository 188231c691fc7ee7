"""The live path of every routing decision: index -> durable-rules block -> verdict.

The index finds the row; the durable-rules block around it infers again from the same facts; where both agree,
that is the verdict. Where they do not, the reference evaluator answers and the case is counted. This file
alone talks to durable-rules, and keeps to what is safe there:

- the C module is asked under one lock for the whole process: without it threads get each other's answers;
- one `sid` and one `id` for all messages: every new one costs memory that is never given back;
- a ruleset fires once directly after it is made, because deleting a state that never fired crashes; and its
  state is deleted before the ruleset is, because the other way round leaks;
- whatever fired is completed before the next question; a block for which that is in doubt is thrown away, and
  one that failed is not made again, because each failed creation leaks a megabyte.

An event ends with the first row that fires, which is how base rows are asked; a fact lets every row fire,
which is how overlay rows are.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from rules.blocks import ALWAYS, NAMES, Block, block_of
from rules.coding import CodedRow
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Facts, Policy, Verdict

try:
    from durable_rules_engine import (
        assert_event,
        assert_fact,
        complete_and_start_action,
        create_ruleset,
        delete_ruleset,
        delete_state,
        retract_fact,
        start_action_for_state,
    )
    from durable_rules_engine import error as durable_error

    DEGRADED = False
except ImportError:  # not built for this platform: the reference evaluator decides, slowly
    DEGRADED = True

BLOCK_SIZE = 4
"""Rows of a block. Half of what a block takes it takes for itself, but a message to a small one is short, and
the larger a policy is, the fewer rows of a block are asked for."""
MAX_BLOCKS = 2048
"""Blocks that one engine keeps alive; one of 4 rows takes about 0.3 MB once it has been asked."""

_lock = Lock()


class _LiveBlock:
    """A ruleset inside durable-rules. To be used under the lock only."""

    __slots__ = ("handle", "message")

    def __init__(self, block: Block) -> None:
        self.message = block.message
        self.handle: int = create_ruleset("block", block.ruleset)
        self.first(block.anything())

    def first(self, message: str) -> str:
        """The name of the first row that fires."""
        handle = self.handle
        state = assert_event(handle, message)[1]
        fired: str = start_action_for_state(handle, state)[1][2]  # {"a":{"m":{...}}}
        while complete_and_start_action(handle, state):
            pass
        return fired

    def every(self, message: str) -> str:
        """The names of all rows that fire, in order."""
        handle = self.handle
        state = assert_fact(handle, message)[1]
        fired: str = start_action_for_state(handle, state)[1][2]
        while action := complete_and_start_action(handle, state):
            fired += action[2]
        retract_fact(handle, message)
        return fired

    def close(self) -> None:
        """Give the memory back."""
        with suppress(durable_error):  # what has failed may also fail to go
            delete_state(self.handle, "0")
            delete_ruleset(self.handle)


def make_once(ruleset: str, message: str) -> None:
    """Make a ruleset, let it fire, and delete it. For trials: durable-rules may take the process with it."""
    with _lock:
        _LiveBlock(Block(ruleset, lambda: message, lambda _codes: (), (), ())).close()


class _LiveBlocks:
    """The blocks of one list of rows, made when first needed; the least recently asked makes room."""

    def __init__(self, rows: Sequence[CodedRow], size: int, limit: int) -> None:
        self._rows = rows
        self._size = size
        self._limit = limit
        self._crowded = len(rows) > size * limit
        self._blocks: OrderedDict[int, _LiveBlock] = OrderedDict()
        self._failed: set[int] = set()

    def agree_on_first(self, position: int | None, codes: Sequence[int], facts: Facts) -> bool:
        """Whether durable-rules, too, takes this row for the first, or finds none in the first block."""
        if position is None:
            if not self._rows:
                return True
            number, name = 0, ALWAYS
        else:
            number, name = position // self._size, NAMES[position % self._size]
        try:
            block = self._live(number)
            return block.first(block.message(codes, facts)) == name
        except durable_error:
            self._fail(number)
            return False
        except BaseException:  # between two calls of the C module: its state is in doubt
            self._drop(number)
            raise

    def agree_on_every(self, positions: Sequence[int], codes: Sequence[int], facts: Facts) -> bool:
        """Whether durable-rules, too, finds just these rows in the blocks that they belong to."""
        expected: dict[int, str] = {}
        for position in positions:
            number = position // self._size
            expected[number] = expected.get(number, "") + NAMES[position % self._size]
        for number, names in expected.items():
            try:
                block = self._live(number)
                if block.every(block.message(codes, facts)) != names + ALWAYS:
                    return False
            except durable_error:
                self._fail(number)
                return False
            except BaseException:
                self._drop(number)
                raise
        return True

    def close_one(self) -> bool:
        """Give the memory of one block back. False when there is none any more."""
        if self._blocks:
            self._blocks.popitem()[1].close()
        return bool(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def _live(self, number: int) -> _LiveBlock:
        block = self._blocks.get(number)
        if block is None:
            return self._made(number)
        if self._crowded:
            self._blocks.move_to_end(number)
        return block

    def _made(self, number: int) -> _LiveBlock:
        if number in self._failed:
            raise durable_error("this block has failed before")
        if len(self._blocks) >= self._limit:
            self._blocks.popitem(last=False)[1].close()
        start = number * self._size
        block = _LiveBlock(block_of(self._rows[start : start + self._size]))
        self._blocks[number] = block
        return block

    def _fail(self, number: int) -> None:
        self._failed.add(number)
        self._drop(number)

    def _drop(self, number: int) -> None:
        block = self._blocks.pop(number, None)
        if block is not None:
            block.close()


class Engine:
    """One policy, ready to decide. To be closed when another one has taken its place.

    Threads may share an engine. One that has been closed goes on answering, by the reference evaluator, for
    the threads that still hold it. `on_disagreement` is called with the facts of every case in which
    durable-rules failed or differed from the index; `disagreements` counts them.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        block_size: int = BLOCK_SIZE,
        max_blocks: int = MAX_BLOCKS,
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
        self._live = not self.degraded
        self._base = _LiveBlocks(self.index.base_rows, block_size, max_blocks)
        self._overlays = _LiveBlocks(self.index.overlay_rows, block_size, max_blocks)

    def verdict(self, facts: Facts) -> Verdict:
        """The first base row and all overlay rows that hold."""
        try:
            codes = self._encode(facts)
        except TypeError:  # a fact of a type that is no fact at all, such as a list
            return evaluate(self.policy, facts)
        base = self._first(codes, facts)
        overlays = self._every(codes, facts)
        with _lock:
            live = self._live
            if live:
                if self._base.agree_on_first(base, codes, facts) and (
                    not overlays or self._overlays.agree_on_every(overlays, codes, facts)
                ):
                    return self.index.answer(base, overlays)
                self.disagreements += 1
        if live and self._on_disagreement is not None:
            self._on_disagreement(facts)
        return evaluate(self.policy, facts)

    @property
    def rulesets(self) -> int:
        """How many rulesets are alive inside durable-rules."""
        return len(self._base) + len(self._overlays)

    def close(self) -> None:
        """Give the memory of durable-rules back. May be called more than once.

        Some thousand blocks take tens of milliseconds, so others are let in after each.
        """
        with _lock:
            self._live = False
        for blocks in (self._base, self._overlays):
            left = True
            while left:
                with _lock:
                    left = blocks.close_one()
