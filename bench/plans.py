"""How long a query that was never seen takes to become a plan, and what a thousand plans weigh.

    python -m bench.plans [--json] [--rounds 21]

Each operation is parsed, measured against the limits, validated, counted and compiled, as a server does with
a text that is new to it: `cold` where no plan has had any of its statements yet (those of relations are
compiled when a server starts, but for their columns), `warm` where others have had them all. What is
compiled only when the first variables come counts too: it is what the first answer takes longer than the
second, over a small register on SQLite. Times are the processor's, as nothing is waited for. Medians over the
rounds have to stay within the bar. The weight is what the process grows by.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from sqlalchemy import Dialect

from bench.graphql import city
from bench.graphql.operations import PAGE, operations
from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from cli.serve import GC_THRESHOLDS
from db.database import Database
from resolvers.context import Context
from resolvers.plan.plan import Plan
from resolvers.plan.planner import Plans, compile_relations
from schema.schema import schema
from server.graphql.document import Document, Documents, Unacceptable
from server.settings import Settings
from wording.catalogue import Language

BAR_MS = 5.0
"""Milliseconds from a text never seen to its plan."""
BAR_MB = 100.0
"""Megabytes that PLANS plans may weigh, with their documents."""
PLANS = 1_000
DISPUTES = 100
"""So many that every statement of a plan finds rows, and so few that an answer costs little."""

DEEP = """query Deep($n: Int!) {
  disputes(first: $n) { nodes {
    number region { code parent { code name } } leadDepartment { code name region { name } }
    decision { rule { id title legalBasis { title } } explanation facts { field words number }
      policyVersion { number rules(first: 5) { id conditions { field values } outcome { flags } } } }
    assignments { role department { name } } parties { role name phone }
    conferences { topic conference { name members { name } } rule { title }
      participants { role department { name functions { code } } } resolution { text } }
    events(first: 10) { sequence type details { name value } }
  } pageInfo { endCursor } totalCount }
}"""
SMALL = "query Small($id: ID!) { dispute(id: $id) { id status } }"


@dataclass(frozen=True, slots=True)
class Case:
    """An operation with variables that it takes."""

    document: str
    variables: Mapping[str, Any]


def named_cases() -> dict[str, Case]:
    """The operations that are told by name: those of `bench.graphql`, a small one and a deep one."""
    asked = operations(DISPUTES)
    found = {each.label: Case(each.document, each.variables[0]) for each in asked}
    return {**found, "small": Case(SMALL, asked[0].variables[0]), "deep": Case(DEEP, {"n": PAGE})}


def generated_cases(count: int) -> list[Case]:
    """So many operations, no two of which select the same; the same ones every time."""
    random = Random(7)
    found: dict[str, Case] = {}
    types = schema._schema.type_map
    documents = Documents(schema, Settings(graphql_cache_characters=0))
    one = named_cases()["small"].variables
    while len(found) < count:
        inside = " ".join(_selected(random, types["Dispute"], 3))
        page = random.random() < 0.5
        if page:
            text = f"query($n: Int!) {{ disputes(first: $n) {{ nodes {{ {inside} }} }} }}"
        else:
            text = f"query($id: ID!) {{ dispute(id: $id) {{ {inside} }} }}"
        try:
            documents.read(text)
        except Unacceptable:
            continue  # dearer than the limits allow
        found[text] = Case(text, {"n": PAGE} if page else one)
    return list(found.values())


def _selected(random: Random, type_: Any, levels: int) -> Iterator[str]:
    assert isinstance(type_, GraphQLObjectType)
    free = [
        (name, get_named_type(field.type))
        for name, field in type_.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    ]
    leaves = [name for name, kind in free if is_leaf_type(kind)]
    yield from random.sample(leaves, random.randint(1, len(leaves)))
    objects = [(name, kind) for name, kind in free if isinstance(kind, GraphQLObjectType)]
    if levels and objects:
        for name, kind in random.sample(objects, random.randint(0, min(3, len(objects)))):
            yield f"{name} {{ {' '.join(_selected(random, kind, levels - 1))} }}"


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: to read the text, to compile its plan, and what else the first answer compiles."""

    read: float
    plan: float
    first: float

    @property
    def whole(self) -> float:
        """From the text to the plan."""
        return self.read + self.plan + self.first


class Planner:
    """What a server has to make plans with, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.settings = Settings(graphql_cache_characters=16_777_216)

    async def time(self, case: Case) -> Times:
        """How long this operation takes, if it was never seen."""
        begun = process_time()
        document = Documents(schema, self.settings).read(case.document)
        read = process_time()
        plan = self.plan(document, case)
        planned = process_time()
        await self.answer(plan, case)
        answered = process_time()
        await self.answer(plan, case)
        again = process_time() - answered
        first = max(answered - planned - again, 0.0)
        return Times((read - begun) * 1000, (planned - read) * 1000, first * 1000)

    def plan(self, document: Document, case: Case) -> Plan:
        """The plan of a document's operation, which has to have one."""
        operation = document.operation(None)
        plans = Plans(schema, document.node, operation.node, self.desk.database.dialect)
        plan = plans.plan(case.variables)
        if plan is None:
            raise SystemExit(f"without a plan: {case.document}")
        return plan

    async def answer(self, plan: Plan, case: Case) -> None:
        """Answer one request."""
        await plan.answer(Context(self.desk, DEMO_ADMINISTRATOR, Language.ZH), case.variables)

    async def weigh(self, cases: Sequence[Case]) -> float:
        """Megabytes that the process grows by, as it keeps the plans of these operations."""
        documents = Documents(schema, self.settings)
        gc.collect()
        before = _resident_bytes()
        kept = []
        for case in cases:
            plan = self.plan(documents.read(case.document), case)
            await self.answer(plan, case)
            kept.append(plan)
        gc.collect()
        return (_resident_bytes() - before) / 2**20


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def start_afresh(dialect: Dialect) -> None:
    """Let go of every statement that plans have compiled, but for those that a server compiles when it
    starts."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("resolvers.plan.", "resolvers.connection")):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()
    compile_relations(schema, dialect)


def run(rounds: int) -> dict[str, Any]:
    """All figures as plain data."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'small.db')}"
        city.load(url, DISPUTES)
        return asyncio.run(_measure(url, rounds))


async def _measure(url: str, rounds: int) -> dict[str, Any]:
    desk = Desk(Database.open(url))
    try:
        return await _figures(Planner(desk), rounds)
    finally:
        await desk.close()


async def _figures(planner: Planner, rounds: int) -> dict[str, Any]:
    named, generated = named_cases(), generated_cases(PLANS)
    dialect = planner.desk.database.dialect
    for case in named.values():
        await planner.time(case)
    start_afresh(dialect)
    megabytes = await planner.weigh(generated)
    # As a server does when it starts.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    cases = {}
    for name, case in named.items():
        print(name, file=sys.stderr)
        cold = []
        for _ in range(rounds):
            start_afresh(dialect)
            cold.append(await planner.time(case))
        warm = [await planner.time(case) for _ in range(rounds)]
        cases[name] = {"cold": _told(cold), "warm": _told(warm)}
    print(f"{len(generated):,} generated operations", file=sys.stderr)
    start_afresh(dialect)
    # Like a server whose front ends send one new query after another.
    others = _told([await planner.time(case) for case in generated])
    medians = [each[state]["median_ms"] for each in cases.values() for state in ("cold", "warm")]
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "bar_ms": BAR_MS,
        "bar_mb": BAR_MB,
        "cases": cases,
        "generated": {"operations": len(generated), **others},
        "worst_median_ms": max(medians),
        "plans": PLANS,
        "plans_mb": round(megabytes, 1),
        "within_bar": max(cases[name]["cold"]["median_ms"] for name in ("Q1", "Q2", "Q3")) <= BAR_MS
        and others["median_ms"] <= BAR_MS
        and megabytes <= BAR_MB,
    }


def _told(times: Sequence[Times]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(each.whole for each in times), 2),
        "worst_ms": round(max(each.whole for each in times), 2),
        "read_ms": round(statistics.median(each.read for each in times), 2),
        "plan_ms": round(statistics.median(each.plan for each in times), 2),
        "first_ms": round(statistics.median(each.first for each in times), 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all is within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.plans", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--rounds", type=int, default=21, help="how often each operation is compiled")
    options = parser.parse_args(arguments)
    figures = run(options.rounds)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print(_table(figures))
    return 0 if figures["within_bar"] else 1


def _table(figures: Mapping[str, Any]) -> str:
    rows = {
        **{
            f"{name}, {state}": times
            for name, states in figures["cases"].items()
            for state, times in states.items()
        },
        f"{figures['generated']['operations']:,} others": figures["generated"],
    }
    columns = ("median_ms", "worst_ms", "read_ms", "plan_ms", "first_ms")
    lines = [" " * 16 + "".join(f"{name:>11}" for name in columns)]
    lines += [f"{name:16}" + "".join(f"{row[at]:11.2f}" for at in columns) for name, row in rows.items()]
    lines.append(f"{figures['plans']:,} plans: {figures['plans_mb']} MB (bar {figures['bar_mb']:.0f})")
    lines.append("within the bars" if figures["within_bar"] else "MISSED")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
