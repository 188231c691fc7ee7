"""How long the analysis of a policy takes, and whether it says just what is true.

    python -m bench.analysis [--json] [--sizes 5000,50000] [--tables 2000]

The workloads are those of the other benches of rules, once with a single outcome for all rows and once with
three, plus a table that is made to be hard: a third of its conditions negated, sets of words, thousands of
different ranges, everything overlapping. Each figure comes from a process of its own, and seconds are the
processor's. Random small tables are analysed too and compared with what trying all facts shows. The exit
status is 1 when a bar is missed: the seconds for each size, within which an analysis has to end or to name
what it left open, and no false or missed finding.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from random import Random
from time import process_time
from typing import Any

from bench.brute_force import claims, tables, truth, with_overlays
from bench.workload import WORKLOADS, workload
from rules.analysis.analyse import base_findings
from rules.analysis.examine import examine
from rules.analysis.findings import FindingKind
from rules.analysis.overlays import overlay_findings
from rules.lexicon import Lexicon
from rules.model import Condition, FactField, FieldKind, Operator, Outcome, Policy, Rule, RuleKind

BARS_S = {5_000: 5.0, 50_000: 60.0}
"""Seconds that an analysis of so many rows may take."""
_LEADS = ("ecology", "water", "port")
_SEED = 5
_ON = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Measured:
    """One analysis. `left_open` counts rows by the limit that they met."""

    table: str
    rows: int
    seconds: float
    rss_mb: float
    findings: dict[str, int]
    left_open: dict[str, int]


def table(name: str, rows: int) -> Policy:
    """A workload of that size; `mixed` ones have three outcomes and ten rows of each priority."""
    if name == "hard":
        return _hard(rows)
    made = workload(name.removesuffix(", mixed"), rows, 0).policy
    if not name.endswith(", mixed"):
        return made
    random = Random(_SEED)
    mixed = [
        replace(rule, priority=at // 10, outcome=Outcome(lead=random.choice(_LEADS)))
        for at, rule in enumerate(made.rules)
    ]
    return replace(made, rules=tuple(mixed))


TABLES = (*WORKLOADS, *(f"{name}, mixed" for name in WORKLOADS), "hard")

_CHOICES = {f"choice{at}": [f"w{word}" for word in range(40)] for at in range(4)}
_SETS = {f"set{at}": [f"x{word}" for word in range(30)] for at in range(2)}
_NUMBERS = ("number0", "number1")
_FLAGS = tuple(f"flag{at}" for at in range(6))


def _hard(rows: int) -> Policy:
    random = Random(_SEED)
    names: dict[FieldKind, Sequence[str]] = {
        FieldKind.CHOICE: list(_CHOICES),
        FieldKind.CHOICES: list(_SETS),
        FieldKind.NUMBER: _NUMBERS,
        FieldKind.FLAG: _FLAGS,
    }
    fields = tuple(FactField(name, kind, name, name) for kind in names for name in names[kind])
    rules = tuple(
        Rule(
            f"r{at}",
            RuleKind.BASE,
            at // 5,
            f"第{at}行",
            f"Row {at}",
            _hard_row(random),
            Outcome(lead=random.choice(_LEADS)),
        )
        for at in range(rows)
    )
    return Policy("hard", 1, "难", "Hard", fields, rules, Lexicon())


def _hard_row(random: Random) -> tuple[Condition, ...]:
    """Up to five conditions, each on a field of its own."""
    drawn = (_hard_condition(random) for _ in range(random.randint(1, 5)))
    return tuple({condition.field: condition for condition in drawn}.values())


def _hard_condition(random: Random) -> Condition:
    negated, kind = random.random() < 1 / 3, random.random()
    if kind < 0.35:
        name = random.choice(list(_CHOICES))
        words = tuple(random.sample(_CHOICES[name], random.randint(1, 6)))
        return Condition(name, Operator.IN, words, negated=negated)
    if kind < 0.55:
        name = random.choice(list(_SETS))
        words = tuple(random.sample(_SETS[name], random.randint(1, 4)))
        return Condition(name, random.choice((Operator.ANY_OF, Operator.ALL_OF)), words, negated=negated)
    if kind < 0.85:
        low = random.randint(0, 5000)
        high = low + random.randint(0, 3000)
        return Condition(random.choice(_NUMBERS), Operator.BETWEEN, low=low, high=high, negated=negated)
    return Condition(random.choice(_FLAGS), Operator.EQUALS, (random.random() < 0.5,), negated=negated)


def measure(name: str, rows: int) -> Measured:
    """Analyse one table in this process."""
    policy = table(name, rows)
    start = process_time()
    analysis = examine(policy, on=_ON)
    seconds = process_time() - start
    incomplete = analysis.of(FindingKind.INCOMPLETE, FindingKind.INCOMPLETE_GAP)
    return Measured(
        table=name,
        rows=rows,
        seconds=round(seconds, 2),
        rss_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        findings=dict(Counter(finding.kind.value for finding in analysis.findings)),
        left_open={f"{each.kind}: {each.limit}": len(each.rules) for each in incomplete},
    )


def compare(count: int) -> dict[str, int]:
    """Random tables against what is true of them: how many findings, false ones, and missed ones."""
    found = {"tables": 0, "findings": 0, "false": 0, "missed": 0}
    for drawn in tables(_SEED, count):
        for made in (drawn, with_overlays(drawn)):
            said, so = claims([*base_findings(made), *overlay_findings(made)]), truth(made)
            found["findings"] += len(said)
            found["false"] += len(said - so)
            found["missed"] += len(so - said)
        found["tables"] += 1
    return found


def run(sizes: Sequence[int], count: int) -> dict[str, Any]:
    """All figures, and the bars."""
    measured = [_apart(name, rows) for rows in sizes for name in TABLES]
    compared = compare(count)
    bars = [
        (f"{each.rows} rows, {each.table}", each.seconds, BARS_S[each.rows])
        for each in measured
        if each.rows in BARS_S
    ]
    bars += [(f"{entry} findings in random tables", compared[entry], 0) for entry in ("false", "missed")]
    return {
        "measured": [asdict(each) for each in measured],
        "compared": compared,
        "bars": [
            {"bar": name, "value": value, "at_most": most, "reached": value <= most}
            for name, value, most in bars
        ],
    }


def _apart(name: str, rows: int) -> Measured:
    command = [sys.executable, "-m", "bench.analysis", "--one", name, "--sizes", str(rows)]
    return Measured(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures to be read."""
    yield f"{'table':15} {'rows':>6} {'seconds':>8} {'MB':>6}  findings; rows left open"
    for each in figures["measured"]:
        found = ", ".join(f"{kind} {count}" for kind, count in each["findings"].items())
        left = ", ".join(f"{limit} {count}" for limit, count in each["left_open"].items()) or "none"
        cost = f"{each['seconds']:>8.2f} {each['rss_mb']:>6.0f}"
        yield f"{each['table']:15} {each['rows']:>6} {cost}  {found}; {left}"
    yield ""
    yield ", ".join(f"{name} {value}" for name, value in figures["compared"].items())
    for bar in figures["bars"]:
        reached = "reached" if bar["reached"] else "MISSED"
        yield f"{bar['bar']:34} {bar['value']:>8} of at most {bar['at_most']:>5}  {reached}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all bars are reached, else 1."""
    parser = argparse.ArgumentParser(prog="bench.analysis", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--sizes", default=",".join(map(str, BARS_S)), help="numbers of rows")
    parser.add_argument("--tables", type=int, default=2_000, help="random tables to compare")
    parser.add_argument("--one", choices=TABLES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.one:
        print(json.dumps(asdict(measure(options.one, sizes[0]))))
        return 0
    figures = run(sizes, options.tables)
    print(json.dumps(figures) if options.json else "\n".join(lines(figures)))
    return 0 if all(bar["reached"] for bar in figures["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
