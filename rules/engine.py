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

BLOCK_SIZE = 8
MAX_BLOCKS = 2048
"""Blocks that one engine keeps alive; one of 8 rows takes about 0.3 MB once it has been asked."""

_lock = Lock()


class _LiveBlock:
    """A ruleset inside durable-rules. To be used under the lock only."""

    def __init__(self, block: Block) -> None:
        self._message = block.message
        self._handle: int = create_ruleset("block", block.ruleset)
        self._fired(assert_event(self._handle, block.template % ((0,) * block.template.count("%d")))[1])

    def first(self, codes: Sequence[int], facts: Facts) -> list[str]:
        """The name of the first row that fires, alone in a list."""
        return self._fired(assert_event(self._handle, self._message(codes, facts))[1])

    def every(self, codes: Sequence[int], facts: Facts) -> list[str]:
        """The names of all rows that fire, in order."""
        message = self._message(codes, facts)
        fired = self._fired(assert_fact(self._handle, message)[1])
        retract_fact(self._handle, message)
        return fired

    def close(self) -> None:
        """Give the memory back."""
        delete_state(self._handle, "0")
        delete_ruleset(self._handle)

    def _fired(self, state: int) -> list[str]:
        handle = self._handle
        fired = [start_action_for_state(handle, state)[1][2]]  # {"a":{"m":{...}}}
        while action := complete_and_start_action(handle, state):
            fired.append(action[2])
        return fired


def make_once(ruleset: str, template: str) -> None:
    """Make a ruleset, let it fire, and delete it. For trials: durable-rules may take the process with it."""
    with _lock:
        _LiveBlock(Block(ruleset, template, (), (), tuple)).close()


_NO_ROW = [ALWAYS]
_ONLY = [[name] for name in NAMES]


class _LiveBlocks:
    """The blocks of one list of rows, made when first needed; the least recently asked makes room."""

    def __init__(self, rows: Sequence[CodedRow], size: int, limit: int) -> None:
        self._rows = rows
        self._size = size
        self._limit = limit
        self._crowded = len(rows) > size * limit
        self._blocks: OrderedDict[int, _LiveBlock] = OrderedDict()
        self._broken: set[int] = set()

    def agree_on_first(self, position: int | None, codes: Sequence[int], facts: Facts) -> bool:
        """Whether durable-rules, too, takes this row for the first, or finds none in the first block."""
        if position is None:
            return not self._rows or self._ask(0, _LiveBlock.first, codes, facts) == _NO_ROW
        number, at = divmod(position, self._size)
        return self._ask(number, _LiveBlock.first, codes, facts) == _ONLY[at]

    def agree_on_every(self, positions: Sequence[int], codes: Sequence[int], facts: Facts) -> bool:
        """Whether durable-rules, too, finds just these rows in the blocks that they belong to."""
        names: dict[int, list[str]] = {}
        for position in positions:
            number, at = divmod(position, self._size)
            names.setdefault(number, []).append(NAMES[at])
        return all(
            self._ask(number, _LiveBlock.every, codes, facts) == [*expected, ALWAYS]
            for number, expected in names.items()
        )

    def close(self) -> None:
        """Give all memory back."""
        while self._blocks:
            self._blocks.popitem()[1].close()

    def _ask(
        self,
        number: int,
        question: Callable[[_LiveBlock, Sequence[int], Facts], list[str]],
        codes: Sequence[int],
        facts: Facts,
    ) -> list[str] | None:
        """What the block answers; None where it cannot."""
        if number in self._broken:
            return None
        try:
            block = self._blocks.get(number) or self._made(number)
            if self._crowded:
                self._blocks.move_to_end(number)
            return question(block, codes, facts)
        except durable_error:
            self._broken.add(number)
            self._drop(number)
            return None
        except BaseException:
            self._drop(number)
            raise

    def _made(self, number: int) -> _LiveBlock:
        if len(self._blocks) >= self._limit:
            self._blocks.popitem(last=False)[1].close()
        start = number * self._size
        block = _LiveBlock(block_of(self._rows[start : start + self._size]))
        self._blocks[number] = block
        return block

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
        self.degraded = DEGRADED
        """Whether durable-rules is missing, so that the reference evaluator decides alone and slowly."""
        self.disagreements = 0
        self._on_disagreement = on_disagreement
        self._closed = False
        self._base = _LiveBlocks(self.index.base_rows, block_size, max_blocks)
        self._overlays = _LiveBlocks(self.index.overlay_rows, block_size, max_blocks)

    def verdict(self, facts: Facts) -> Verdict:
        """The first base row and all overlay rows that hold."""
        if self.degraded or self._closed:
            return evaluate(self.policy, facts)
        index = self.index
        try:
            codes = index.coding.encode(facts)
        except TypeError:  # a fact of a type that is no fact at all, such as a list
            return evaluate(self.policy, facts)
        base = index.base.first(codes, facts)
        overlays = index.overlays.every(codes, facts)
        with _lock:
            closed = self._closed
            if not closed:
                if self._base.agree_on_first(base, codes, facts) and (
                    not overlays or self._overlays.agree_on_every(overlays, codes, facts)
                ):
                    return index.answer(base, overlays)
                self.disagreements += 1
        if self._on_disagreement is not None and not closed:
            self._on_disagreement(facts)
        return evaluate(self.policy, facts)

    def close(self) -> None:
        """Give the memory of durable-rules back. May be called more than once."""
        with _lock:
            self._closed = True
            self._base.close()
            self._overlays.close()
