"""How long one decision takes, from facts to verdict: this engine and its index beside zen-engine and plain
Python, and how long a million records take the index.

    python -m bench.rules [--json] [--sizes 5,50,500,5000,50000] [--workloads broad,narrow] [--records 2000]
                          [--rounds 15] [--bulk 1000000]

Every contender gets the same rows and the same facts as plain dictionaries, in a process of its own. All have
decided everything once before the first figure is taken; then they take turns, and every decision is timed by
itself. The figures are those of a contender's best turn, because other work on the machine only ever adds; a
share of another's time is the median over the rounds, each of which compares two turns of the same moment.
All answers are compared, with the reference evaluator's as far as there is time: 1 is the exit status when
one differs.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.bulk import Bulk
from bench.decisions import ROOT, Worker
from bench.workload import WORKLOADS

CONTENDERS = {
    "live": "live path (index + durable-rules)",
    "trace": "live path, decision and full trace",
    "index": "index alone",
    "zen": "zen-engine, static loader",
    "scan": "plain Python scan",
}
SIZES = "5,50,500,5000,50000"
BULK_SIZES = (5, 50, 500, 5000)
"""Numbers of rules that an ordinary table has."""

LIVE_OF_ZEN = 0.65
INDEX_OF_ZEN = 0.3
TRACE_OF_LIVE = 2.0
RESIDENT_MB, RESIDENT_RULES = 400.0, 50_000
BULK_S = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One contender on one workload. `of_zen` is its share of zen-engine's time; `resident_mb` is what its
    process grew by and `process_mb` all that it had then, None where the system does not say; `equal` says
    whether it answered like all the others, for as many of the facts as it was asked about."""

    contender: str
    workload: str
    rules: int
    median_us: float
    p95_us: float
    of_zen: float
    build_s: float
    resident_mb: float | None
    process_mb: float | None
    rulesets: int
    disagreements: int
    answered: int
    equal: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What is to be reached: `value` at most `limit`."""

    name: str
    workload: str
    rules: int
    value: float
    limit: float

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.value <= self.limit


def compare(name: str, rules: int, records: int, rounds: int) -> tuple[list[Measured], list[Bar]]:
    """All contenders on one workload of one size, and the bars that it is held to."""
    workers = {each: Worker(each, name, rules, records) for each in (*CONTENDERS, "reference")}
    truth = [worker.built.answers for worker in workers.values()]
    names = list(CONTENDERS)
    for at in range(rounds):
        first = at % len(names)
        for each in (*names[first:], *names[:first]):
            workers[each].decide()
    found = []
    for each in CONTENDERS:
        built = workers[each].built
        median, p95 = min(workers[each].passes)
        found.append(
            Measured(
                contender=each,
                workload=name,
                rules=rules,
                median_us=round(median, 2),
                p95_us=round(p95, 2),
                of_zen=_share(workers[each], workers["zen"]),
                build_s=built.build_s,
                resident_mb=built.resident_mb,
                process_mb=built.process_mb,
                rulesets=built.state.get("rulesets", 0),
                disagreements=built.state.get("disagreements", 0),
                answered=len(built.answers),
                equal=all(_agree(built.answers, others) for others in truth),
            )
        )
    bars = [
        Bar("live path, of zen-engine", name, rules, _share(workers["live"], workers["zen"]), LIVE_OF_ZEN),
        Bar("index, of zen-engine", name, rules, _share(workers["index"], workers["zen"]), INDEX_OF_ZEN),
        Bar("trace, of the live path", name, rules, _share(workers["trace"], workers["live"]), TRACE_OF_LIVE),
    ]
    grown = workers["live"].built.resident_mb
    if rules == RESIDENT_RULES and grown is not None:
        bars.append(Bar("live path, MB resident", name, rules, grown, RESIDENT_MB))
    for worker in workers.values():
        worker.close()
    return found, bars


def _agree(some: Sequence[int | None], others: Sequence[int | None]) -> bool:
    both = min(len(some), len(others))
    return some[:both] == others[:both]


def _share(worker: Worker, of: Worker) -> float:
    shares = [mine / others for (mine, _), (others, _) in zip(worker.passes, of.passes, strict=True)]
    return round(statistics.median(shares), 3)


def in_bulk(name: str, rules: int, records: int) -> tuple[Bulk, Bar]:
    """So many records by the index, in a process of their own, and the bar."""
    command = [sys.executable, "-m", "bench.bulk", name, str(rules), str(records)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    found = Bulk(**json.loads(done.stdout))
    return found, Bar(f"{records:,} records, core seconds", name, rules, found.cpu_s, BULK_S)


def run(
    names: Sequence[str],
    sizes: Sequence[int],
    records: int,
    rounds: int,
    bulk: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """All figures as plain data. `say` is told what is measured next."""
    results: list[Measured] = []
    bars: list[Bar] = []
    for name in names:
        for rules in sizes:
            say(f"{name}, {rules} rules: one decision")
            measured, held_to = compare(name, rules, records, rounds)
            results += measured
            bars += held_to
    bulks: list[Bulk] = []
    for name in names if bulk else ():
        for rules in sorted(set(sizes).intersection(BULK_SIZES)):
            say(f"{name}, {rules} rules: {bulk:,} records")
            found, bar = in_bulk(name, rules, bulk)
            bulks.append(found)
            bars.append(bar)
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "records": records,
        "rounds": rounds,
        **report(results, bulks, bars),
    }


def report(results: Sequence[Measured], bulks: Sequence[Bulk], bars: Sequence[Bar]) -> dict[str, Any]:
    """The figures, and whether all answers are equal and all bars reached."""
    return {
        "all_equal": all(each.equal for each in results) and all(each.equal for each in bulks),
        "bars_reached": all(bar.reached for bar in bars),
        "results": [asdict(each) for each in results],
        "bulk": [asdict(each) for each in bulks],
        "bars": [{**asdict(bar), "reached": bar.reached} for bar in bars],
    }


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a table to be read."""
    yield (
        f"{'workload':8} {'rules':>6}  {'':34} {'median us':>9} {'p95 us':>9} {'of zen':>7} "
        f"{'build s':>8} {'MB':>7}"
    )
    for each in figures["results"]:
        memory = "-" if each["resident_mb"] is None else f"{each['resident_mb']:.1f}"
        yield (
            f"{each['workload']:8} {each['rules']:>6}  {CONTENDERS[each['contender']]:34} "
            f"{each['median_us']:>9.2f} {each['p95_us']:>9.2f} {each['of_zen']:>7.2f} "
            f"{each['build_s']:>8.3f} {memory:>7}{'' if each['equal'] else '  ANSWERS DIFFER'}"
        )
    yield ""
    yield f"{'bar':34} {'workload':8} {'rules':>6} {'value':>8} {'at most':>8}"
    for bar in figures["bars"]:
        yield (
            f"{bar['name']:34} {bar['workload']:8} {bar['rules']:>6} {bar['value']:>8.2f} "
            f"{bar['limit']:>8.2f}  {'reached' if bar['reached'] else 'MISSED'}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all answers are equal, else 1; the bars are printed, not enforced,
    since they hold for a machine that has nothing else to do."""
    parser = argparse.ArgumentParser(prog="bench.rules", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--sizes", default=SIZES, help="numbers of rules")
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="broad, narrow or both")
    parser.add_argument("--records", type=int, default=2000, help="complaints to decide on")
    parser.add_argument("--rounds", type=int, default=15, help="turns that everybody takes")
    parser.add_argument("--bulk", type=int, default=1_000_000, help="records for the index; 0 for none")
    options = parser.parse_args(arguments)
    figures = run(
        options.workloads.split(","),
        [int(size) for size in options.sizes.split(",")],
        options.records,
        options.rounds,
        options.bulk,
        lambda what: print(what, file=sys.stderr, flush=True),
    )
    print(json.dumps(figures) if options.json else "\n".join(lines(figures)))
    return 0 if figures["all_equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
