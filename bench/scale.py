"""Whether a request costs the same in a large register as in a small one, and a long page what its rows cost.

    python -m bench.scale [--json] [--disputes 100000,1000000] [--rounds 7] [--requests 200]

A PostgreSQL server is started from the test extra (LIANXI_BENCH_POSTGRES_URL names another one) and filled
with one register for each size; a million disputes take some minutes and some 4 GB. The three operations of
`bench.graphql` are then answered through their plans in this process, the registers taking turns in every
round. Two registers are compared by what an operation took in the same round; the median of these ratios has
to stay within the bar. Pages of 50, 500 and 5,000 alike disputes are compared by the time for one dispute.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import platform
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from time import perf_counter
from typing import Any

from graphql import OperationDefinitionNode, parse
from sqlalchemy import URL

from bench.graphql import city
from bench.graphql.database import (
    ADDRESS_VARIABLE,
    SETTINGS,
    SPACE_A_DISPUTE,
    new_database,
    server_process,
)
from bench.graphql.operations import Operation, operations
from bench.graphql.processes import cpu_seconds
from bench.postgres import PostgresMissingError, postgres_server
from casework.actor import Actor
from casework.desk import Desk
from db.database import Database
from resolvers.context import Context
from resolvers.plan.planner import Plans
from schema.schema import schema
from wording.catalogue import Language

SIZE_BAR = 1.3
"""How much dearer a request may be in the largest register than in the smallest."""
PAGE_BAR = 1.2
"""How much dearer a dispute may be on a long page than on the shortest."""
PAGES = (50, 500, 5_000)
ALIKE = 4 * PAGES[-1] + 4_000
"""Disputes in the register of the pages: a quarter of them is alike, and fills the longest."""
GC_THRESHOLDS = (50_000, 20, 100)
"""When the collector of circles comes, as in a server."""
EXPORTER = Actor.of("bench", "exporter")
"""Whoever may ask for the longest pages."""


@dataclass
class Asked:
    """One operation on one register, with the milliseconds of its requests, round by round."""

    operation: Operation
    desk: Desk
    rounds: list[list[float]] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    """Milliseconds of the database's processor for a request, round by round."""

    def __post_init__(self) -> None:
        document = parse(self.operation.document)
        (definition,) = document.definitions
        assert isinstance(definition, OperationDefinitionNode)
        self.plans = Plans(schema, document, definition, self.desk.database.dialect)

    async def answer(self, variables: Mapping[str, Any]) -> int:
        """Answer one request; the length of the answer, without which it would mean nothing."""
        plan = self.plans.plan(variables)
        if plan is None:
            raise SystemExit(f"{self.operation.label} has no plan")
        answer = await plan.answer(Context(self.desk, EXPORTER, Language.ZH), variables)
        return len(answer.data)

    async def warm_up(self) -> None:
        """Answer every request once, so that what it reads is in memory."""
        for variables in self.operation.variables:
            await self.answer(variables)

    async def round(self, requests: int, database: int | None) -> None:
        """Answer so many requests, one after the other. `database` is the process of PostgreSQL."""
        took = []
        used = cpu_seconds(database) if database else 0.0
        for at in range(requests):
            variables = self.operation.variables[at % len(self.operation.variables)]
            begun = perf_counter()
            await self.answer(variables)
            took.append((perf_counter() - begun) * 1000)
        if database:
            self.database_ms.append((cpu_seconds(database) - used) * 1000 / requests)
        self.rounds.append(took)

    def medians(self) -> list[float]:
        """The median milliseconds of each round."""
        return [statistics.median(took) for took in self.rounds]

    def told(self) -> dict[str, Any]:
        """Its figures."""
        every = sorted(took for each in self.rounds for took in each)
        return {
            "median_ms": round(statistics.median(every), 3),
            "p95_ms": round(every[int(len(every) * 0.95)], 3),
            "database_cpu_ms": round(statistics.median(self.database_ms), 3) if self.database_ms else None,
        }


def ratio(asked: Asked, other: Asked, times: float = 1.0) -> float:
    """How much dearer one is than `times` the other: the median over rounds that they had together."""
    pairs = zip(asked.medians(), other.medians(), strict=True)
    return round(statistics.median(mine / theirs / times for mine, theirs in pairs), 3)


def run(sizes: Sequence[int], rounds: int, requests: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    space = (sum(sizes) + ALIKE) * SPACE_A_DISPUTE + (2 << 30)
    try:
        with postgres_server(ADDRESS_VARIABLE, *SETTINGS, space=space) as server, ExitStack() as databases:
            registers = {size: databases.enter_context(_register(server, size)) for size in sizes}
            alike = databases.enter_context(_register(server, ALIKE, conferring=ALIKE))
            return asyncio.run(_measure(registers, alike, rounds, requests, server_process(server)))
    except PostgresMissingError as missing:
        raise SystemExit(str(missing)) from None


@contextmanager
def _register(server: URL, disputes: int, conferring: int = city.CONFERRING) -> Iterator[URL]:
    """A new database with so many disputes."""
    with new_database(server) as database:
        url = database.render_as_string(hide_password=False)
        city.load(
            url,
            disputes,
            lambda done, total: _tell(f"{done:,} of {total:,} disputes"),
            conferring=conferring,
        )
        yield database


async def _measure(
    registers: Mapping[int, URL], alike: URL, rounds: int, requests: int, database: int | None
) -> dict[str, Any]:
    desks = {size: _desk(url) for size, url in registers.items()}
    desk = _desk(alike)
    try:
        by_size = {
            operation.label: {size: Asked(operations(size)[at], desks[size]) for size in registers}
            for at, operation in enumerate(operations(1))
        }
        (page_of,) = (each for each in operations(ALIKE) if each.label == "Q2")
        pages = {size: Asked(_page(page_of, size), desk) for size in PAGES}
        await _take_turns(by_size, pages, rounds, requests, database)
    finally:
        for each in (*desks.values(), desk):
            await each.close()
    return _figures(by_size, pages, rounds, requests)


def _desk(url: URL) -> Desk:
    return Desk(Database.open(url.render_as_string(hide_password=False)))


def _page(operation: Operation, size: int) -> Operation:
    variables = [{**each, "first": size} for each in operation.variables]
    return replace(operation, label=f"page of {size:,}", variables=variables)


async def _take_turns(
    by_size: Mapping[str, Mapping[int, Asked]],
    pages: Mapping[int, Asked],
    rounds: int,
    requests: int,
    database: int | None,
) -> None:
    """Warm everything up, then let the registers, and the pages, take turns."""
    for each in chain(*(asked.values() for asked in by_size.values()), pages.values()):
        await each.warm_up()
    # As a server does when it starts.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    for turn in range(1, rounds + 1):
        _tell(f"round {turn} of {rounds}")
        for asked in by_size.values():
            for each in asked.values():
                await each.round(requests, database)
        for size, each in pages.items():
            await each.round(max(requests * PAGES[0] // size, 3), database)


def _figures(
    by_size: Mapping[str, Mapping[int, Asked]], pages: Mapping[int, Asked], rounds: int, requests: int
) -> dict[str, Any]:
    found = {}
    for label, asked in by_size.items():
        smallest, largest = asked[min(asked)], asked[max(asked)]
        grown = ratio(largest, smallest)
        registers = {str(size): each.told() for size, each in asked.items()}
        found[label] = {"registers": registers, "ratio": grown, "within_bar": grown <= SIZE_BAR}
    shortest = pages[PAGES[0]]
    lengths = {}
    for size, each in pages.items():
        told = each.told()
        grown = ratio(each, shortest, size / PAGES[0])
        us = round(told["median_ms"] * 1000 / size, 2)
        lengths[str(size)] = {**told, "us_a_dispute": us, "ratio": grown, "within_bar": grown <= PAGE_BAR}
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "requests": requests,
        "size_bar": SIZE_BAR,
        "page_bar": PAGE_BAR,
        "operations": found,
        "pages": lengths,
        "within_bar": all(each["within_bar"] for each in (*found.values(), *lengths.values())),
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all is within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--disputes", default="100000,1000000", help="sizes, with commas between")
    parser.add_argument("--rounds", type=int, default=7, help="how often the registers take turns")
    parser.add_argument("--requests", type=int, default=200, help="of each operation in each round")
    options = parser.parse_args(arguments)
    sizes = [int(size) for size in options.disputes.split(",")]
    figures = run(sizes, options.rounds, options.requests)
    print(json.dumps(figures, ensure_ascii=False) if options.json else _table(figures))
    return 0 if figures["within_bar"] else 1


def _table(figures: Mapping[str, Any]) -> str:
    lines = [f"{'':28}{'median ms':>12}{'p95 ms':>10}{'database':>10}{'ratio':>8}"]
    for label, each in figures["operations"].items():
        for size, told in each["registers"].items():
            lines.append(_row(f"{label}, {int(size):,} disputes", told))
        lines[-1] += f"{each['ratio']:8.2f}{'' if each['within_bar'] else '  MISSED'}"
    for size, told in figures["pages"].items():
        row = _row(f"page of {int(size):,}, {told['us_a_dispute']:.1f} µs each", told)
        lines.append(f"{row}{told['ratio']:8.2f}{'' if told['within_bar'] else '  MISSED'}")
    return "\n".join(lines)


def _row(name: str, told: Mapping[str, Any]) -> str:
    database = "-" if told["database_cpu_ms"] is None else f"{told['database_cpu_ms']:.2f}"
    return f"{name:28}{told['median_ms']:12.2f}{told['p95_ms']:10.2f}{database:>10}"


if __name__ == "__main__":
    sys.exit(main())
