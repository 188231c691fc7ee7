"""How long it takes to try a draft on a million stored disputes.

    python -m bench.simulation [--json] [--disputes 1000000] [--rules 59,500,5000] [--database both]

A SQLite file and a PostgreSQL server from the test extra (LIANXI_BENCH_POSTGRES_URL names another one) are
filled with disputes that the shipped municipal policy has decided; a million takes ten minutes and 6 GB. Each
draft is then tried on all of them: the municipal policy with some rows changed, and made-up tables over the
same facts. A sample is compared with the router's decisions about the same facts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from bench import decided_city
from bench.graphql.database import ADDRESS_VARIABLE, SETTINGS, new_database
from bench.postgres import PostgresMissingError, postgres_server, quick_place
from casework.desk import Desk
from casework.simulation.asking import BEFORE_ALL, Asking, Simulator
from casework.simulation.run import simulate
from casework.simulation.singly import single, single_query, singles
from db.database import Database
from rules.model import Condition, FieldKind, Operator, Outcome, Policy, Rule, RuleKind
from rules.pack import load_pack
from rules.simulation import answer_of

BAR_S = 20.0
SPACE_A_DISPUTE = 6_000
"""Bytes that a database's files take for each dispute, with what is written ahead of them."""
SAMPLE = 500
DATABASES = ("sqlite", "postgresql")
FUNCTIONS = ("ecology", "urban_management", "agriculture", "transport", "water", "housing_construction")
_SEED = 3
_WORDS = ("sector", "premises", "road", "source", "channel")
_SETS = ("activity", "place", "pollutant", "signs")
_CHANNELS = ("hotline", "web", "letter", "wechat", "visit")


def draft(rules: int) -> Policy:
    """The municipal policy, every tenth base row leading elsewhere; with more than its own base rows a
    made-up table of so many, and its overlays."""
    policy = load_pack(decided_city.POLICY)
    base, overlays = policy.base_rules(), policy.overlay_rules()
    if rules > len(base):
        made = _Table(policy)
        return replace(policy, rules=(*(made.row(at) for at in range(rules)), *overlays))
    moved = tuple(
        replace(rule, outcome=replace(rule.outcome, lead="ecology")) if at % 10 == 0 else rule
        for at, rule in enumerate(base)
    )
    return replace(policy, rules=(*moved, *overlays))


class _Table:
    """Rows of two to four conditions: of ten six are equalities, two are lists, one is a threshold and one a
    flag; the first is on the sector or the premises."""

    def __init__(self, policy: Policy) -> None:
        self._random = Random(_SEED)
        self._values = {each.name: each.values for each in policy.fields if each.values}
        self._values["channel"] = _CHANNELS
        self._numbers = [each.name for each in policy.fields if each.kind is FieldKind.NUMBER]

    def row(self, at: int) -> Rule:
        """The row of a position."""
        first = self._equal(self._random.choice(("sector", "premises")))
        conditions = {first.field: first}
        for _ in range(self._random.randint(1, 3)):
            condition = self._condition()
            conditions.setdefault(condition.field, condition)
        outcome = Outcome(lead=self._random.choice(FUNCTIONS))
        return Rule(f"row-{at}", RuleKind.BASE, at, "行", "row", tuple(conditions.values()), outcome)

    def _condition(self) -> Condition:
        kind = self._random.random()
        if kind < 0.6:
            return self._equal(self._random.choice(_WORDS))
        if kind < 0.8:
            name = self._random.choice(_SETS)
            return Condition(name, Operator.ANY_OF, self._some(name))
        if kind < 0.9:
            return Condition("severity", Operator.BETWEEN, low=self._random.randint(2, 5))
        return Condition("flags", Operator.ANY_OF, (self._random.choice(self._values["flags"]),))

    def _equal(self, name: str) -> Condition:
        return Condition(name, Operator.EQUALS, (self._random.choice(self._values[name]),))

    def _some(self, name: str) -> tuple[str, ...]:
        words = self._values[name]
        return tuple(self._random.sample(words, min(len(words), self._random.randint(2, 4))))


def run(databases: Sequence[str], disputes: int, sizes: Sequence[int]) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    results = []
    for name in databases:
        with ExitStack() as stack:
            url = stack.enter_context(_filled(name, disputes))
            for rules in sizes:
                results.append({"database": name, **asyncio.run(_measure(url, draft(rules)))})
                _tell(json.dumps(results[-1]))
    within = disputes >= 1_000_000
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "disputes": disputes,
        "bar_s": BAR_S,
        "results": results,
        "all_equal": all(each["equal"] for each in results),
        "within_bar": all(each["seconds"] <= BAR_S for each in results) if within else None,
    }


@contextmanager
def _filled(name: str, disputes: int) -> Iterator[str]:
    space = disputes * SPACE_A_DISPUTE + (1 << 30)
    with ExitStack() as stack:
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=quick_place(space)))
            url = f"sqlite:///{Path(folder) / 'register.db'}"
        else:
            try:
                server = stack.enter_context(postgres_server(ADDRESS_VARIABLE, *SETTINGS, space=space))
            except PostgresMissingError as missing:
                raise SystemExit(str(missing)) from None
            url = stack.enter_context(new_database(server)).render_as_string(hide_password=False)
        decided_city.load(url, disputes, _loaded)
        yield url


async def _measure(url: str, policy: Policy) -> dict[str, Any]:
    desk = Desk(Database.open(url))
    begun = perf_counter()
    simulator = await asyncio.to_thread(Simulator, policy, desk.database.dialect)
    await asyncio.to_thread(simulator.statement.query, ())
    built = perf_counter()
    try:
        used = process_time()
        found = await simulate(desk, simulator)
        done, used = perf_counter(), process_time() - used
        return {
            "rules": len(policy.rules),
            "build_s": round(built - begun, 3),
            "seconds": round(done - built, 2),
            "processor_s": round(used, 2),
            "compared": found.comparison.compared,
            "moved": found.comparison.moved,
            "changed": found.comparison.changed,
            "equal": await _agrees(desk, simulator, found.stretches[0].last),
        }
    finally:
        await desk.close()


async def _agrees(desk: Desk, simulator: Simulator, last: UUID) -> bool:
    """Whether the router decides alike about some of the first disputes."""
    met = await Asking(desk.database, simulator, {}, reread=False).ask(BEFORE_ALL, last)
    answers = {key: each.after for each in met for key in each.disputes.split(",")}
    query = single_query((), desk.database.dialect)
    rows = await desk.database.fetch(lambda: singles(query, {}, BEFORE_ALL, last), slow=True)
    sample = [single(row) for row in rows[:: max(1, len(rows) // SAMPLE)]]
    router = simulator.router
    return all(
        answers[each.dispute] == answer_of(each.routing(router, reread=False).decision) for each in sample
    )


def _loaded(done: int, total: int) -> None:
    if done % 100_000 == 0 or done == total:
        _tell(f"{done:,} of {total:,} disputes")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _table(figures: Mapping[str, Any]) -> str:
    lines = [f"{'database':12}{'rules':>8}{'build s':>10}{'seconds':>10}{'compared':>12}{'moved':>12}"]
    for each in figures["results"]:
        mark = "" if each["equal"] else "  ANSWERS DIFFER"
        lines.append(
            f"{each['database']:12}{each['rules']:8}{each['build_s']:10.2f}{each['seconds']:10.2f}"
            f"{each['compared']:12,}{each['moved']:12,}{mark}"
        )
    if figures["within_bar"] is not None:
        lines.append(f"bar {BAR_S:.0f} s: {'reached' if figures['within_bar'] else 'MISSED'}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when answers are equal and the bar is reached, else 1."""
    parser = argparse.ArgumentParser(prog="bench.simulation", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--disputes", type=int, default=1_000_000, help="how many are stored")
    parser.add_argument("--rules", default="59,500,5000", help="numbers of base rows, with commas between")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    options = parser.parse_args(arguments)
    databases = DATABASES if options.database == "both" else (options.database,)
    figures = run(databases, options.disputes, [int(size) for size in options.rules.split(",")])
    print(json.dumps(figures, ensure_ascii=False) if options.json else _table(figures))
    return 0 if figures["all_equal"] and figures["within_bar"] is not False else 1


if __name__ == "__main__":
    sys.exit(main())
