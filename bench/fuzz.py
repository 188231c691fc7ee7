"""Whether a server answers whatever it is sent, in its own words, and has its memory back afterwards.

    python -m bench.fuzz [--json] [--requests 50000] [--seed 7] [--database sqlite|postgresql]

Requests that `bench.generated` makes go to a server process over the demo city with some disputes, in which
people sign in: with keys of all roles, with none, and with one that nobody was given. First it has a SQLite
file, then PostgreSQL (of the test extra, or the server that LIANXI_BENCH_POSTGRES_URL names). The bar is
missed by an answer of the class 5xx, one that is no JSON, has a code that is not ours, INTERNAL, or the words
of a library; by a line of the log with a traceback; and by memory that has grown by 50 MB between a tenth of
the requests and all of them.

It is also missed by a request that takes longer than two seconds, also when it is asked again, alone: the
first time others are worked on beside it, and who else uses the machine counts as well. Both figures are
told, with the processor's time that the server and its processes took the second time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final

from bench.answers import MOST_TOLD, SLOWEST_MS, Client, Findings, Timed
from bench.attacks import prepared
from bench.bad_requests import READ, asked
from bench.generated import documents, requests
from bench.graphql.database import ADDRESS_VARIABLE, new_database
from bench.live import Server, started
from bench.postgres import PostgresMissingError, postgres_server
from bench.shapes import Shapes, small_policy
from casework.account import AddAccount, GrantRole, add_account, grant_role
from casework.actor import Actor, Role
from casework.api_key import IssueApiKey, issue_api_key
from casework.desk import Desk
from casework.drafting import CreateDraft, create_draft
from casework.publication import publish_policy
from db.database import Database
from resolvers.identity import global_id
from schema.schema import schema

GROWTH_BAR_MB = 50.0
DATABASES = ("sqlite", "postgresql")
CLIENTS = 4
ONE_DOCUMENT_IN = 100
"""Of so many requests one has a document of its own."""
SUBMIT = "mutation($i:SubmitDisputeInput!){submitDispute(input:$i){dispute{id} errors{code}}}"
DISPUTES = 20
LINES_OF_A_FAULT = 40
DRAFTS = 5
CITY = "990100"
KEEPER = Actor.of("bench", Role.ADMINISTRATOR)
FORGED: Final = "lx_aaaaaaaa_" + "A" * 43
SETTINGS: Final = {
    "LIANXI_SIGN_IN": "required",
    "LIANXI_RATE_POINTS": "0",  # who asks so much would wait otherwise
    "LIANXI_SEALING_KEY": "of a measurement, and of nobody else at all",
}
OFTEN: Final = {Role.ADMINISTRATOR: 12, Role.CLERK: 4, Role.PARTNER_SYSTEM: 3, Role.RULE_EDITOR: 2}
"""How many of the requests are of a role, where the others have one."""


async def tried(url: str, made: Sequence[str], count: int, seed: int, log: Path) -> dict[str, Any]:
    """All figures about a server on a database, which is made here."""
    await prepared(url)
    shapes = Shapes(schema._schema, Random(seed))
    keys = await _peopled(url, shapes)
    findings = Findings(keys, shapes.keep)
    async with started(url, log=log, **SETTINGS) as server:
        await _submit(server, keys[Role.CLERK])
        before = 0.0
        begun = perf_counter()
        everything = _signed(requests(made, count, seed, shapes), keys, Random(seed))
        for part in (count // 10, count):
            pending = (next(everything) for _ in range(part - sum(findings.statuses.values())))
            # One generator serves all clients: each takes the next request when it is ready for it.
            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(Client(server.port, findings).work(_until_dry(pending)))
            before = before or server.resident_mb()
        after = server.resident_mb()
        seconds = perf_counter() - begun
        again = await _again(server, findings)
        lives = server.process.poll() is None
    logged = await asyncio.to_thread(_faults_in, log)
    return {
        "requests": count,
        "seconds": round(seconds, 1),
        "load": os.getloadavg()[0],
        "statuses": dict(sorted(findings.statuses.items())),
        "executed": findings.statuses[200],
        "done": findings.done,
        "codes": dict(findings.codes.most_common()),
        "refusals": dict(findings.refusals.most_common(40)),
        "slowest_ms": again[0]["took_ms"],
        "beyond_bar": len(findings.slow),
        "slowest_alone_ms": max(each["alone_ms"] for each in again),
        "slowest": again,
        "memory_before_mb": round(before, 1),
        "memory_after_mb": round(after, 1),
        "growth_mb": round(after - before, 1),
        "logged": len(logged),
        "log": logged[:MOST_TOLD],
        "wrong": findings.count_wrong,
        "told": findings.wrong,
        "within_bar": lives and not findings.count_wrong and not logged and after - before < GROWTH_BAR_MB,
    }


async def _again(server: Server, findings: Findings) -> list[dict[str, Any]]:
    """The slowest requests, asked again one by one."""
    again: list[dict[str, Any]] = []
    timed: list[Timed] = sorted({*findings.slowest, *findings.slow}, reverse=True)
    for took, request in timed:
        client, begun, used = Client(server.port, findings), perf_counter(), _processor_seconds(server)
        status, _ = await client.send(request)
        alone = (perf_counter() - begun) * 1000
        client.close()
        if alone > SLOWEST_MS:
            findings.complain(request, f"{took:.0f} ms, and {alone:.0f} ms alone")
        again.append(
            {
                "took_ms": round(took, 1),
                "alone_ms": round(alone, 1),
                "alone_processor_ms": round((_processor_seconds(server) - used) * 1000),
                "alone_status": status,
                "request": findings.told(request),
            }
        )
    return again


def _processor_seconds(server: Server) -> float:
    """Of a server and of the processes that it has had, as proc(5) tells."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _faults_in(log: Path) -> list[str]:
    """What the log tells of each fault, from the line on that tells that there was one."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    places = [at for at, line in enumerate(lines) if "Traceback" in line or "unexpected" in line]
    return ["\n".join(lines[at : at + LINES_OF_A_FAULT]) for at in places]


def _until_dry(pending: Iterator[bytes]) -> Iterator[bytes]:
    with suppress(RuntimeError):
        yield from pending


def _signed(made: Iterator[bytes], keys: Mapping[str, str], random: Random) -> Iterator[bytes]:
    names = [name for name in keys for _ in range(OFTEN.get(name, 1))]  # type: ignore[call-overload]
    for request in made:
        yield _with_key(request, keys[random.choice(names)])


def _with_key(request: bytes, key: str) -> bytes:
    told = b"\r\nx-api-key: %b\r\n" % key.encode() if key else b"\r\n"
    return request.replace(b"\r\n", told, 1)


async def _peopled(url: str, shapes: Shapes) -> dict[str, str]:
    """An account of each role with a key, by the role, and a small policy with some drafts of it."""
    keys = {str(Role.PUBLIC): "", "forger": FORGED}
    desk = Desk(Database.open(url))
    try:
        for role in Role:
            if role is Role.PUBLIC:
                continue
            name = f"some-{role.replace('_', '-')}"
            await add_account(desk, KEEPER, AddAccount(name, ""))
            await grant_role(desk, KEEPER, GrantRole(name, role))
            issued = await issue_api_key(desk, KEEPER, IssueApiKey(name, "bench", (role,)))
            if issued.value is None or issued.value.secret is None:
                raise SystemExit(str(issued.errors))
            keys[role] = issued.value.secret
        policy = small_policy()
        await publish_policy(desk, KEEPER, policy, CITY)
        for _ in range(DRAFTS):
            draft = await create_draft(desk, KEEPER, CreateDraft(policy.key, CITY, content=policy))
            if draft.value is None:
                raise SystemExit(str(draft.errors))
            shapes.keep(global_id("PolicyDraft", draft.value), small=True)
    finally:
        await desk.close()
    return keys


async def _submit(server: Server, key: str) -> None:
    client = Client(server.port, Findings())
    for number in range(DISPUTES):
        complaint = {
            "description": f"小区楼下的烧烤店油烟很大,熏得没法开窗,已经{number}天了。",
            "regionCode": "990102001",
            "channel": "HOTLINE",
        }
        status, body = await client.send(_with_key(asked(SUBMIT, variables={"i": complaint}), key))
        if status != 200 or b'"errors":[]' not in body:
            raise SystemExit(body.decode())
    await client.send(asked(READ))
    client.close()


def run(count: int, seed: int, names: Sequence[str]) -> dict[str, Any]:
    """All figures as plain data. Raises SystemExit when nothing can be measured."""
    print(f"making {count // ONE_DOCUMENT_IN} documents", file=sys.stderr)
    made = documents(schema._schema, count // ONE_DOCUMENT_IN, seed)
    found = {name: _on(name, made, count, seed) for name in names}
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seed": seed,
        "bars": {"slowest_ms": SLOWEST_MS, "growth_mb": GROWTH_BAR_MB},
        "databases": found,
        "within_bar": all(each["within_bar"] for each in found.values()),
    }


def _on(name: str, made: Sequence[str], count: int, seed: int) -> dict[str, Any]:
    print(f"asking a server on {name}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "server.log")
        if name == "sqlite":
            return asyncio.run(tried(f"sqlite:///{Path(folder, 'fuzz.db')}", made, count, seed, log))
        try:
            with postgres_server(ADDRESS_VARIABLE, "max_wal_size=1GB") as place, new_database(place) as new:
                url = new.render_as_string(hide_password=False)
                return asyncio.run(tried(url, made, count, seed, log))
        except PostgresMissingError as missing:
            raise SystemExit(str(missing)) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all databases are within the bars, else 1."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--requests", type=int, default=50_000, help="how many are sent to each database")
    parser.add_argument("--seed", type=int, default=7, help="what they are made from")
    parser.add_argument("--database", choices=DATABASES, help="this one alone")
    options = parser.parse_args(arguments)
    figures = run(options.requests, options.seed, (options.database,) if options.database else DATABASES)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, found in figures["databases"].items():
            print("\n".join(f"{name:10} {line}" for line in _lines(found)))
    return 0 if figures["within_bar"] else 1


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{found['requests']} requests in {found['seconds']:.0f} s (load {found['load']:.1f}), "
        f"{found['executed']} executed, {found['wrong']} wrong, {found['logged']} tracebacks"
        f"{'' if found['within_bar'] else '  MISSED'}"
    )
    yield f"statuses {found['statuses']} {found['codes']}"
    yield f"{found['done']} without refusal; refusals {found['refusals']}"
    yield (
        f"memory {found['memory_before_mb']} MB after a tenth, {found['memory_after_mb']} MB in the end "
        f"({found['growth_mb']:+.1f}, bar {GROWTH_BAR_MB:.0f})"
    )
    yield (
        f"slowest {found['slowest_ms']:.0f} ms, {found['beyond_bar']} beyond {SLOWEST_MS:.0f} ms; "
        f"alone {found['slowest_alone_ms']:.0f} ms"
    )
    for each in found["slowest"][:MOST_TOLD]:
        yield (
            f"  {each['took_ms']:.0f} ms, alone {each['alone_ms']:.0f} ms (processor "
            f"{each['alone_processor_ms']} ms): {each['request']}"
        )
    for fault in found["log"]:
        yield f"  LOGGED {fault}"
    for wrong in found["told"]:
        yield f"  WRONG {wrong['fault']}\n    {wrong['request']}"


if __name__ == "__main__":
    sys.exit(main())
