"""GraphQL servers side by side, one core each: Lianxi, a practical limit, and peers that people could pick.

    python -m bench.graphql [--json] [--seconds 10] [--disputes 100000] [--only ours,mercurius] [--write FILE]

A PostgreSQL server is started from the test extra (LIANXI_BENCH_POSTGRES_URL names another one, on which a
database is made for the run) and filled. All servers are then started, each held to the first core; the
database and the load share the last one. Everybody answers every request once, and the answers are compared;
then one server works at a time.

The peers on Node are installed by npm as their lock says when the first run needs them. A server that cannot
be started is listed with the reason. The exit status is 1 when answers differ, requests fail, or a bar is
missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import URL

from bench.graphql import city
from bench.graphql.database import (
    ADDRESS_VARIABLE,
    SETTINGS,
    SPACE_A_DISPUTE,
    ask_server,
    new_database,
    server_process,
)
from bench.graphql.load import BadAnswer
from bench.graphql.measurement import measure
from bench.graphql.processes import Cores, pin_tree
from bench.graphql.report import Figures, figures, page, table
from bench.graphql.servers import SERVERS, NotRun, Running, Server, started
from bench.postgres import PostgresMissingError, postgres_server


def run(only: Sequence[str], disputes: int, seconds: float) -> Figures:
    """Measure the servers named. Raises SystemExit when nothing can be measured."""
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("processes are held to cores and their CPU time is read: that needs Linux")
    wanted = [server for server in SERVERS if server.name in only]
    cores = Cores.of_this_machine()
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cores.rest})
    try:
        with (
            postgres_server(
                ADDRESS_VARIABLE, *SETTINGS, space=disputes * SPACE_A_DISPUTE + (2 << 30)
            ) as server,
            tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder,
            new_database(server) as postgresql,
            ExitStack() as servers,
        ):
            sqlite = Path(folder, "lianxi.db")
            _load(postgresql.render_as_string(hide_password=False), disputes)
            if any(each.sqlite for each in wanted):
                _load(f"sqlite:///{sqlite}", disputes)
            process = server_process(server)
            if process:
                pin_tree(process, cores.rest)
            running, not_run = _start(wanted, servers, postgresql, sqlite, cores)
            found = measure(running, disputes, seconds, process, _tell)
            version = asyncio.run(ask_server(postgresql, "show server_version"))
            return figures(found, disputes, seconds, not_run, f"PostgreSQL {version}")
    except (PostgresMissingError, BadAnswer) as failed:
        raise SystemExit(str(failed)) from None
    finally:
        os.sched_setaffinity(0, allowed)


def _start(
    wanted: Sequence[Server], servers: ExitStack, postgresql: URL, sqlite: Path, cores: Cores
) -> tuple[list[Running], dict[str, str]]:
    """The servers that listen, and why the others do not."""
    running, not_run = [], {}
    for server in wanted:
        _tell(f"starting {server.title}")
        try:
            running.append(servers.enter_context(started(server, postgresql, sqlite, cores)))
        except NotRun as reason:
            not_run[server.name] = str(reason)
            _tell(f"not run: {reason}")
    if not running:
        raise SystemExit("no server could be started: there is nothing to measure")
    return running, not_run


def _load(url: str, disputes: int) -> None:
    kind = url.partition(":")[0]
    city.load(url, disputes, lambda done, total: _tell(f"{kind}: {done:,} of {total:,} disputes"))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all answers are equal and every bar that was measured is reached."""
    parser = argparse.ArgumentParser(prog="bench.graphql", description=(__doc__ or "").split("\n")[0])
    names = [server.name for server in SERVERS]
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--seconds", type=float, default=10, help="for each server and operation")
    parser.add_argument("--disputes", type=int, default=100_000, help="disputes in the database")
    parser.add_argument("--only", default=",".join(names), help="servers, with commas between")
    parser.add_argument("--write", type=Path, help="write the tables to this file, as Markdown")
    options = parser.parse_args(arguments)
    only = options.only.split(",")
    if strange := sorted(set(only) - set(names)):
        parser.error(f"no such server: {', '.join(strange)}; there are {', '.join(names)}")
    made = run(only, options.disputes, options.seconds)
    if options.write:
        options.write.write_text(page(made), encoding="utf-8")
    print(json.dumps(made, ensure_ascii=False) if options.json else table(made))
    return 0 if made["all_equal"] and not made["errors"] and made["within_bars"] else 1


if __name__ == "__main__":
    sys.exit(main())
