"""Migrations: up, down and up again, by two at once, interrupted, and on databases that are not ours."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect, text

from db.database import Database
from db.faults import SchemaMismatch
from db.migrate import Standing, downgrade, require_current, state, upgrade
from db.tables import Base

TABLES = set(Base.metadata.tables)


@pytest.fixture
async def empty(empty_database_url: str) -> Any:
    database = Database.open(empty_database_url)
    yield database
    await database.close()


async def tables_of(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def record(database: Database, *statements: str) -> None:
    async with database.write() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_up_down_up(empty: Database) -> None:
    assert (await state(empty)).standing is Standing.EMPTY
    await upgrade(empty)
    assert await tables_of(empty) == TABLES | {"alembic_version"}
    await require_current(empty)
    await downgrade(empty, "base")
    assert await tables_of(empty) == {"alembic_version"}
    assert (await state(empty)).standing is Standing.EMPTY
    await upgrade(empty)
    await require_current(empty)


async def test_tables_with_content_can_be_taken_down(database: Database) -> None:
    await downgrade(database, "base")
    assert await tables_of(database) == {"alembic_version"}


async def test_migrations_make_what_the_tables_say(empty: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    await upgrade(empty)
    async with empty.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_constraint_and_index_has_the_name_the_tables_give_it(empty: Database) -> None:
    def names(connection: Connection) -> set[str | None]:
        inspector = inspect(connection)
        found: set[str | None] = set()
        for table in TABLES:
            found.add(inspector.get_pk_constraint(table)["name"])
            found.update(key["name"] for key in inspector.get_foreign_keys(table))
            found.update(key["name"] for key in inspector.get_unique_constraints(table))
            found.update(index["name"] for index in inspector.get_indexes(table))
        return found

    tables = [Base.metadata.tables[name] for name in TABLES]
    await upgrade(empty)
    wanted: set[object] = {constraint.name for table in tables for constraint in table.constraints}
    wanted |= {index.name for table in tables for index in table.indexes}
    async with empty.read() as connection:
        assert await connection.run_sync(names) == wanted


async def test_upgrade_of_a_current_database_changes_nothing(database: Database) -> None:
    before = await state(database)
    await upgrade(database)
    assert await state(database) == before


CHILD = """
import asyncio, sys
from db.database import Database
from db.migrate import upgrade
async def main():
    database = Database.open(sys.argv[1], patience=30)
    await upgrade(database)
    await database.close()
asyncio.run(main())
"""


async def test_processes_that_upgrade_at_once_wait_for_each_other(empty_database_url: str) -> None:
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", CHILD, empty_database_url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    ends = await asyncio.gather(*(child.communicate() for child in children))
    assert [(child.returncode, end[1]) for child, end in zip(children, ends, strict=True)] == [(0, b"")] * 2
    database = Database.open(empty_database_url)
    await require_current(database)
    await database.close()


class InterruptionError(Exception):
    """Stands for whatever stops a migration half-way."""


@contextmanager
def interrupted_at(table: str) -> Iterator[None]:
    def strike(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith(f"CREATE TABLE {table} "):
            raise InterruptionError(table)

    event.listen(Engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", strike)


@pytest.mark.parametrize("table", ["dispute", "unit_alias", "resolution"])
async def test_an_interrupted_migration_leaves_nothing(empty: Database, table: str) -> None:
    with interrupted_at(table), pytest.raises(InterruptionError):
        await upgrade(empty)
    assert await tables_of(empty) == set()
    await upgrade(empty)
    await require_current(empty)


async def test_a_version_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(SchemaMismatch, match="lianxi_0001"):
        await downgrade(database, "lianxi_7777")
    await require_current(database)


MADE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
BOOKS = "CREATE TABLE books (id INTEGER)"


@pytest.mark.parametrize(
    ("statements", "standing", "advice"),
    [
        ([], Standing.EMPTY, "lianxi migrate"),
        ([MADE, "INSERT INTO alembic_version VALUES ('lianxi_9999')"], Standing.AHEAD, "升级程序"),
        ([MADE, "INSERT INTO alembic_version VALUES ('ae1027a6acf')"], Standing.FOREIGN, "空数据库"),
        ([BOOKS], Standing.FOREIGN, "空数据库"),
        ([MADE, BOOKS], Standing.FOREIGN, "空数据库"),
    ],
)
async def test_other_versions_and_other_programs_are_told_apart(
    empty: Database, statements: list[str], standing: Standing, advice: str
) -> None:
    await record(empty, *statements)
    assert (await state(empty)).standing is standing
    with pytest.raises(SchemaMismatch, match=advice):
        await require_current(empty)


@pytest.mark.parametrize(
    "statements", [[BOOKS], [MADE, "INSERT INTO alembic_version VALUES ('lianxi_9999')"]]
)
async def test_what_is_not_ours_or_newer_is_left_alone(empty: Database, statements: list[str]) -> None:
    await record(empty, *statements)
    before = await tables_of(empty)
    with pytest.raises(SchemaMismatch):
        await upgrade(empty)
    with pytest.raises(SchemaMismatch):
        await downgrade(empty, "base")
    assert await tables_of(empty) == before
