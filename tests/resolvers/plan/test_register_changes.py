"""A register that another process changes: names are fresh, and all of one moment."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import update

from casework.desk import Desk
from casework.directory import DIRECTORY
from db import revision
from db.database import Database
from db.reading import Steps
from db.tables.unit import Unit
from resolvers.identity import global_id
from tests.resolvers.agreement import By
from tests.resolvers.plan.worn import new_dispute, operation


async def rename(url: str, name: str) -> None:
    """Give the lead unit of the disputes another name, as another process would."""
    other = Database.open(url)
    async with other.write() as connection:
        named = update(Unit).where(Unit.code == "990102-ecology").values(name=name)
        await connection.execute(named)
        await revision.bump(connection, DIRECTORY)
    await other.close()


LEADS = [
    "query ($id: ID!) { dispute(id: $id) { leadDepartment { name } } }",
    "query ($id: ID!) { node(id: $id) { ... on Dispute { leadDepartment { name } } } }",
    "query ($id: ID!) { nodes(ids: [$id]) { ... on Dispute { assignments { department { name } } } } }",
    "query ($id: ID!) { dispute(id: $id) { assignments { role department { name } } } }",
    'query { disputes(filter: {leadDepartment: "990102-ecology"}, first: 1) {'
    " nodes { leadDepartment { name } } } }",
    'query { department(code: "990102-ecology") { name } }',
    'query { departments(filter: {region: "990102", function: "ecology"}) { name } }',
    'query { region(code: "990102") { departments { name } } }',
]


@pytest.mark.parametrize("text", LEADS)
async def test_names_are_fresh_when_another_process_has_changed_them(
    desk: Desk, worn_url: str, text: str
) -> None:
    asked = operation(desk, text)
    variables = {"id": global_id("Dispute", await new_dispute(desk))}
    for name in (f"甲{uuid4()}", f"乙{uuid4()}"):
        await rename(worn_url, name)
        by, told = await asked.planned(variables)
        assert by is By.PLAN
        assert told == await asked.executed(variables)
        assert told is not None
        assert name in told.data.decode()


def interrupted(database: Database, at: int, change: Callable[[], Awaitable[None]]) -> None:
    """Let something happen elsewhere, once, before a read's statement number `at`."""
    fetch = database.fetch
    waiting = [change]

    async def observed(steps: Callable[[], Steps[Any]], **how: Any) -> Any:
        return await fetch(lambda: watched(steps()), **how)

    def watched(steps: Steps[Any]) -> Steps[Any]:
        rows: Any = None
        for number in itertools.count():
            try:
                asked = steps.send(rows)
            except StopIteration as end:
                return end.value
            if number == at and waiting:
                with ThreadPoolExecutor(1) as elsewhere:
                    elsewhere.submit(asyncio.run, waiting.pop()()).result()  # type: ignore[arg-type]
            rows = yield asked
        raise AssertionError

    setattr(database, "fetch", observed)  # noqa: B010 - a method of one instance


@pytest.mark.parametrize(("at", "fresh"), [(0, True), (1, False), (2, False)])
async def test_an_answer_is_of_one_moment(desk: Desk, worn_url: str, at: int, fresh: bool) -> None:
    """What changes before the first statement is told; what changes between two of them is not yet."""
    key = await new_dispute(desk)
    asked = operation(
        desk,
        "query ($id: ID!) { dispute(id: $id) {"
        " leadDepartment { name } assignments { department { name } } decision { rule { code } } } }",
    )
    variables = {"id": global_id("Dispute", key)}
    before, after = f"前{uuid4()}", f"后{uuid4()}"
    await rename(worn_url, before)
    await asked.planned(variables)
    interrupted(desk.database, at, lambda: rename(worn_url, after))
    by, told = await asked.planned(variables)
    assert by is By.PLAN
    assert told is not None
    names = orjson.loads(told.data)["dispute"]
    expected = {"name": after if fresh else before}
    assert names["leadDepartment"] == expected
    assert expected in [assignment["department"] for assignment in names["assignments"]]
    _, next_told = await asked.planned(variables)
    assert next_told is not None
    assert after in next_told.data.decode()
