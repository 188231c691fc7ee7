"""The server's looks at terms that run out: they warn, and go on when the database fails."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from casework.actor import DEMO_ADMINISTRATOR
from casework.deadline import NEAR
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from db.database import Database
from db.tables.event import Event
from server import warning as server_warning
from server.warning import warning

COMPLAINT = SubmitDispute("小区楼下的烧烤店油烟很大,熏得没法开窗。", "990102001", Channel.WEB)
ASSIGNED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning; the term ends with the next Monday
NEAR_THE_END = ASSIGNED + timedelta(days=7)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_warning, "LOOK_SECONDS", 0.001)


async def _warned(desk: Desk) -> int:
    async with desk.database.read() as connection:
        events = select(func.count()).select_from(Event).where(Event.type == NEAR)
        return int(await connection.scalar(events) or 0)


async def _told(logs: list[MutableMapping[str, Any]]) -> None:
    while len(logs) < 2:  # noqa: ASYNC110 - that it looks again, it says to the log alone
        await asyncio.sleep(0.001)


async def test_a_running_server_warns(desk: Desk) -> None:
    await submit_dispute(replace(desk, clock=lambda: ASSIGNED), DEMO_ADMINISTRATOR, COMPLAINT)
    near = replace(desk, clock=lambda: NEAR_THE_END)
    async with warning(near), asyncio.timeout(30):
        while not await _warned(desk):  # noqa: ASYNC110 - nobody is told when it has looked
            await asyncio.sleep(0.001)
    assert await _warned(desk) == 1


async def test_a_database_that_is_gone_is_told_and_asked_again(desk: Desk) -> None:
    nowhere = Database.open("postgresql://nobody@127.0.0.1:1/nothing", patience=0.1)
    gone = replace(desk, clock=lambda: NEAR_THE_END, database=nowhere)
    with capture_logs() as logs:
        async with warning(gone), asyncio.timeout(30):
            await _told(logs)
    assert {each["event"] for each in logs} == {"nobody can be warned"}
    await nowhere.close()
