"""How soon a publication decides in every server process, and what the requests of that moment notice.

    python -m bench.live [--json] [--publications 20] [--growth 100]

Two servers, each a process of its own, share a database: first a SQLite file, then a PostgreSQL (of the test
extra, or the one that LIANXI_BENCH_POSTGRES_URL names). While clients preview and submit complaints at both,
this process publishes: versions that differ in their rules, in their lexicon of tens of thousands of terms,
and that have 5,000 rules more. Told are the time until both servers decide by the new version, the longest
that `/healthz`, asked all the time, was kept waiting (the pause), and the slowest answer. Then versions
alternate, and memory is compared before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import orjson

from bench.both import on_both
from casework.actor import Actor
from casework.demo import load_city
from casework.desk import Desk
from casework.publication import RollbackPolicy, publish_policy, rollback_policy
from db.database import Database
from db.migrate import upgrade
from rules.model import Condition, Operator, Outcome, Policy, Rule, RuleKind
from rules.pack import load_pack

SOON_BAR_MS = 1_000.0
"""Within this a publication decides in every process."""
PAUSE_BAR_MS = 50.0
"""No process may stand still for longer."""
GROWTH_BAR_MB = 10.0
"""More memory after many publications than after a few."""
SERVERS = 2
WARM_UP = 10
MORE_RULES = 5_000
EDITOR = Actor.of("bench", "administrator")
CITY, TOWN, KEY = "990100", "990102001", "municipal"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
PREVIEW = "query($i:PreviewRoutingInput!){previewRouting(input:$i){preview{policyVersion{number}}}}"
SUBMIT = "mutation($i:SubmitDisputeInput!){submitDispute(input:$i){dispute{number} errors{code}}}"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = (
    b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


@dataclass
class Slowest:
    """The longest wait of each kind since it was last reset, in milliseconds."""

    waits: dict[str, float] = field(default_factory=dict)

    def take(self, kind: str, milliseconds: float) -> None:
        """Keep it if it is the longest."""
        self.waits[kind] = max(milliseconds, self.waits.get(kind, 0.0))

    def reset(self) -> dict[str, float]:
        """The longest of each kind, and begin anew."""
        found, self.waits = self.waits, {}
        return found


class Client:
    """One connection to a server."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def send(self, request: bytes) -> bytes:
        """The body of the answer. Raises SystemExit for any other status than 200."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        if not head.startswith(b"http/1.1 200 "):
            raise SystemExit(f"{head.decode()}{body.decode()}")
        return body

    async def ask(self, document: str, **given: Any) -> Any:
        """The data of an operation."""
        body = orjson.dumps({"query": document, "variables": {"i": given}})
        answer = orjson.loads(await self.send(POST % (len(body), body)))
        if "errors" in answer:
            raise SystemExit(answer["errors"])
        return answer["data"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server process that listens."""

    process: subprocess.Popen[bytes]
    port: int

    def resident_mb(self) -> float:
        """The memory that it has now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@asynccontextmanager
async def started(url: str, *, log: Path | None = None, **variables: str) -> AsyncIterator[Server]:
    """A server on a free port, stopped in the end; `variables` are settings of its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANXI_")}
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing is measured yet
        [sys.executable, "-c", "from cli.main import main; main()", "serve", "--port", "0"],
        env={**kept, "LIANXI_DATABASE_URL": url, "LIANXI_LOG_LEVEL": "warning", **variables},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=None if log is None else log.open("w"),
    )
    try:
        assert process.stdout is not None
        while b"http://" not in (line := await asyncio.to_thread(process.stdout.readline)):
            if not line:
                raise SystemExit("the server did not start")
        yield Server(process, int(line.partition(b"http://127.0.0.1:")[2].partition(b"/")[0]))
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


def run(publications: int, growth: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    found = on_both(lambda url: _measure(url, publications, growth))
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "bars": {"soon_ms": SOON_BAR_MS, "pause_ms": PAUSE_BAR_MS, "growth_mb": GROWTH_BAR_MB},
        "databases": found,
        "within_bar": all(each["within_bar"] for each in found.values()),
    }


async def _measure(url: str, publications: int, growth: int) -> dict[str, Any]:
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
        async with AsyncExitStack() as stack:
            servers = [await stack.enter_async_context(started(url)) for _ in range(SERVERS)]
            slowest = Slowest()
            clients = [
                asyncio.create_task(_again(work, each.port, slowest))
                for each in servers
                for work in (_load, _probe)
            ]
            try:
                return await _publish(desk, servers, slowest, publications, growth)
            finally:
                for client in clients:
                    client.cancel()
                await asyncio.gather(*clients, return_exceptions=True)
    finally:
        await desk.close()


async def _publish(
    desk: Desk, servers: Sequence[Server], slowest: Slowest, publications: int, growth: int
) -> dict[str, Any]:
    policy = load_pack(KEY)
    await asyncio.sleep(2)
    idle = _rounded(slowest.reset())
    number = 1
    kinds: dict[str, Any] = {}
    for kind, variant in KINDS.items():
        # Both texts are stored before anything is measured: then a publication is a row, as that of a draft.
        for at in range(2):
            published = await publish_policy(desk, EDITOR, variant(policy, at), CITY)
            if published.version is None:
                raise SystemExit(published.findings)
            number = published.version.number
        await _named(servers, number)
        await asyncio.sleep(1)
        soon: list[float] = []
        waits: list[dict[str, float]] = []
        for _ in range(publications):
            slowest.reset()
            begun = perf_counter()
            number = await _alternate(desk, number)
            await _named(servers, number)
            soon.append((perf_counter() - begun) * 1000)
            await asyncio.sleep(0.1)
            waits.append(slowest.reset())
        kinds[kind] = _figures(soon, waits)
    for _ in range(WARM_UP):
        number = await _alternate(desk, number)
        await _named(servers, number)
    before = [each.resident_mb() for each in servers]
    for _ in range(growth):
        number = await _alternate(desk, number)
        await _named(servers, number)
    grown = max(each.resident_mb() - was for each, was in zip(servers, before, strict=True))
    return {
        "idle": idle,
        "kinds": kinds,
        "memory_mb": round(max(before), 1),
        "publications": growth,
        "growth_mb": round(grown, 1),
        "within_bar": grown <= GROWTH_BAR_MB and all(each["within_bar"] for each in kinds.values()),
    }


def _figures(soon: Sequence[float], waits: Sequence[dict[str, float]]) -> dict[str, Any]:
    pauses = [each["pause"] for each in waits]
    return {
        "soon_median_ms": round(statistics.median(soon), 1),
        "soon_worst_ms": round(max(soon), 1),
        "pause_median_ms": round(statistics.median(pauses), 1),
        "pause_worst_ms": round(max(pauses), 1),
        "slowest_preview_ms": round(max(each.get("preview", 0.0) for each in waits), 1),
        "slowest_submit_ms": round(max(each.get("submit", 0.0) for each in waits), 1),
        "within_bar": max(soon) <= SOON_BAR_MS and max(pauses) <= PAUSE_BAR_MS,
    }


async def _alternate(desk: Desk, number: int) -> int:
    """Publish the version before the newest as the next; its number."""
    request = RollbackPolicy(KEY, to_number=number - 1, expected_newest=number, reason="bench")
    done = await rollback_policy(desk, EDITOR, request)
    if done.errors:
        raise SystemExit(str(done.errors))
    return number + 1


async def _named(servers: Sequence[Server], number: int) -> None:
    """Until every server decides by a version."""

    async def until(port: int) -> None:
        async with Client(port) as client:
            while await _version(client) < number:  # noqa: ASYNC110 - it is in another process
                await asyncio.sleep(0.005)

    await asyncio.gather(*[until(each.port) for each in servers])


async def _version(client: Client) -> int:
    answer = await client.ask(PREVIEW, text=FUMES, regionCode=TOWN)
    found: int = answer["previewRouting"]["preview"]["policyVersion"]["number"]
    return found


async def _again(
    work: Callable[[int, Slowest], Coroutine[Any, Any, None]], port: int, slowest: Slowest
) -> None:
    """Servers hang up on a client that is silent for some seconds, as this one is while it compiles."""
    while True:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await work(port, slowest)


async def _probe(port: int, slowest: Slowest) -> None:
    async with Client(port) as client:
        while True:
            begun = perf_counter()
            await client.send(HEALTH)
            slowest.take("pause", (perf_counter() - begun) * 1000)
            await asyncio.sleep(0.002)


async def _load(port: int, slowest: Slowest) -> None:
    complaint = {"description": FUMES, "regionCode": TOWN, "channel": "HOTLINE"}
    async with Client(port) as client:
        while True:
            for _ in range(4):
                begun = perf_counter()
                await _version(client)
                slowest.take("preview", (perf_counter() - begun) * 1000)
                await asyncio.sleep(0.01)
            begun = perf_counter()
            await client.ask(SUBMIT, **complaint)
            slowest.take("submit", (perf_counter() - begun) * 1000)


def _rules_changed(policy: Policy, at: int) -> Policy:
    return replace(policy, title=f"{policy.title} {at}")


def _lexicon_changed(policy: Policy, at: int) -> Policy:
    terms = policy.lexicon.terms
    first = replace(terms[0], weight=terms[0].weight + 0.01 * (at + 1))
    return replace(policy, lexicon=replace(policy.lexicon, terms=(first, *terms[1:])))


def _many_rules(policy: Policy, at: int) -> Policy:
    """The policy behind rows about a premises, a severity and a town each."""
    random = Random(at)
    words = {each.name: each.values for each in policy.fields}
    rows = tuple(
        Rule(
            f"bench-{row}",
            RuleKind.BASE,
            900,
            f"第{row}行",
            f"Row {row}",
            (
                Condition("sector", Operator.EQUALS, (random.choice(words["sector"]),)),
                Condition("premises", Operator.IN, tuple(random.sample(words["premises"], 3))),
                Condition("severity", Operator.BETWEEN, low=random.randint(1, 3), high=random.randint(3, 5)),
            ),
            Outcome(lead=random.choice(("ecology", "urban_management", "water"))),
            policy.rules[0].legal_basis,
            regions=(f"99{random.randint(0, 9999):04}",),
        )
        for row in range(MORE_RULES)
    )
    return replace(policy, rules=(*policy.rules, *rows))


KINDS: dict[str, Callable[[Policy, int], Policy]] = {
    "rules": _rules_changed,
    "lexicon": _lexicon_changed,
    "5,000 rules": _many_rules,
}


def _rounded(waits: dict[str, float]) -> dict[str, float]:
    return {kind: round(each, 1) for kind, each in waits.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when both databases are within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.live", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--publications", type=int, default=20, help="how many of each kind are timed")
    parser.add_argument("--growth", type=int, default=100, help="after how many memory is compared")
    options = parser.parse_args(arguments)
    figures = run(options.publications, options.growth)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, found in figures["databases"].items():
            for kind, each in found["kinds"].items():
                print(
                    f"{name:10} {kind:12} in force after {each['soon_median_ms']:6.0f} ms "
                    f"(worst {each['soon_worst_ms']:.0f}), pause {each['pause_median_ms']:.0f} ms "
                    f"(worst {each['pause_worst_ms']:.0f}), slowest answer "
                    f"{max(each['slowest_preview_ms'], each['slowest_submit_ms']):.0f} ms"
                    f"{'' if each['within_bar'] else '  MISSED'}"
                )
            print(f"{name:10} idle: {found['idle']}")
            print(f"{name:10} {found['growth_mb']:+.1f} MB after {found['publications']} publications")
        print(f"bars: {SOON_BAR_MS:.0f} ms, {PAUSE_BAR_MS:.0f} ms, {GROWTH_BAR_MB:.0f} MB")
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
