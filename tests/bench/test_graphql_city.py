"""The data that is measured on: sound, as much as was asked for, and answered alike by whoever reads it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import ForeignKeyConstraint, Table, func, make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.graphql import city
from bench.graphql.load import ask
from bench.graphql.operations import PAGE, SET, content, operations
from bench.graphql.processes import Cores
from bench.graphql.servers import SERVERS, Server, started
from db.database import Database
from db.tables.base import Base
from db.tables.conference import ConferenceSession, Participant
from db.tables.dispute import Assignment, Dispute
from tests.conftest import PostgresDatabases, SqliteFiles

DISPUTES = 240
ASKED = 3
"""Requests of each operation."""
ANYWHERE = make_url("postgresql+asyncpg://nobody@nowhere/nothing")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A register of DISPUTES disputes, which no test changes."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_databases"
    databases: SqliteFiles | PostgresDatabases = request.getfixturevalue(name)
    made = databases.empty()
    told: list[tuple[int, int]] = []
    city.load(made, DISPUTES, lambda done, total: told.append((done, total)))
    assert told[-1] == (DISPUTES, DISPUTES)
    yield made
    databases.drop(made)


@pytest.fixture
async def connection(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to the register."""
    database = Database.open(url)
    async with database.read() as opened:
        yield opened
    await database.close()


async def _count(connection: AsyncConnection, table: type[Base], *where: object) -> int:
    return await connection.scalar(select(func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


async def test_there_is_as_much_of_everything_as_is_said(connection: AsyncConnection) -> None:
    assert await _count(connection, Dispute) == DISPUTES
    conferring = DISPUTES // 4
    assert await _count(connection, Dispute, Dispute.status == "in_conference") == conferring
    assert await _count(connection, Dispute, Dispute.status == "triage") == DISPUTES // city.TRIAGE
    assert await _count(connection, ConferenceSession) == conferring * city.SESSIONS
    assert await _count(connection, Participant) == conferring * city.SESSIONS * city.PARTICIPANTS
    leads = await _count(connection, Assignment, Assignment.role == "lead", Assignment.ended_at.is_(None))
    assert leads == DISPUTES - DISPUTES // city.TRIAGE
    assert await _count(connection, Assignment, Assignment.ended_at.is_not(None)) > 0
    departments = await connection.scalars(select(Dispute.lead_unit_code).distinct())
    assert len([code for code in departments if code]) == city.DEPARTMENTS
    numbers = await connection.scalars(select(Dispute.id).order_by(Dispute.received_at))
    assert list(numbers) == [city.dispute_key(number, DISPUTES) for number in range(DISPUTES)]


async def test_no_row_points_at_nothing(connection: AsyncConnection) -> None:
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            assert await _astray(connection, table, key) == 0, f"{table.name}: {key.column_keys}"


async def _astray(connection: AsyncConnection, table: Table, key: ForeignKeyConstraint) -> int:
    """Rows whose foreign key is set and leads nowhere."""
    target = key.referred_table.alias()
    meets = [target.c[element.column.name] == element.parent for element in key.elements]
    there = select(1).select_from(target).where(*meets).correlate(table).exists()
    filled = [element.parent.is_not(None) for element in key.elements]
    return await connection.scalar(select(func.count()).select_from(table).where(*filled, ~there)) or 0


def _answers(server: Server, url: str) -> dict[str, list[bytes]]:
    """Some answers of a server, by operation."""
    address = ANYWHERE if server.sqlite else make_url(url)
    file = Path(url.removeprefix("sqlite:///"))
    core = min(os.sched_getaffinity(0))
    with started(server, address, file, Cores(core, core)) as running:
        return {
            operation.label: ask(running.port, operation.bodies()[:ASKED])
            for operation in operations(DISPUTES)
        }


def test_python_servers_answer_every_operation_alike(url: str) -> None:
    sqlite = url.startswith("sqlite")
    names = ("sqlite",) if sqlite else ("ours", "limit", "idiomatic")
    found = [_answers(server, url) for server in SERVERS if server.name in names]
    assert len(found) == len(names)
    for label, answers in found[0].items():
        contents = [content(answer, of_tables=False) for answer in answers]
        assert None not in contents
        for other in found[1:]:
            assert [content(answer, of_tables=False) for answer in other[label]] == contents
    (page,) = found[0]["Q2"]
    edges = orjson.loads(page)["data"]["disputes"]["edges"]
    assert len(edges) == PAGE
    assert all(len(edge["node"]["conferences"]) == city.SESSIONS for edge in edges)
    assert {len(edge["node"]["coDepartments"]) for edge in edges} == {0, 1, 2, 3}
    entities = orjson.loads(found[0]["Q3"][0])["data"]["_entities"]
    assert len([entity for entity in entities if entity]) == SET
