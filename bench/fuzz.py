"""Whether a server answers whatever it is sent, in its own words, and has its memory back afterwards.

    python -m bench.fuzz [--json] [--requests 50000] [--seed 7]

Requests that `bench.generated` makes go to a server process over the demo city with some disputes: first on
a SQLite file, then on PostgreSQL (of the test extra, or the one that LIANXI_BENCH_POSTGRES_URL names). The
bar is missed by an answer of the class 5xx, one that is no JSON, has a code that is not ours, INTERNAL, or
the words of a library, and by one that takes longer than two seconds; by a line of the log with a traceback;
and by memory that has grown by 50 MB between a tenth of the requests and all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

from bench.attacks import INSIDE, prepared
from bench.bad_requests import READ, asked
from bench.generated import documents, requests
from bench.graphql.database import ADDRESS_VARIABLE, new_database
from bench.live import Server, started
from bench.postgres import PostgresMissingError, postgres_server
from schema.schema import schema
from server.faults import FaultCode

SLOWEST_MS = 2_000.0
GROWTH_BAR_MB = 50.0
CLIENTS = 4
ONE_DOCUMENT_IN = 40
"""Of so many requests one has a document of its own; the others have one of these, spoilt."""
MOST_TOLD = 10
PATIENCE_SECONDS = 30.0
SUBMIT = "mutation($i:SubmitDisputeInput!){submitDispute(input:$i){dispute{id} errors{code}}}"
DISPUTES = 20


class Findings:
    """What came of the requests."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()
        self.slowest_ms = 0.0
        self.wrong: list[dict[str, str]] = []
        self.count_wrong = 0

    def take(self, request: bytes, status: int, body: bytes, took: float) -> None:
        """Look at an answer."""
        self.statuses[status] += 1
        self.slowest_ms = max(self.slowest_ms, took)
        if fault := self._fault(request, status, body, took):
            self.complain(request, fault)

    def complain(self, request: bytes, fault: str) -> None:
        """Keep what is wrong with an answer, if not too many were."""
        self.count_wrong += 1
        if len(self.wrong) < MOST_TOLD:
            self.wrong.append({"fault": fault, "request": repr(request[:3_000])})

    def _fault(self, request: bytes, status: int, body: bytes, took: float) -> str:
        if status >= 500 or took > SLOWEST_MS:
            return f"status {status} after {took:.0f} ms: {body[:500]!r}"
        if status == 307 and not body:
            return ""  # to the address without a slash at its end
        try:
            answer = orjson.loads(body)
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            messages = "".join(error["message"] for error in answer.get("errors", ()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"no answer of GraphQL: {body[:500]!r}"
        self.codes.update(codes or ["OK"])
        strange = [code for code in codes if code not in set(FaultCode) or code == FaultCode.INTERNAL]
        # What a message repeats of the request is not the server's.
        inside = [found[0] for found in INSIDE.finditer(messages) if found[0].encode() not in request]
        return f"{strange or inside}: {body[:500]!r}" if strange or inside else ""


class Client:
    """A connection that is opened again when the server has closed it."""

    def __init__(self, port: int, findings: Findings) -> None:
        self.port = port
        self.findings = findings
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def work(self, pending: Iterator[bytes]) -> None:
        """Send requests until there are no more."""
        for request in pending:
            begun = perf_counter()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    status, body = await self.send(request)
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
                self.findings.complain(request, f"no answer: {error!r}")
                self.close()
            else:
                self.findings.take(request, status, body, (perf_counter() - begun) * 1000)
        self.close()

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self) -> None:
        """Leave the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def tried(url: str, made: Sequence[str], count: int, seed: int, log: Path) -> dict[str, Any]:
    """All figures about a server on a database, which is made here."""
    await prepared(url)
    findings = Findings()
    async with started(url, log=log) as server:
        await _submit(server)
        before = 0.0
        begun = perf_counter()
        everything = requests(made, count, seed)
        for part in (count // 10, count):
            pending = (next(everything) for _ in range(part - sum(findings.statuses.values())))
            # One generator serves all clients: each takes the next request when it is ready for it.
            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(Client(server.port, findings).work(_until_dry(pending)))
            before = before or server.resident_mb()
        growth = server.resident_mb() - before
        seconds = perf_counter() - begun
        lives = server.process.poll() is None
    logged = await asyncio.to_thread(_faults_in, log)
    return {
        "requests": count,
        "seconds": round(seconds, 1),
        "statuses": dict(sorted(findings.statuses.items())),
        "codes": dict(findings.codes.most_common()),
        "slowest_ms": round(findings.slowest_ms, 1),
        "memory_mb": round(before, 1),
        "growth_mb": round(growth, 1),
        "logged": logged,
        "wrong": findings.count_wrong,
        "told": findings.wrong,
        "within_bar": lives and not findings.count_wrong and not logged and growth < GROWTH_BAR_MB,
    }


def _faults_in(log: Path) -> int:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum("Traceback" in line or "unexpected" in line for line in lines)


def _until_dry(pending: Iterator[bytes]) -> Iterator[bytes]:
    with suppress(RuntimeError):
        yield from pending


async def _submit(server: Server) -> None:
    client = Client(server.port, Findings())
    for number in range(DISPUTES):
        complaint = {
            "description": f"小区楼下的烧烤店油烟很大,熏得没法开窗,已经{number}天了。",
            "regionCode": "990102001",
            "channel": "HOTLINE",
        }
        status, body = await client.send(asked(SUBMIT, variables={"i": complaint}))
        if status != 200 or b'"errors":[]' not in body:
            raise SystemExit(body.decode())
    await client.send(asked(READ))
    client.close()


def run(count: int, seed: int) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    print(f"making {count // ONE_DOCUMENT_IN} documents", file=sys.stderr)
    made = documents(schema._schema, count // ONE_DOCUMENT_IN, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'fuzz.db'}"
        found = {"sqlite": asyncio.run(tried(url, made, count, seed, folder / "sqlite.log"))}
        print(f"sqlite: {found['sqlite']}", file=sys.stderr)
        try:
            with postgres_server(ADDRESS_VARIABLE, "max_wal_size=1GB") as place, new_database(place) as new:
                url = new.render_as_string(hide_password=False)
                figures = asyncio.run(tried(url, made, count, seed, folder / "postgresql.log"))
                found["postgresql"] = figures
        except PostgresMissingError as missing:
            raise SystemExit(str(missing)) from None
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seed": seed,
        "bars": {"slowest_ms": SLOWEST_MS, "growth_mb": GROWTH_BAR_MB},
        "databases": found,
        "within_bar": all(each["within_bar"] for each in found.values()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when both databases are within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--requests", type=int, default=50_000, help="how many are sent to each database")
    parser.add_argument("--seed", type=int, default=7, help="what they are made from")
    options = parser.parse_args(arguments)
    figures = run(options.requests, options.seed)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, found in figures["databases"].items():
            print(
                f"{name:10} {found['requests']} requests in {found['seconds']:.0f} s, "
                f"{found['wrong']} wrong, {found['logged']} tracebacks, "
                f"slowest {found['slowest_ms']:.0f} ms, memory {found['growth_mb']:+.1f} MB"
                f"{'' if found['within_bar'] else '  MISSED'}"
            )
            print(f"{name:10} {found['statuses']} {found['codes']}")
            for wrong in found["told"]:
                print(f"  {wrong['fault']}\n    {wrong['request']}")
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
