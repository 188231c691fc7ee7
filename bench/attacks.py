"""How a server withstands attacks that come over the wire.

    python -m bench.attacks [--json] [--rounds 5]

Each attack of `bench.bad_requests` is sent to a server process that does not describe its schema, over a
database without disputes in a temporary folder, on a connection of its own. One that is answered with another
status or code, whose answer holds what it should not or the words of a library, or that is answered later
than the bar in the median of the rounds misses it. In the end the server has to be as well as before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import re
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import orjson

from bench.bad_requests import ATTACKS, READ, Attack, asked, raw
from bench.live import started
from casework.demo import load_city
from casework.desk import Desk
from db.database import Database
from db.migrate import upgrade

BAR_MS = 50.0
"""Milliseconds within which an attack has to be refused."""
PATIENCE_SECONDS = 20.0
INSIDE = re.compile(
    r"Traceback|Did you mean|strawberry|graphql\.\w|sqlalchemy|asyncpg|aiosqlite|sqlite3|uvicorn|httptools"
    r"|starlette|pydantic|orjson|Error\(|[a-z]Error:|site-packages|\.py\b"
)
"""What an answer never holds: words of libraries, and of the inside."""


class Answer(NamedTuple):
    """What a connection had come back, and after how many milliseconds."""

    status: int
    head: str
    body: bytes
    took: float

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        with suppress(orjson.JSONDecodeError):
            return sorted({each["extensions"]["code"] for each in orjson.loads(self.body).get("errors", ())})
        return []


async def send(port: int, pieces: Sequence[bytes]) -> Answer:
    """The first answer that comes while the pieces are sent on a connection. Raises TimeoutError, and
    ConnectionError and IncompleteReadError where none comes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        begun = perf_counter()
        sending = asyncio.create_task(_write(writer, pieces))
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = re.search(r"\r\ncontent-length: (\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            return Answer(int(head.split(" ", 2)[1]), head, body, (perf_counter() - begun) * 1000)
        finally:
            sending.cancel()
            with suppress(ConnectionError, asyncio.CancelledError):
                await sending
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _write(writer: asyncio.StreamWriter, pieces: Sequence[bytes]) -> None:
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()


def fault(attack: Attack, answer: Answer) -> str:
    """What is wrong with an answer to an attack; empty where nothing is."""
    if answer.status != attack.status or answer.codes != [attack.code]:
        return f"{answer.status} {','.join(answer.codes) or '-'}, not {attack.status} {attack.code}"
    text = answer.head + answer.body.decode()
    found = [word for word in attack.hidden if word in text]
    if inside := INSIDE.search(text):
        found.append(inside[0])
    return f"tells of {', '.join(found)}" if found else ""


async def prepared(url: str) -> None:
    """Make the database, with the demo city and no disputes."""
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
    finally:
        await desk.close()


async def run(rounds: int) -> dict[str, Any]:
    """All figures as plain data."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'empty.db')}"
        await prepared(url)
        async with started(url, LIANXI_GRAPHQL_INTROSPECTION="false") as server:
            await send(server.port, (asked(READ),))
            cases: dict[str, dict[str, Any]] = {}
            for at, (name, attack) in enumerate(ATTACKS.items(), 1):
                print(f"[{at}/{len(ATTACKS)}] {name}", file=sys.stderr)
                answers = [await send(server.port, attack.pieces) for _ in range(rounds)]
                median = statistics.median(answer.took for answer in answers)
                wrong = next(filter(None, (fault(attack, answer) for answer in answers)), "")
                cases[name] = {
                    "status": answers[-1].status,
                    "codes": answers[-1].codes,
                    "median_ms": round(median, 2),
                    "worst_ms": round(max(answer.took for answer in answers), 2),
                    "wrong": wrong,
                    "within_bar": not wrong and median <= BAR_MS,
                }
            health = await send(server.port, (raw("GET", "/healthz"),))
            read = await send(server.port, (asked(READ),))
    well = health.status == read.status == 200 and not read.codes
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "bar_ms": BAR_MS,
        "attacks": len(cases),
        "worst_median_ms": max(case["median_ms"] for case in cases.values()),
        "cases": cases,
        "well_afterwards": well,
        "within_bar": well and all(case["within_bar"] for case in cases.values()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when every attack is refused within the bar, else 1."""
    parser = argparse.ArgumentParser(prog="bench.attacks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--rounds", type=int, default=5, help="how often each attack is sent")
    options = parser.parse_args(arguments)
    figures = asyncio.run(run(options.rounds))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, case in sorted(figures["cases"].items(), key=lambda item: -item[1]["median_ms"]):
            missed = "" if case["within_bar"] else f"  MISSED {case['wrong']}"
            refused = f"{case['status']} {','.join(case['codes']):18}"
            print(f"{case['median_ms']:8.2f} {case['worst_ms']:8.2f} ms  {refused} {name}{missed}")
        print(
            f"{figures['attacks']} attacks, the slowest refused within {figures['worst_median_ms']:.1f} ms "
            f"(bar {BAR_MS:.0f} ms)"
        )
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
