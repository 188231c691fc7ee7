"""Bring a database to the program's version, or back, and tell how the two stand.

Alembic keeps what it works on in module globals: in one process, migrate one database at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from db.database import Database
from db.dialect import lift_time_limit, lock
from db.faults import SchemaMismatch

REVISION_PREFIX = "lianxi_"
"""Revisions of this product begin so: it tells a newer version of ours from somebody else's tables."""

_VERSION_TABLE = "alembic_version"


class Standing(StrEnum):
    """How a database stands to the program."""

    EMPTY = "empty"  # no tables
    CURRENT = "current"
    BEHIND = "behind"  # an older version
    AHEAD = "ahead"  # a newer version
    FOREIGN = "foreign"  # somebody else's tables


@dataclass(frozen=True, slots=True)
class MigrationState:
    """The database's revision (None: none recorded), the program's, and what that means."""

    current: str | None
    head: str
    standing: Standing


async def state(database: Database) -> MigrationState:
    """How the database stands. Raises DatabaseUnavailable, DatabaseBusy."""
    async with database.read() as connection:
        return await connection.run_sync(_state)


async def require_current(database: Database) -> None:
    """Raises SchemaMismatch unless the database is exactly of the program's version."""
    found = await state(database)
    if found.standing is not Standing.CURRENT:
        raise _mismatch(found)


async def upgrade(database: Database) -> None:
    """Bring an empty or older database to the program's version: all of it or, on any failure, nothing.

    Processes that upgrade at the same time wait for each other. Raises SchemaMismatch for a newer or a
    foreign database.
    """
    async with database.write() as connection:
        found = await _take_over(connection)
        if found.standing in (Standing.AHEAD, Standing.FOREIGN):
            raise _mismatch(found)
        if found.standing is not Standing.CURRENT:
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))


async def downgrade(database: Database, revision: str) -> None:
    """Take the database back to `revision`; `base` takes all tables away, with everything in them.

    Raises SchemaMismatch where the program does not know the way back, or the revision.
    """
    if revision != "base" and revision not in _known():
        raise SchemaMismatch("error.schema_unknown", revision=revision, known=", ".join(("base", *_known())))
    async with database.write() as connection:
        found = await _take_over(connection)
        if found.standing not in (Standing.CURRENT, Standing.BEHIND):
            raise _mismatch(found)
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))


async def _take_over(connection: AsyncConnection) -> MigrationState:
    await lock(connection, "migrate")
    await lift_time_limit(connection)
    return await connection.run_sync(_state)


def _state(connection: Connection) -> MigrationState:
    known = _known()
    head = known[-1]
    recorded = MigrationContext.configure(connection).get_current_heads()
    current = recorded[0] if recorded else None
    if current == head:
        standing = Standing.CURRENT
    elif current is not None:
        ours = current.startswith(REVISION_PREFIX)
        standing = Standing.BEHIND if current in known else Standing.AHEAD if ours else Standing.FOREIGN
    else:
        others = set(inspect(connection).get_table_names()) - {_VERSION_TABLE}
        standing = Standing.FOREIGN if others else Standing.EMPTY
    return MigrationState(current, head, standing)


def _known() -> tuple[str, ...]:
    """The program's revisions, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _mismatch(found: MigrationState) -> SchemaMismatch:
    return SchemaMismatch(f"error.schema_{found.standing}", current=found.current, head=found.head)
