"""One contender in a process of its own, which builds when it is started and decides when it is told to.

All contenders of a comparison are alive at the same time and take turns of some hundredths of a second, so
that what else the machine does falls on all of them alike, and none has the memory of another in its figures.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.contenders import CONTENDERS, Decide
from bench.workload import workload
from rules.model import Facts

ROOT = Path(__file__).parents[1]
_PATIENCE = 2_000_000
"""Rows that a pass of the slow ones may look at: they are timed on fewer facts, so that all take minutes."""
_SLOW = ("scan", "reference")


@dataclass(frozen=True, slots=True)
class Built:
    """A contender after it was built and has decided everything once. `answers` are positions of rows;
    `resident_mb` is what the process grew by, None where the system does not say."""

    build_s: float
    resident_mb: float | None
    process_mb: float | None
    state: dict[str, int]
    answers: list[int | None]


class Worker:
    """A contender's process."""

    def __init__(self, contender: str, name: str, rules: int, records: int) -> None:
        self._what = f"{contender}, {name}, {rules} rules"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.decisions", contender, name, str(rules), str(records)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.built = Built(**self._answer())
        self.passes: list[tuple[float, float]] = []
        """Median and 95th percentile of every pass, in microseconds."""

    def decide(self) -> None:
        """Decide everything once more, and take the time of each decision."""
        assert self._process.stdin is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        median, p95 = self._answer()
        self.passes.append((median, p95))

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._what} failed: see above")
        return json.loads(line)


def facts_for(contender: str, rules: int, facts: Sequence[Facts]) -> Sequence[Facts]:
    """The facts that the contender is asked about: all of them unless it is a slow one."""
    return facts[: max(_PATIENCE // rules, 40)] if contender in _SLOW else facts


def serve(contender: str, name: str, rules: int, records: int) -> None:
    """What the process does: build, decide once, say so, and then a timed pass for every line of input."""
    made = workload(name, rules, records)
    facts = facts_for(contender, rules, made.facts)
    before, start = _resident_mb(), perf_counter()
    engine = CONTENDERS[contender](made.policy)
    build = perf_counter() - start
    answers = [engine.decide(each) for each in facts]
    after = _resident_mb()
    grown = None if before is None or after is None else round(after - before, 1)
    built = {
        "build_s": round(build, 3),
        "resident_mb": grown,
        "process_mb": after,
        "state": engine.state(),
        "answers": answers,
    }
    print(json.dumps(built), flush=True)
    for _ in sys.stdin:
        print(json.dumps(_timed(engine.decide, facts)), flush=True)


def _timed(decide: Decide, facts: Sequence[Facts]) -> tuple[float, float]:
    taken = []
    for each in facts:
        start = perf_counter()
        decide(each)
        taken.append((perf_counter() - start) * 1e6)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)]


def _resident_mb() -> float | None:
    """Memory of this process; None where the system does not say."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return None
    return round(int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
