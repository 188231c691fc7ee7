"""Everything that differs between SQLite and PostgreSQL, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Dialect, FromClause, Table, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.faults import DatabaseBusy, DatabaseSlow, DatabaseUnavailable, Fault

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

STATEMENT_SECONDS = 30
"""A statement is given up after this long, unless less is wished; migrations are exempt."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_POSTGRESQL_OPTIONS = {"host", "port", "ssl"}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


@dataclass(frozen=True, slots=True)
class Engines:
    """`readers` can only read, and see one snapshot in a transaction; `writers` can write."""

    readers: AsyncEngine
    writers: AsyncEngine


def address_of(url: str) -> URL:
    """The address with the driver that is used here. Raises DatabaseUnavailable where it makes no sense."""
    try:
        address = make_url(url.strip())
    except (ArgumentError, ValueError):
        raise DatabaseUnavailable("error.database_address") from None
    if address.drivername not in _DRIVERS:
        raise DatabaseUnavailable("error.database_scheme", scheme=address.drivername)
    address = address.set(drivername=_DRIVERS[address.drivername])
    if "sslmode" in address.query:  # libpq's name for what asyncpg calls ssl
        address = address.update_query_dict({"ssl": address.query["sslmode"]})
        address = address.difference_update_query(["sslmode"])
    if not _sensible(address):
        raise DatabaseUnavailable("error.database_address")
    return address


def _sensible(address: URL) -> bool:
    if address.get_backend_name() == SQLITE:
        named = address.database not in (None, "", ":memory:")
        return named and not address.host and not address.query
    return (
        bool(address.database)
        and set(address.query) <= _POSTGRESQL_OPTIONS
        and address.query.get("ssl", "prefer") in _SSL_MODES
        and (address.port is None or 0 < address.port < 1 << 16)
    )


def place_of(address: URL) -> str:
    """Where the database is, fit for a message: no user, no password."""
    if address.get_backend_name() == SQLITE:
        return str(address.database)
    hosts = address.host or address.query.get("host", "localhost")
    host = hosts if isinstance(hosts, str) else ",".join(hosts)
    return f"{host}{f':{address.port}' if address.port else ''}/{address.database}"


_JSON: dict[str, Any] = {
    "json_serializer": json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode,
    "json_deserializer": orjson.loads,
}


def open_engines(address: URL, patience: float) -> Engines:
    """Engines for the address; nothing is connected yet. `patience` is in seconds."""
    # A fault ends up in the log with its statement; what people wrote and who they are does not.
    settings = {**_JSON, "pool_timeout": patience, "hide_parameters": True}
    if address.get_backend_name() == SQLITE:
        return _sqlite_engines(address, patience, settings)
    return _postgresql_engines(address, patience, settings)


def _sqlite_engines(address: URL, patience: float, settings: Mapping[str, Any]) -> Engines:
    _make_file(Path(str(address.database)))
    # The driver is told to start no transactions of its own: where they begin is decided below.
    settings = {**settings, "connect_args": {"timeout": patience, "isolation_level": None}}
    # SQLite has one writer. Writers of this process queue for one connection instead of polling for the lock.
    writers = create_async_engine(address, pool_size=1, max_overflow=0, **settings)
    readers = create_async_engine(address, pool_size=4, max_overflow=4, **settings)
    _prepare_sqlite(writers, "BEGIN IMMEDIATE", query_only=False)
    _prepare_sqlite(readers, "BEGIN", query_only=True)
    return Engines(readers, writers)


def _prepare_sqlite(engine: AsyncEngine, begin: str, *, query_only: bool) -> None:
    path = str(engine.url.database)
    pragmas = (*_PRAGMAS, "query_only = ON") if query_only else _PRAGMAS

    @event.listens_for(engine.sync_engine, "do_connect")
    def connecting(*_: Any) -> None:
        # The driver works in a thread, which a file that cannot be opened leaves behind with something still
        # to report to a loop that may be gone. So this is tried before there is a thread.
        sqlite3.connect(path).close()

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def dialect_of(address: URL) -> Dialect:
    """What to compile statements for that the driver runs without SQLAlchemy's connection around it."""
    dialect = address.get_dialect()(**_JSON)
    # SQLAlchemy tells each of its connections to parse JSON; the bare driver does not.
    dialect.supports_native_json_deserialization = False
    return dialect


def connect_to_read(path: str, patience: float) -> sqlite3.Connection:
    """The bare driver's connection to a SQLite file, for reading only, by any thread but one at a time."""
    connection = sqlite3.connect(
        path, timeout=patience, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    try:
        for pragma in (*_PRAGMAS, "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def reader_arguments(address: URL, patience: float, statement_seconds: int) -> Mapping[str, Any]:
    """How asyncpg connects to the address to read, and only to read."""
    arguments = _postgresql_arguments(patience)
    return {
        **dialect_of(address).create_connect_args(address)[1],
        **arguments,
        "server_settings": {
            **arguments["server_settings"],
            "statement_timeout": f"{statement_seconds}s",
            "default_transaction_read_only": "on",
        },
        # All statements of all plans stay prepared, however long they are and however seldom they come.
        "statement_cache_size": 1000,
        "max_cached_statement_lifetime": 0,
        "max_cacheable_statement_size": 0,
    }


def _make_file(path: Path) -> None:
    # SQLite gives its side files the rights of the main file, so the main file is made first, for us alone.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Only where there is none: closing a file that SQLite has open would drop its locks (POSIX).
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise DatabaseUnavailable("error.database_file", place=path) from error


def _postgresql_engines(address: URL, patience: float, settings: Mapping[str, Any]) -> Engines:
    engine = create_async_engine(
        address,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args=_postgresql_arguments(patience),
        **settings,
    )
    # The same promise as on SQLite: a reader sees one moment, however many statements it needs.
    readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(readers, engine)


def _postgresql_arguments(patience: float) -> dict[str, Any]:
    return {
        "timeout": patience,
        "server_settings": {
            "application_name": "lianxi",
            "timezone": "UTC",
            "lock_timeout": f"{round(patience * 1000)}ms",
            "statement_timeout": f"{STATEMENT_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{2 * STATEMENT_SECONDS}s",
        },
    }


async def lock(connection: AsyncConnection, name: str) -> None:
    """Wait until no other open transaction holds `name`, and hold it until this one ends.

    On SQLite a write transaction is alone already. Raises DatabaseBusy (from the transaction) when the
    wait is too long.
    """
    if connection.dialect.name == POSTGRESQL:
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        await connection.execute(select(func.pg_advisory_xact_lock(number)))


def instant_of(raw: Any) -> datetime:
    """A moment as the driver handed it over. Raises TypeError or ValueError when it is none."""
    moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite keeps UTC without saying so


def json_of(raw: Any) -> Any:
    """A JSON value as the driver handed it over. Raises TypeError or ValueError when it is none."""
    return raw if isinstance(raw, dict | list) else orjson.loads(raw)  # PostgreSQL's driver has parsed it


async def lift_time_limit(connection: AsyncConnection) -> None:
    """Let the statements of this transaction take as long as they need."""
    if connection.dialect.name == POSTGRESQL:
        await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def insert_new(connection: AsyncConnection, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves a row alone whose key is already there; `rowcount` tells."""
    return _insert(connection, table).on_conflict_do_nothing()


def upsert(
    connection: AsyncConnection, table: FromClause, *, keep: frozenset[str] = frozenset()
) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that updates the row with the same primary key, but for the columns in `keep`."""
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key]
    changed = {c.name: statement.excluded[c.name] for c in table.c if c.name not in (*key, *keep)}
    if not changed:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _insert(connection: AsyncConnection, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    assert isinstance(table, Table)
    return postgresql.insert(table) if connection.dialect.name == POSTGRESQL else sqlite.insert(table)


def fault_of(error: BaseException, address: URL) -> Fault | None:
    """The fault behind a driver's error; None when the error is about one statement and not the database."""
    if isinstance(error, PoolTimeout):
        return DatabaseBusy("error.database_busy")
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite_fault(cause, place_of(address))
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str) and (fault := _postgresql_fault(state, place_of(address))):
        return fault
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or isinstance(cause, OSError):
        return DatabaseUnavailable("error.database_unreachable", place=place_of(address))
    return None


def _sqlite_fault(cause: sqlite3.Error, place: str) -> Fault | None:
    # Extended codes carry the primary code in their name: SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE.
    name = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
    if name in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return DatabaseBusy("error.database_busy")
    if name == "SQLITE_INTERRUPT":
        return DatabaseSlow("error.database_slow")
    key = {
        "SQLITE_CANTOPEN": "error.database_file",
        "SQLITE_PERM": "error.database_file",
        "SQLITE_READONLY": "error.database_file",
        "SQLITE_NOTADB": "error.database_not_one",
        "SQLITE_CORRUPT": "error.database_not_one",
        "SQLITE_FULL": "error.database_storage",
        "SQLITE_IOERR": "error.database_storage",
    }.get(name)
    return DatabaseUnavailable(key, place=place) if key else None


def _postgresql_fault(state: str, place: str) -> Fault | None:
    # Codes: PostgreSQL manual, appendix A.
    if state in ("55P03", "40001", "40P01", "53300"):
        return DatabaseBusy("error.database_busy")
    if state == "57014":
        return DatabaseSlow("error.database_slow")
    if state[:2] == "28":
        return DatabaseUnavailable("error.database_sign_in", place=place)
    if state == "3D000":
        return DatabaseUnavailable("error.database_missing", place=place)
    if state in ("53100", "58030"):
        return DatabaseUnavailable("error.database_storage", place=place)
    if state[:2] == "08" or state[:3] == "57P":
        return DatabaseUnavailable("error.database_unreachable", place=place)
    return None
