"""What a gateway adds to the time of one small query of the hub.

    python -m bench.gateway [--json] [--requests 1000] [--disputes 2000]

A hub on SQLite is filled and started, with the example partners, and Hive Gateway and Apollo Gateway over all
of them. One client asks for one dispute after the other (the first operation of `bench.graphql`), of the hub
itself and through each gateway in turn, round by round. Everybody has to answer alike. What a gateway adds is
the difference of the medians of one round, and of the rounds the middle one counts; the CPU time, which other
work on the machine lengthens less, is told beside it. The gateways are installed by `make install-gateway`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from bench.graphql.city import load
from bench.graphql.operations import operations
from bench.graphql.processes import cpu_seconds

BAR_MS = 10.0
"""Milliseconds that a gateway may add to the median."""
ROUNDS = 5
WARM_UP = 300
"""Requests before anything is measured: V8 compiles what it has seen often."""
ROOT = Path(__file__).parents[1]
READY = ROOT / "examples" / "gateway" / "node_modules" / ".ready"
DIRECT = "hub"
ADDRESS = re.compile(r"http://\S+/graphql")


class Asked(NamedTuple):
    """Somebody who answers: where, and the process that does it."""

    url: str
    process: int


class Round(NamedTuple):
    """One round of one of them, in milliseconds a request."""

    p50: float
    p99: float
    cpu: float


def run(requests: int, disputes: int) -> dict[str, Any]:
    """Measure. Raises SystemExit when there is nothing to measure or answers differ."""
    if not READY.exists():
        raise SystemExit("the gateways are not installed: make install-gateway")
    bodies = operations(disputes)[0].bodies()
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder:
        address = f"sqlite:///{folder}/lianxi.db"
        load(address, disputes)
        with hub(address) as direct, gateways(direct.url) as others:
            everybody = {DIRECT: direct, **others}
            _compare(everybody, bodies[:WARM_UP])
            rounds: dict[str, list[Round]] = {name: [] for name in everybody}
            for _ in range(ROUNDS):
                for name, asked in everybody.items():
                    rounds[name].append(measure(asked, bodies, requests))
    return figures(rounds, requests)


@contextmanager
def hub(address: str) -> Iterator[Asked]:
    """A hub on a database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIANXI_")}
    given = {"LIANXI_DATABASE_URL": address, "LIANXI_PORT": "0", "LIANXI_LOG_LEVEL": "warning"}
    command = [sys.executable, "-c", "from cli.main import main; main()", "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**environment, **given}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = next((match for line in process.stdout if (match := ADDRESS.search(line))), None)
            if found is None:
                raise SystemExit("the hub did not start")
            yield Asked(found.group(), process.pid)
        finally:
            process.terminate()


@contextmanager
def gateways(url: str) -> Iterator[dict[str, Asked]]:
    """The gateways by name, over the hub at an address and the partners."""
    with subprocess.Popen(
        ["node", "bench/gateways.mjs", url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the gateways did not start")
        yield {name: Asked(each["url"], each["pid"]) for name, each in json.loads(line).items()}


def measure(asked: Asked, bodies: Sequence[bytes], requests: int) -> Round:
    """Ask one request after the other over one connection."""
    times = []
    connection = _connection(asked)
    cpu = cpu_seconds(asked.process)
    for at in range(requests):
        begun = perf_counter()
        _answer(connection, asked, bodies[at % len(bodies)])
        times.append((perf_counter() - begun) * 1000)
    cpu = cpu_seconds(asked.process) - cpu
    connection.close()
    times.sort()
    return Round(times[len(times) // 2], times[int(len(times) * 0.99)], cpu / requests * 1000)


def figures(rounds: Mapping[str, Sequence[Round]], requests: int) -> dict[str, Any]:
    """What is printed: for each the medians over its rounds, for gateways also what they add."""
    made: dict[str, Any] = {}
    for name, each in rounds.items():
        made[name] = {
            "p50_ms": round(statistics.median(one.p50 for one in each), 2),
            "p99_ms": round(statistics.median(one.p99 for one in each), 2),
            "cpu_ms": round(statistics.median(one.cpu for one in each), 2),
        }
        if name != DIRECT:
            added = (one.p50 - own.p50 for one, own in zip(each, rounds[DIRECT], strict=True))
            made[name]["added_p50_ms"] = round(statistics.median(added), 2)
    return {
        "bench": "gateway",
        "python": platform.python_version(),
        "requests": requests,
        "rounds": ROUNDS,
        "bar_ms": BAR_MS,
        "answered_by": made,
        "within_bar": all(each.get("added_p50_ms", 0) <= BAR_MS for each in made.values()),
    }


def _connection(asked: Asked) -> HTTPConnection:
    return HTTPConnection(urlsplit(asked.url).netloc, timeout=30)


def _answer(connection: HTTPConnection, asked: Asked, body: bytes) -> bytes:
    headers = {"content-type": "application/json", "accept": "application/json"}
    connection.request("POST", urlsplit(asked.url).path, body, headers)
    return connection.getresponse().read()


def _compare(everybody: Mapping[str, Asked], bodies: Sequence[bytes]) -> None:
    right: list[Any] = []
    for name, asked in everybody.items():
        connection = _connection(asked)
        answers = [orjson.loads(_answer(connection, asked, body)) for body in bodies]
        connection.close()
        right = right or answers
        if answers != right or any("errors" in answer for answer in answers):
            raise SystemExit(f"{name} answers otherwise than the hub")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when every gateway adds no more than the bar."""
    parser = argparse.ArgumentParser(prog="bench.gateway", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--requests", type=int, default=1_000, help="of each, in each round")
    parser.add_argument("--disputes", type=int, default=2_000, help="disputes in the database")
    options = parser.parse_args(arguments)
    made = run(options.requests, options.disputes)
    if options.json:
        print(json.dumps(made))
    else:
        for name, each in made["answered_by"].items():
            print(f"{name:8}", *(f"{figure} {value:7.2f}" for figure, value in each.items()))
        print(f"bar: {BAR_MS:.0f} ms added to the median")
    return 0 if made["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
