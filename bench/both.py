"""A measurement on both databases, a SQLite file and a PostgreSQL, each empty when it begins."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bench.graphql.database import ADDRESS_VARIABLE, new_database
from bench.postgres import PostgresMissingError, postgres_server

Figures = dict[str, Any]


def on_both(measure: Callable[[str], Coroutine[Any, Any, Figures]]) -> dict[str, Figures]:
    """What `measure` finds on the database of an address, by the kind of database. Raises SystemExit where
    there is no PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"sqlite": asyncio.run(measure(f"sqlite:///{Path(folder, 'bench.db')}"))}
    try:
        with postgres_server(ADDRESS_VARIABLE, "max_wal_size=1GB") as server, new_database(server) as made:
            url = made.render_as_string(hide_password=False)
            found["postgresql"] = asyncio.run(measure(url))
    except PostgresMissingError as missing:
        raise SystemExit(str(missing)) from None
    return found
