"""The PostgreSQL server that measurements fill: how it is set up, and databases on it for one run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy import URL

ADDRESS_VARIABLE = "LIANXI_BENCH_POSTGRES_URL"
# All data are in memory, and nothing but requests is worked on.
SETTINGS = ("shared_buffers=1GB", "max_wal_size=8GB", "autovacuum=off", "jit=off")
SPACE_A_DISPUTE = 10_000
"""Bytes that the database's files take for each dispute, with what is written ahead of them."""

_numbers = count(1)


@contextmanager
def new_database(server: URL) -> Iterator[URL]:
    """A new database on a server, gone afterwards."""
    name = f"lianxi_bench_{os.getpid()}_{next(_numbers)}"
    asyncio.run(ask_server(server, f"create database {name}"))
    try:
        yield server.set(database=name)
    finally:
        asyncio.run(ask_server(server, f"drop database {name} with (force)"))


async def ask_server(address: URL, statement: str) -> object:
    """The one value that a statement gives."""
    connection = await asyncpg.connect(**address.translate_connect_args(username="user"), **address.query)
    try:
        answer: object = await connection.fetchval(statement)
        return answer
    finally:
        await connection.close()


def server_process(server: URL) -> int | None:
    """The process of the PostgreSQL server that was started here; None for somebody else's."""
    if os.environ.get(ADDRESS_VARIABLE):
        return None
    return int(Path(str(server.query["host"]), "postmaster.pid").read_text().split()[0])
