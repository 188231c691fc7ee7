"""How soon a server refuses the requests that are meant to hurt it.

    python -m bench.refusals [--json] [--rounds 5]

Each request goes through the server's own endpoint in this process, as if its document had never
been seen, over a database without disputes in a temporary folder. One that is let through, refused with
another code, or refused later than the bar in the median of the rounds misses it. The worst round, where
other work on the machine shows, is told too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import orjson
from starlette.types import Message

from bench.bad_documents import CASES, Case
from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from db.database import Database
from db.migrate import upgrade
from db.reference_data import REFERENCE, load_reference
from resolvers.context import Context
from schema.schema import schema
from server.graphql.document import Documents
from server.graphql.endpoint import Endpoint
from server.graphql.execution import GraphQL
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.credentials import SignIn

BAR_MS = 50.0
"""Milliseconds within which a request has to be refused."""


class Server:
    """The GraphQL endpoint of a server, over a desk."""

    def __init__(self, desk: Desk) -> None:
        # Bodies that the guard would refuse for their size go on to the limits behind it.
        self.settings = Settings(max_body_bytes=2**20)
        metrics = Metrics()
        self.graphql = GraphQL(
            schema, self.settings, metrics, lambda _, language: Context(desk, DEMO_ADMINISTRATOR, language)
        )
        self.app = Endpoint(self.graphql, self.settings, metrics, SignIn(self.settings))

    async def ask(self, case: Case) -> tuple[list[str], float, float]:
        """The codes of the answer's errors, and the milliseconds by the clock and of the processor."""
        self.graphql.documents = Documents(schema, self.settings)
        body = orjson.dumps({"query": case.query, "variables": case.variables})
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        }
        sent: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message.get("body", b""))

        begun, worked = perf_counter(), process_time()
        await self.app(scope, receive, send)
        took, work = (perf_counter() - begun) * 1000, (process_time() - worked) * 1000
        errors = orjson.loads(b"".join(sent)).get("errors", [])
        return [error["extensions"]["code"] for error in errors], took, work


async def run(rounds: int) -> dict[str, Any]:
    """All figures as plain data."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Database.open(f"sqlite:///{Path(folder, 'empty.db')}"))
        try:
            await upgrade(desk.database)
            async with desk.database.write() as connection:
                await load_reference(connection, REFERENCE)
            return await _measure(Server(desk), rounds)
        finally:
            await desk.close()


async def _measure(server: Server, rounds: int) -> dict[str, Any]:
    await server.ask(Case("{departments{code}}", ""))
    # As a server does when it starts.
    gc.collect()
    gc.freeze()
    cases: dict[str, dict[str, Any]] = {}
    for at, (name, case) in enumerate(CASES.items(), 1):
        print(f"[{at}/{len(CASES)}] {name}", file=sys.stderr)
        answers = [await server.ask(case) for _ in range(rounds)]
        codes = sorted({code for found, _, _ in answers for code in found})
        times = [took for _, took, _ in answers]
        cases[name] = {
            "codes": codes,
            "median_ms": round(statistics.median(times), 2),
            "worst_ms": round(max(times), 2),
            "cpu_ms": round(statistics.median(work for _, _, work in answers), 2),
            "within_bar": codes == [case.code] and statistics.median(times) <= BAR_MS,
        }
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "bar_ms": BAR_MS,
        "worst_median_ms": max(case["median_ms"] for case in cases.values()),
        "worst_ms": max(case["worst_ms"] for case in cases.values()),
        "worst_cpu_ms": max(case["cpu_ms"] for case in cases.values()),
        "cases": cases,
        "within_bar": all(case["within_bar"] for case in cases.values()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when every request is refused within the bar, else 1."""
    parser = argparse.ArgumentParser(prog="bench.refusals", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--rounds", type=int, default=5, help="how often each request is sent")
    options = parser.parse_args(arguments)
    figures = asyncio.run(run(options.rounds))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, case in sorted(figures["cases"].items(), key=lambda item: -item[1]["median_ms"]):
            times = f"{case['median_ms']:8.2f} {case['worst_ms']:8.2f} {case['cpu_ms']:8.2f} ms"
            missed = "" if case["within_bar"] else "  MISSED"
            print(f"{times}  {','.join(case['codes']):18} {name}{missed}")
        print(" median    worst processor")
        print(
            f"{figures['worst_median_ms']:8.2f} {figures['worst_ms']:8.2f} {figures['worst_cpu_ms']:8.2f} ms"
        )
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
