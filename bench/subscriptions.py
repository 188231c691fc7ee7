"""What subscribers cost who wait, and how soon they hear, on SQLite and on PostgreSQL.

A thousand WebSockets of another process subscribe to one server, which has nothing to tell: measured are the
memory and the processor's time that they take, beside those of the same server before. Then complaints are
submitted one by one; each is told to all of them. A delivery takes from the moment when the change was kept
to the moment when the subscriber has read of it.

    python -m bench.subscriptions [--json] [--subscribers 1000] [--seconds 20] [--submissions 30]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.both import on_both
from bench.live import Client, Server, started
from casework.actor import DEMO_ADMINISTRATOR
from casework.demo import load_city
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from db.database import Database
from db.migrate import upgrade
from resolvers.identity import global_id

MEMORY_BAR_MB = 200.0
"""Memory that the waiting subscribers may take."""
PROCESSOR_BAR_PERCENT = 2.0
"""Of one core: what the waiting subscribers may take."""
SETTLE_SECONDS = 3.0
SUBSCRIPTION = "subscription { disputeChanged { number type dispute { id number status } } }"
EVENTS = ("submitted", "routed", "assigned")
"""What each submission makes known, in this order."""
SUBMITTED = f"lianxi.dispute.{EVENTS[0]}.v1"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
TOWN = "990102001"
PREVIEW = "query($i:PreviewRoutingInput!){previewRouting(input:$i){preview{triageReason}}}"


class Load(NamedTuple):
    """What a server takes: of memory, and of a core."""

    mb: float
    percent: float


def run(subscribers: int, seconds: float, submissions: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    found = on_both(lambda url: _measure(url, subscribers, seconds, submissions))
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "bars": {"memory_mb": MEMORY_BAR_MB, "processor_percent": PROCESSOR_BAR_PERCENT},
        "subscribers": subscribers,
        "databases": found,
        "within_bar": all(each["within_bar"] for each in found.values()),
    }


async def _measure(url: str, subscribers: int, seconds: float, submissions: int) -> dict[str, Any]:
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
        async with started(url) as server:
            async with Client(server.port) as client:
                await client.ask(PREVIEW, text=FUMES, regionCode=TOWN)
            before = await _load(server, seconds)
            async with _subscribed(server.port, subscribers) as process:
                waiting = await _load(server, seconds)
                ticks = _ticks(server)
                kept = await _submit_all(desk, submissions)
                ticks = _ticks(server) - ticks
                heard = await _heard(process)
    finally:
        await desk.close()
    told = _deliveries(kept, heard, subscribers, ticks / os.sysconf("SC_CLK_TCK"))
    more_mb, more_percent = waiting.mb - before.mb, waiting.percent - before.percent
    return {
        "memory_before_mb": round(before.mb, 1),
        "memory_mb": round(waiting.mb, 1),
        "more_memory_mb": round(more_mb, 1),
        "processor_before_percent": round(before.percent, 2),
        "processor_percent": round(waiting.percent, 2),
        "more_processor_percent": round(more_percent, 2),
        "submissions": submissions,
        **told,
        "within_bar": told["none_missing"]
        and more_mb <= MEMORY_BAR_MB
        and more_percent <= PROCESSOR_BAR_PERCENT,
    }


def _deliveries(
    kept: Mapping[str, float], heard: Mapping[str, Sequence[float]], subscribers: int, seconds: float
) -> dict[str, Any]:
    """What is told of the deliveries, for which the server's processor has taken so many seconds. Disputes by
    their id: when each was kept, and when it was heard of."""
    waits = sorted(1000 * (moment - kept[id]) for id, moments in heard.items() for moment in moments)
    if not waits:
        raise SystemExit("nobody has heard of anything")
    return {
        "deliveries": len(waits),
        "messages_a_processor_second": round(len(EVENTS) * len(waits) / max(0.01, seconds)),
        "delivery_p50_ms": round(statistics.median(waits), 1),
        "delivery_p99_ms": round(waits[int(0.99 * len(waits))], 1),
        "none_missing": set(heard) == set(kept)
        and all(len(moments) == subscribers for moments in heard.values()),
    }


async def _submit_all(desk: Desk, submissions: int) -> dict[str, float]:
    """When each new dispute was kept, by its id."""
    kept = {}
    for _ in range(submissions):
        id, moment = await _submit(desk)
        kept[id] = moment
        await asyncio.sleep(0.7)
    await asyncio.sleep(SETTLE_SECONDS)
    return kept


async def _submit(desk: Desk) -> tuple[str, float]:
    """The id of a new dispute, and when it was kept."""
    request = SubmitDispute(description=FUMES, region_code=TOWN, channel=Channel.WEB)
    done = await submit_dispute(desk, DEMO_ADMINISTRATOR, request)
    moment = time.time()
    if done.value is None:
        raise SystemExit(str(done.errors))
    return global_id("Dispute", done.value), moment


async def _load(server: Server, seconds: float) -> Load:
    """What the server takes once it has settled, the processor over some seconds."""
    await asyncio.sleep(SETTLE_SECONDS)
    before, begun = _ticks(server), time.perf_counter()
    await asyncio.sleep(seconds)
    used = (_ticks(server) - before) / os.sysconf("SC_CLK_TCK")
    return Load(server.resident_mb(), 100 * used / (time.perf_counter() - begun))


def _ticks(server: Server) -> int:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@asynccontextmanager
async def _subscribed(port: int, subscribers: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own in which so many have subscribed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.subscriptions",
        f"--listen={port}",
        f"--subscribers={subscribers}",
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    try:
        assert process.stdout is not None
        if await process.stdout.readline() != b"ready\n":
            raise SystemExit("the subscribers could not subscribe")
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _heard(process: asyncio.subprocess.Process) -> dict[str, list[float]]:
    """When each dispute was heard of, by all who did."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write_eof()
    found: dict[str, list[float]] = json.loads(await process.stdout.readline())
    return found


async def _listen(port: int, subscribers: int) -> None:
    """Subscribe, tell so, listen until the standard input ends, then tell what was heard."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < subscribers + 100:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, subscribers + 100), hard))
    heard: dict[str, list[float]] = {}
    sockets = [await _subscribe(port) for _ in range(subscribers)]
    listening = [asyncio.create_task(_hear(socket, heard)) for socket in sockets]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in listening:
        task.cancel()
    print(json.dumps(heard), flush=True)
    os._exit(0)  # a thousand farewells would take longer than all the rest


async def _subscribe(port: int) -> ClientConnection:
    socket = await connect(
        f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], compression=None
    )
    await socket.send(json.dumps({"type": "connection_init"}))
    await socket.recv()
    await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": SUBSCRIPTION}}))
    return socket


async def _hear(socket: ClientConnection, heard: dict[str, list[float]]) -> None:
    async for message in socket:
        moment = time.time()
        change = json.loads(message)["payload"]["data"]["disputeChanged"]
        if change["type"] == SUBMITTED:
            heard.setdefault(change["dispute"]["id"], []).append(moment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when both databases are within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.subscriptions", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--subscribers", type=int, default=1_000, help="how many subscribe")
    parser.add_argument("--seconds", type=float, default=20.0, help="for how long they wait")
    parser.add_argument("--submissions", type=int, default=30, help="how many complaints they hear of")
    parser.add_argument("--listen", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.listen is not None:
        asyncio.run(_listen(options.listen, options.subscribers))
        return 0
    figures = run(options.subscribers, options.seconds, options.submissions)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, each in figures["databases"].items():
            print(
                f"{name:10} {figures['subscribers']} waiting: {each['more_memory_mb']:+.1f} MB "
                f"({each['memory_mb']:.0f} in all), {each['more_processor_percent']:+.2f} % of a core "
                f"({each['processor_percent']:.2f} in all)"
            )
            missing = "" if each["none_missing"] else ", SOME MISSING"
            print(
                f"{name:10} heard after {each['delivery_p50_ms']:.0f} ms "
                f"(p99 {each['delivery_p99_ms']:.0f}), {each['deliveries']} deliveries{missing}, "
                f"{each['messages_a_processor_second']} messages a second of the processor"
                f"{'' if each['within_bar'] else '  MISSED'}"
            )
        print(f"bars: {MEMORY_BAR_MB:.0f} MB and {PROCESSOR_BAR_PERCENT:.0f} % more than before")
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
