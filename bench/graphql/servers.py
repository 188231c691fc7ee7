"""The servers that are compared, and how each is started: as a process of its own, in production mode."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from bench.graphql.processes import Cores, pinned

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "bench" / "peers"
MODULES = PEERS / "node_modules"
NODE = MODULES / "node" / "bin" / "node"
"""The Node that the peers' lock names: PostGraphile needs a newer one than many machines have."""
POOL = 20
"""Connections to the database that each server may have."""
START_SECONDS = 60


class NotRun(Exception):
    """A server that cannot be started here, with the reason."""


@dataclass(frozen=True, slots=True)
class Server:
    """One of the servers. `of_tables`: it is asked in PostGraphile's wording; `sqlite`: it reads the file."""

    name: str
    title: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    on_node: bool = False
    of_tables: bool = False
    sqlite: bool = False


def _ours(name: str, title: str, *, plans: bool, sqlite: bool = False) -> Server:
    command = [sys.executable, "-c", "from cli.main import main; main()", "serve"]
    environment = {"LIANXI_GRAPHQL_PLANS": str(plans).lower(), "LIANXI_LOG_LEVEL": "warning"}
    return Server(name, title, command, environment, sqlite=sqlite)


def _python(name: str, title: str) -> Server:
    return Server(name, title, [sys.executable, "-m", f"bench.peers.{name}"], {})


def _node(name: str, title: str, *, of_tables: bool = False) -> Server:
    command = [NODE, PEERS / f"{name}.mjs"]
    return Server(name, title, command, {"NODE_ENV": "production"}, on_node=True, of_tables=of_tables)


SERVERS = (
    _ours("ours", "Lianxi", plans=True),
    _ours("unplanned", "Lianxi, plans off", plans=False),
    _ours("sqlite", "Lianxi on SQLite", plans=True, sqlite=True),
    _python("limit", "practical limit: bare ASGI, by hand"),
    _node("mercurius", "mercurius + graphql-jit"),
    _node("apollo", "Apollo Server + DataLoader"),
    _node("postgraphile", "PostGraphile", of_tables=True),
    _python("idiomatic", "Strawberry + SQLAlchemy + DataLoader"),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    server: Server
    process: int
    port: int


@contextmanager
def started(server: Server, postgresql: URL, sqlite: Path, cores: Cores) -> Iterator[Running]:
    """A server that listens on loopback, held to its core. Raises NotRun."""
    if server.on_node:
        install_peers()
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            server.command,
            cwd=ROOT,
            env=_environment(server, postgresql, sqlite, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=pinned(cores.server),
        )
        try:
            if not _listens(process, port):
                log.seek(0)
                raise NotRun(f"it did not start: {log.read()[-1000:].decode(errors='replace').strip()}")
            yield Running(server, process.pid, port)
        finally:
            process.kill()
            process.wait()


def install_peers() -> None:
    """Fetch what the peers on Node need, once, as their lock says. Raises NotRun."""
    if not (MODULES / ".package-lock.json").exists():
        if shutil.which("npm") is None:
            raise NotRun("it needs Node and npm, which are not installed")
        done = subprocess.run(["npm", "ci"], cwd=PEERS, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotRun(f"npm ci failed: {done.stderr[-1000:].strip()}")
    if not NODE.exists():
        raise NotRun("npm has not installed the package node for this machine")


def _environment(server: Server, postgresql: URL, sqlite: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PG"))}
    host = postgresql.host or postgresql.query["host"]
    given = {
        "PORT": str(port),
        "POOL": str(POOL),
        "PGHOST": str(host),
        "PGPORT": str(postgresql.port or 5432),
        "PGUSER": postgresql.username or "",
        "PGPASSWORD": str(postgresql.password or ""),
        "PGDATABASE": postgresql.database or "",
        "LIANXI_PORT": str(port),
        "LIANXI_DATABASE_URL": f"sqlite:///{sqlite}"
        if server.sqlite
        else postgresql.render_as_string(hide_password=False),
    }
    return {**kept, **given, **server.environment}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
