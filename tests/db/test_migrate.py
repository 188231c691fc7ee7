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


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


def version(number: int, status: str, day: str) -> str:
    """An INSERT of a version with rows of its own, as version lianxi_0002 has it."""
    key = f"{number:032x}"
    return f"""
        INSERT INTO policy_version (id, policy_key, number, status, fields, triage_below, checksum,
            effective_from, published_at, published_by)
        VALUES ('{key}', 'small', {number}, '{status}', '[{number}]', 0.5, 'sum-{number}', '{day}',
            '2026-01-0{number} 00:00:00+00:00', 'clerk-a');
        INSERT INTO policy_rule (version_id, rule_id, position, kind, priority, title, title_en, conditions,
            outcome, legal_basis, regions, valid_from)
        VALUES ('{key}', 'only', 0, 'base', 1, '一', 'One', '[]', '{{"lead": "ecology"}}', '[]', '[]',
            '{day}');
        INSERT INTO lexicon_term (version_id, position, text, kind, document)
        VALUES ('{key}', 0, '烟囱', 'premises', '{{"text": "烟囱"}}'),
            ('{key}', 1, '码头', 'premises', '{{}}');
        INSERT INTO lexicon_reading (version_id, position, reading_id, document)
        VALUES ('{key}', 0, 'chimney', '{{}}')
    """


DECIDED = """
    INSERT INTO decision (id, city, dispute_id, sequence, policy_version_id, decided_at, co_functions, flags,
        overlay_ids, candidates, facts, matches, trace, explanation)
    SELECT '{key}', d.city, d.id, 1, '{version}', '2026-01-01 00:00:00+00:00', '[]', '[]', '[]', '[]', '{{}}',
        '[]', '{{}}', '{{}}' FROM dispute d
"""
DISPUTE = """
    INSERT INTO dispute (id, city, number, title, description, status, severity, channel, received_at,
        region_code, territorial_owner_code, version)
    SELECT '{key}', '990100', 'n-1', '题', '文', 'triage', 1, 'web', '2026-01-01 00:00:00+00:00', region_code,
        code, 1 FROM unit LIMIT 1
"""
OLD = (
    "SELECT number, status, fields, triage_below, checksum, effective_from, published_by "
    "FROM policy_version ORDER BY number"
)
OLD_ROWS = (
    "SELECT v.number, r.rule_id, r.title, r.outcome, r.valid_from, t.position, t.text, t.document, "
    "g.reading_id FROM policy_version v JOIN policy_rule r ON r.version_id = v.id "
    "JOIN lexicon_term t ON t.version_id = v.id "
    "JOIN lexicon_reading g ON g.version_id = v.id ORDER BY v.number, t.position"
)
NEW = (
    "SELECT v.number, v.city, v.effective_from, v.superseded_from, t.title, t.checksum, t.lexicon_checksum "
    "FROM policy_version v JOIN policy_text t ON t.id = v.text_id ORDER BY v.number"
)


async def test_versions_become_texts_and_texts_become_versions(database: Database) -> None:
    await downgrade(database, "lianxi_0002")
    await record(
        database,
        "INSERT INTO routing_policy (key, title, title_en) VALUES ('small', '小', 'Small')",
        *version(1, "superseded", "2026-01-01").split(";"),
        *version(2, "published", "2026-02-01").split(";"),
        DISPUTE.format(key=f"{7:032x}"),
        DECIDED.format(key=f"{8:032x}", version=f"{2:032x}"),
    )
    before = await rows(database, OLD), await rows(database, OLD_ROWS)
    assert len(before[0]) == 2
    assert len(before[1]) == 4
    await upgrade(database)
    first, second = await rows(database, NEW)
    assert [str(value) for value in first[:6]] == ["1", "990100", "2026-01-01", "2026-02-01", "小", "sum-1"]
    assert [str(value) for value in second[:6]] == ["2", "990100", "2026-02-01", "None", "小", "sum-2"]
    assert first[6] == second[6] is not None
    said = await rows(
        database, "SELECT count(*) FROM decision d JOIN policy_version v ON v.id = d.policy_version_id"
    )
    assert said == [(1,)]
    # A version that was restored shares its text, and gets rows of its own on the way back.
    await record(
        database,
        f"""INSERT INTO policy_version (id, city, policy_key, number, text_id, effective_from, published_at,
            published_by) SELECT '{3:032x}', city, policy_key, 3, text_id, '2026-03-01', published_at,
            'clerk-b' FROM policy_version WHERE number = 1""",
    )
    await downgrade(database, "lianxi_0002")
    heads, lists = await rows(database, OLD), await rows(database, OLD_ROWS)
    assert [head[:2] for head in heads] == [(1, "superseded"), (2, "superseded"), (3, "published")]
    assert [head[2:6] for head in heads[:2]] == [head[2:6] for head in before[0]]
    assert lists[:4] == before[1]
    assert [row[1:] for row in lists[4:]] == [row[1:] for row in before[1][:2]]
    await upgrade(database)
    assert [row[0] for row in await rows(database, NEW)] == [1, 2, 3]
