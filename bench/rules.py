"""How long one decision takes, from facts to verdict: this engine, its index, its reference, and zen-engine.

    python -m bench.rules [--json] [--sizes 10,500,5000] [--workloads broad,narrow] [--records 2000]

Each figure comes from a process of its own. Every engine gets the same rows and the same facts as plain
dictionaries, decides all of them once to warm up, and is then timed call by call. The median of the best pass
is reported, of three passes in each of three rounds over all engines: other work on the machine only ever
adds. All answers are compared with the reference evaluator's on the first 300 complaints,
and the exit status is 1 when one differs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.workload import WORKLOADS, workload
from rules.engine import Engine
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Condition, Facts, Operator, Policy

ENGINES = {
    "live": "live path (index + durable-rules)",
    "index": "index alone",
    "reference": "reference evaluator",
    "zen": "zen-engine, static loader",
}
COMPARED = 300
PASSES = 3
ROUNDS = 3
BAR_US = 15.0
"""The live path's median may take no longer than this, at any size."""

Decide = Callable[[Facts], int | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine on one workload. `answers` are the positions of the rows that decided."""

    engine: str
    workload: str
    rules: int
    median_us: float
    p95_us: float
    build_s: float
    rss_mb: float | None
    disagreements: int
    answers: list[int | None]


def measure(engine: str, name: str, rules: int, records: int) -> Measured:
    """Build, warm up and time one engine in this process."""
    made = workload(name, rules, records)
    # The slow one is timed on fewer complaints, so that the whole takes minutes.
    facts = made.facts[:COMPARED] if engine == "reference" else made.facts
    before, start = _resident_mb(), perf_counter()
    decide, disagreements = _engine(engine, made.policy)
    build = perf_counter() - start
    answers = [decide(each) for each in facts]
    after = _resident_mb()
    passes = [_timed(decide, facts) for _ in range(1 if engine == "reference" else PASSES)]
    best = min(passes, key=statistics.median)
    return Measured(
        engine=engine,
        workload=name,
        rules=rules,
        median_us=round(statistics.median(best), 2),
        p95_us=round(sorted(best)[int(len(best) * 0.95)], 2),
        build_s=round(build, 3),
        rss_mb=None if before is None or after is None else round(after - before, 1),
        disagreements=disagreements(),
        answers=answers[:COMPARED],
    )


def _timed(decide: Decide, facts: Sequence[Facts]) -> list[float]:
    taken = []
    for each in facts:
        start = perf_counter()
        decide(each)
        taken.append((perf_counter() - start) * 1e6)
    return taken


def _engine(name: str, policy: Policy) -> tuple[Decide, Callable[[], int]]:
    """How the engine decides, and how often it had to be overruled."""
    if name == "live":
        engine = Engine(policy)
        return lambda facts: engine.verdict(facts).base, lambda: engine.disagreements
    if name == "index":
        index = Index(policy)
        return lambda facts: index.verdict(facts).base, lambda: 0
    if name == "reference":
        return lambda facts: evaluate(policy, facts).base, lambda: 0
    return _zen(policy), lambda: 0


def _zen(policy: Policy) -> Decide:
    import zen

    engine: Any = zen.ZenEngine({"loader": {"type": "static", "content": {"table": _zen_table(policy)}}})

    def decide(facts: Facts) -> int | None:
        row: int = engine.evaluate("table", facts)["result"]["row"]
        return None if row < 0 else row

    return decide


def _zen_table(policy: Policy) -> dict[str, Any]:
    """The policy as a decision table of hit policy `first`, with a last row for everything else."""
    inputs = [{"id": field.name, "name": field.name, "field": field.name} for field in policy.fields]
    blank = dict.fromkeys((field.name for field in policy.fields), "")
    rows = [
        {**blank, **{each.field: _zen_cell(each) for each in rule.conditions}, "_id": rule.id, "row": str(at)}
        for at, rule in enumerate(policy.base_rules())
    ]
    table = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": [*rows, {**blank, "_id": "else", "row": "-1"}],
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table"},
            {"id": "2", "sourceId": "table", "targetId": "out"},
        ],
    }


def _zen_cell(condition: Condition) -> str:
    if condition.operator is Operator.BETWEEN:
        return f">= {condition.low}"
    return ",".join(json.dumps(value, ensure_ascii=False) for value in condition.values)


def _resident_mb() -> float | None:
    """Memory of this process; None where the system does not say."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return None
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _in_a_process(engine: str, name: str, rules: int, records: int) -> Measured:
    command = [sys.executable, "-m", "bench.rules", "--measure", engine]
    command += ["--workloads", name, "--sizes", str(rules), "--records", str(records)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{ENGINES[engine]} failed:\n{done.stderr.decode()}")
    return Measured(**json.loads(done.stdout))


def run(names: Sequence[str], sizes: Sequence[int], records: int) -> list[Measured]:
    """Measure everything, one process after the other, with a line of progress for each."""
    todo = [
        (engine, name, rules)
        for name in names
        for rules in sizes
        for engine in [*ENGINES, *[each for each in ENGINES if each != "reference"] * (ROUNDS - 1)]
    ]
    best: dict[tuple[str, int, str], Measured] = {}
    for at, (engine, name, rules) in enumerate(todo, 1):
        print(f"[{at}/{len(todo)}] {name}, {rules} rules: {ENGINES[engine]}", file=sys.stderr, flush=True)
        found = _in_a_process(engine, name, rules, records)
        before = best.setdefault((name, rules, engine), found)
        if found.median_us < before.median_us:
            best[name, rules, engine] = found
    return list(best.values())


def report(found: Sequence[Measured]) -> dict[str, Any]:
    """All figures as plain data: `equal` says whether an engine answered like the reference evaluator, and
    `of_zen` is the live path's median as a share of zen-engine's."""
    by_key = {(each.workload, each.rules, each.engine): each for each in found}
    results = []
    for each in found:
        reference = by_key[each.workload, each.rules, "reference"]
        figures = asdict(each)
        compared = min(len(figures.pop("answers")), len(reference.answers))
        results.append({**figures, "compared": compared, "equal": each.answers == reference.answers})
    live = [each for each in found if each.engine == "live"]
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "bar_us": BAR_US,
        "within_bar": all(each.median_us <= BAR_US for each in live),
        "all_equal": all(each["equal"] for each in results),
        "of_zen": {
            f"{each.workload}-{each.rules}": round(
                each.median_us / by_key[each.workload, each.rules, "zen"].median_us, 2
            )
            for each in live
        },
        "results": results,
    }


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{'workload':9} {'rules':>6} {'engine':34} {'median us':>9} {'p95 us':>9} {'build s':>8} {'MB':>7}"
    ]
    for each in figures["results"]:
        memory = "-" if each["rss_mb"] is None else f"{each['rss_mb']:.1f}"
        mark = "" if each["equal"] else "  ANSWERS DIFFER"
        lines.append(
            f"{each['workload']:9} {each['rules']:>6} {ENGINES[each['engine']]:34} {each['median_us']:>9.2f} "
            f"{each['p95_us']:>9.2f} {each['build_s']:>8.3f} {memory:>7}{mark}"
        )
    shares = ", ".join(f"{key} {share:.2f}" for key, share in figures["of_zen"].items())
    lines.append(f"live path as a share of zen-engine: {shares}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all answers are equal, else 1."""
    parser = argparse.ArgumentParser(prog="bench.rules", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--sizes", default="10,500,5000", help="numbers of rules")
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="broad, narrow or both")
    parser.add_argument("--records", type=int, default=2000, help="complaints to decide on")
    parser.add_argument("--measure", choices=sorted(ENGINES), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    names, sizes = options.workloads.split(","), [int(size) for size in options.sizes.split(",")]
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, names[0], sizes[0], options.records))))
        return 0
    figures = report(run(names, sizes, options.records))
    print(json.dumps(figures) if options.json else _table(figures))
    return 0 if figures["all_equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
