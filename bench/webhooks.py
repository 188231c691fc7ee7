"""Whether every event reaches a webhook, in order, whatever happens on the way.

    python -m bench.webhooks [--json] [--events 10000] [--kills 8]

Disputes are submitted and go on, while worker processes deliver their events to a receiver in this process.
Of its answers 30 in 100 are failures: a busy server, a line that is cut before the event is taken, or one
that is cut after it. Again and again a worker is killed (SIGKILL) and another one started. Told are the
events that are missing, those that came before an earlier one of the same dispute, and those that came twice,
which have to come under the same id. First on a SQLite file, then on PostgreSQL (of the test extra, or the
one that LIANXI_BENCH_POSTGRES_URL names).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import select

from bench.both import on_both
from bench.receiver import BUSY, OK, Got, Receiver
from casework.actor import Actor
from casework.demo import load_city
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.webhooks.registration import RegisterWebhook, register_webhook
from casework.webhooks.schedule import Schedule
from db import outbox
from db.database import Database
from db.migrate import upgrade
from db.tables.event import Outbox
from server.webhooks.delivering import delivering

CITY, TOWN = "990100", "990102001"
TYPES = ("lianxi.dispute.*",)
LOOPBACK = (ip_network("127.0.0.0/8"),)
EACH = 20
"""Events of one dispute, about."""
WORKERS = 2
LONGEST_SECONDS = 1_200
"""After so long without the last event, what is missing is missing."""
CLERK = Actor.of("bench", "administrator")
QUICK = Schedule(first=timedelta(milliseconds=100), longest=timedelta(seconds=1), lease=timedelta(seconds=2))
"""As patient as in earnest would take days."""
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
TAKEN_AND_CUT, CUT, BUSY_SERVER = 0.07, 0.15, 0.30
"""Below each of these chances the receiver fails in that way."""


@dataclass
class Ledger:
    """What the receiver has taken, in the order in which it came."""

    chance: Random
    requests: int = 0
    failures: int = 0
    taken: list[Got] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def answer(self, got: Got) -> bytes:
        """Take an event, or fail."""
        self.requests += 1
        drawn = self.chance.random()
        if drawn < BUSY_SERVER:
            self.failures += 1
        if drawn < TAKEN_AND_CUT or drawn >= BUSY_SERVER:
            self.taken.append(got)
            self.ids.add(got.headers["webhook-id"])
        return OK if drawn >= BUSY_SERVER else BUSY if drawn >= CUT else b""

    def figures(self, expected: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
        """What is missing, twice or in the wrong order, of the events by id: their disputes and numbers."""
        seen: dict[str, bytes] = {}
        newest: dict[str, int] = defaultdict(int)
        disordered = twice = other_body = late = 0
        for got in self.taken:
            key = got.headers["webhook-id"]
            subject, sequence = expected.get(key, ("?", 0))
            if key in seen:
                twice += 1
                other_body += seen[key] != got.body
                late += sequence < newest[subject]
                continue
            seen[key] = got.body
            disordered += sequence != newest[subject] + 1
            newest[subject] = sequence
        return {
            "missing": len(expected.keys() - seen.keys()),
            "unknown": len(seen.keys() - expected.keys()),
            "out_of_order": disordered,
            "twice": twice,
            "twice_with_another_body": other_body,
            "twice_after_a_later_one": late,
            "requests": self.requests,
            "failed": self.failures,
        }


async def measure_new(url: str, events: int, kills: int) -> dict[str, Any]:
    """Figures of a database that is empty."""
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
    finally:
        await desk.close()
    return await measure(url, events, kills)


async def measure(url: str, events: int, kills: int, seed: int = 20260302) -> dict[str, Any]:
    """Figures of a database with the demo city and no disputes."""
    desk = Desk(Database.open(url), webhook_networks=LOOPBACK)
    ledger = Ledger(Random(seed))
    try:
        async with Receiver(ledger.answer) as receiver:
            done = await register_webhook(desk, CLERK, RegisterWebhook(receiver.url, CITY, types=TYPES))
            if done.errors:
                raise SystemExit(str(done.errors))
            begun = perf_counter()
            killed = await _deliver(desk, url, ledger, events, kills)
            seconds = perf_counter() - begun
        expected = await _expected(desk)
    finally:
        await desk.close()
    found = ledger.figures(expected)
    bad = ("missing", "unknown", "out_of_order", "twice_with_another_body", "twice_after_a_later_one")
    return {
        "events": len(expected),
        "disputes": len({subject for subject, _ in expected.values()}),
        **found,
        "killed": killed,
        "seconds": round(seconds, 1),
        "events_per_second": round(len(expected) / seconds),
        "within_bar": not any(found[name] for name in bad) and killed == kills,
    }


async def _deliver(desk: Desk, url: str, ledger: Ledger, events: int, kills: int) -> int:
    """Make the events and have them delivered; how many workers were killed meanwhile."""
    killed = 0
    marks = [events * (kill + 1) // (kills + 1) for kill in range(kills)]
    writing = asyncio.create_task(_write(desk, ledger.chance.random(), events))
    try:
        with _workers(url) as workers, suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                while not writing.done() or len(ledger.ids) < writing.result():
                    if marks and len(ledger.ids) >= marks[0]:
                        marks.pop(0)
                        workers[killed % WORKERS].kill()
                        workers[killed % WORKERS].wait()
                        workers[killed % WORKERS] = _worker(url)
                        killed += 1
                    await asyncio.sleep(0.02)
    finally:
        writing.cancel()
    return killed


async def _write(desk: Desk, seed: float, events: int) -> int:
    """Submit disputes, and let them go on in any order; how many events that makes, at least as many as
    wanted."""
    chance = Random(seed)
    numbers = [await _submitted(desk) for _ in range(max(events // EACH, 1))]
    next_of = {number: count + 1 for number, count in numbers}
    made = sum(count for _, count in numbers)
    while made < events:
        async with desk.database.write() as connection:
            for number in chance.sample(sorted(next_of), min(len(next_of), 10)):
                await outbox.put(
                    connection,
                    city=CITY,
                    type="lianxi.dispute.reassigned.v1",
                    subject=number,
                    data={"sequence": next_of[number], "lead": f"{CITY}-ecology"},
                    occurred_at=desk.clock(),
                )
                next_of[number] += 1
                made += 1
    return made


async def _submitted(desk: Desk) -> tuple[str, int]:
    """The number of a new dispute, and how many events it has."""
    done = await submit_dispute(desk, CLERK, SubmitDispute(FUMES, TOWN, Channel.HOTLINE))
    if done.errors:
        raise SystemExit(str(done.errors))
    async with desk.database.read() as connection:
        newest = select(Outbox.subject).order_by(Outbox.id.desc()).limit(1)
        number = await connection.scalar(newest)
        events = (await connection.scalars(select(Outbox.id).where(Outbox.subject == number))).all()
        return str(number), len(events)


async def _expected(desk: Desk) -> dict[str, tuple[str, int]]:
    async with desk.database.read() as connection:
        rows = await connection.execute(
            select(Outbox.id, Outbox.subject, Outbox.data).where(Outbox.type.like("lianxi.dispute.%"))
        )
        return {str(row.id): (row.subject, row.data["sequence"]) for row in rows}


@contextmanager
def _workers(url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    workers = [_worker(url) for _ in range(WORKERS)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _worker(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.webhooks", "--worker", url], cwd=Path(__file__).parents[1]
    )


async def work(url: str) -> None:
    """A worker: delivers until it is killed."""
    desk = Desk(Database.open(url), webhook_networks=LOOPBACK)
    async with delivering(desk, QUICK):
        await asyncio.Event().wait()


def run(events: int, kills: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    found = on_both(lambda url: measure_new(url, events, kills))
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "databases": found,
        "within_bar": all(each["within_bar"] for each in found.values()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when both databases are within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.webhooks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--events", type=int, default=10_000, help="how many are delivered, at least")
    parser.add_argument("--kills", type=int, default=8, help="how often a worker is killed")
    parser.add_argument("--worker", metavar="URL", help="deliver for this database until killed")
    options = parser.parse_args(arguments)
    if options.worker:
        asyncio.run(work(options.worker))
        return 0
    figures = run(options.events, options.kills)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, each in figures["databases"].items():
            print(
                f"{name:10} {each['events']:6} events of {each['disputes']} disputes in {each['seconds']} s: "
                f"{each['missing']} missing, {each['out_of_order']} out of order, {each['twice']} twice "
                f"({each['twice_with_another_body']} under another body); {each['killed']} workers killed, "
                f"{each['failed']} of {each['requests']} requests failed"
            )
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
