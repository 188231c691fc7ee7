"""How long it takes to make stored decisions again, all of them equal.

    python -m bench.replay [--json] [--decisions 100000]

The sample complaints, in every town, at every severity, are decided by the shipped policy and
stored on SQLite in a temporary folder and on PostgreSQL (from the test extra, or the one that
LIANXI_BENCH_POSTGRES_URL names). Only the replay is measured: reading what is stored, deciding,
and comparing decision and trace.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, cycle, islice, product
from time import perf_counter, process_time
from typing import Any

import orjson
from sqlalchemy import Row, insert, select

from bench.both import on_both
from casework.civil import civil_day
from casework.demo import COMPLAINTS, DEMO_ACTOR, load_city
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from casework.policy import version_of
from casework.replay import replay_all
from casework.routing import stored_routing
from db.database import Database
from db.migrate import upgrade
from db.tables.base import new_key
from db.tables.dispute import Decision
from db.tables.region import Region
from rules.model import DAY_FIELD, REGION_FIELD, FactValue
from rules.router import Router

BAR_SECONDS = 60.0
BAR_DECISIONS = 100_000
"""So many decisions within so many seconds, and all of them equal."""
TOGETHER = 2_000
"""Decisions that are stored in one statement."""


def run(decisions: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit where there is no PostgreSQL."""
    found = on_both(lambda url: measure(url, decisions))
    return figures(found, decisions)


def figures(found: Mapping[str, Mapping[str, Any]], decisions: int) -> dict[str, Any]:
    """What was measured on each database, held to the bar for so many decisions."""
    bar = BAR_SECONDS * decisions / BAR_DECISIONS
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "decisions": decisions,
        "bar_seconds": bar,
        "databases": found,
        "within_bar": all(
            each["equal"] == each["total"] == decisions and each["seconds"] <= bar for each in found.values()
        ),
    }


async def measure(url: str, decisions: int) -> dict[str, Any]:
    """Store so many decisions in an empty database, and make them again."""
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
        await _store(desk, decisions)
        begun, worked = perf_counter(), process_time()
        again = await replay_all(desk, progress=lambda done: _tell(done, decisions))
        seconds, worked = perf_counter() - begun, process_time() - worked
    finally:
        await desk.close()
    return {
        "total": again.total,
        "equal": again.equal,
        "seconds": round(seconds, 2),
        "processor_seconds": round(worked, 2),
        "us_a_decision": round(seconds / again.total * 1e6, 1),
    }


async def _store(desk: Desk, decisions: int) -> None:
    """So many decisions of one dispute, each of another complaint, town or severity."""
    async with desk.database.read() as connection:
        towns = list(await connection.scalars(select(Region.code).where(Region.level == "town")))
    request = SubmitDispute("楼下烧烤店油烟熏人", towns[0], "web")
    assert (await submit_dispute(desk, DEMO_ACTOR, request)).value is not None
    async with desk.database.read() as connection:
        first = (await connection.execute(select(Decision.__table__))).one()
        version = await version_of(connection, first.policy_version_id)
    router = await desk.policies.router(desk.database, version)
    rows = _rows(router, first, towns, civil_day(desk.clock()).toordinal())
    left = decisions - 1
    while left > 0:
        some = list(islice(rows, min(left, TOGETHER)))
        async with desk.database.write() as connection:
            await connection.execute(insert(Decision), some)
        left -= len(some)


def _rows(router: Router, first: Row[Any], towns: Sequence[str], day: int) -> Iterator[dict[str, Any]]:
    texts = [orjson.loads(line)["text"] for line in COMPLAINTS.read_bytes().splitlines()]
    cases = cycle(product(towns, range(1, 6), texts))
    for sequence, (town, severity, text) in zip(count(2), cases, strict=False):
        region = frozenset({town, town[:6], first.city})
        context: dict[str, FactValue] = {REGION_FIELD: region, DAY_FIELD: day, "severity": severity}
        routing = router.route_text(text, context)
        yield {
            **first._mapping,
            "id": new_key(),
            "sequence": sequence,
            **stored_routing(routing),
        }


def _tell(done: int, total: int) -> None:
    if not done % 10_000:
        print(f"{done:,} of {total:,} decisions", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all are equal within the bar on both databases, else 1."""
    parser = argparse.ArgumentParser(prog="bench.replay", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--decisions", type=int, default=BAR_DECISIONS, help="how many are stored")
    options = parser.parse_args(arguments)
    measured = run(options.decisions)
    if options.json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        for name, found in measured["databases"].items():
            print(
                f"{name:10} {found['equal']:,} of {found['total']:,} equal, "
                f"{found['seconds']:.1f} s ({found['processor_seconds']:.1f} s of the processor), "
                f"{found['us_a_decision']:.0f} us each"
            )
        print(
            f"bar        all equal, {measured['bar_seconds']:g} s"
            f"{'' if measured['within_bar'] else '  MISSED'}"
        )
    return 0 if measured["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
