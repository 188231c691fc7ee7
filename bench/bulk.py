"""How long the index takes for a million records on one core, as in a simulation on a file.

    python -m bench.bulk WORKLOAD RULES RECORDS

The records are plain dictionaries, one at a time: what it costs to read them as codes counts. A hundred
thousand are made, which is more than any cache holds, and gone through until there are enough.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from itertools import islice
from time import perf_counter, process_time

from bench.workload import workload
from rules.evaluate import evaluate
from rules.index import Index

MADE = 100_000
_ROWS_COMPARED = 1_000_000  # that the reference evaluator looks at


@dataclass(frozen=True, slots=True)
class Bulk:
    """Seconds for all records: of this process on its core, and as the clock went. `equal` says whether the
    reference evaluator found the same for the first `compared`."""

    workload: str
    rules: int
    records: int
    cpu_s: float
    wall_s: float
    compared: int
    equal: bool


def measure(name: str, rules: int, records: int, distinct: int = MADE) -> Bulk:
    """The verdicts on so many records, base rows and overlay rows, by the index."""
    made = workload(name, rules, min(records, distinct))
    index = Index(made.policy)
    compared = min(len(made.facts), 500, _ROWS_COMPARED // rules)
    equal = all(index.verdict(each) == evaluate(made.policy, each) for each in made.facts[:compared])
    left, verdict = records, index.verdict
    wall, cpu = perf_counter(), process_time()
    while left > 0:
        for facts in islice(made.facts, left):
            verdict(facts)
        left -= len(made.facts)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    return Bulk(name, rules, records, round(cpu, 2), round(wall, 2), compared, equal)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
