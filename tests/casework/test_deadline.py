"""Terms that run out: each unit is warned once, and only while it can still object."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.actor import DEMO_ADMINISTRATOR
from casework.assignment import ReassignDispute, reassign_dispute
from casework.civil import CHINA
from casework.deadline import NEAR, end_of_term, warn
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.objection import ObjectToAssignment, object_to_assignment
from db.tables.dispute import Dispute
from db.tables.event import Event, Outbox

COMPLAINT = SubmitDispute("小区楼下的烧烤店油烟很大,熏得没法开窗。", "990102001", Channel.WEB)
ASSIGNED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning
DUE = datetime(2026, 12, 1, tzinfo=CHINA)  # the end of the Monday after


def at(desk: Desk, moment: datetime) -> Desk:
    return replace(desk, clock=lambda: moment)


async def submit(desk: Desk) -> Any:
    done = await submit_dispute(at(desk, ASSIGNED), DEMO_ADMINISTRATOR, COMPLAINT)
    async with desk.database.read() as connection:
        return (await connection.execute(select(Dispute.__table__).where(Dispute.id == done.value))).one()


@pytest.mark.parametrize(
    ("assigned", "days", "end"),
    [
        (ASSIGNED, 5, DUE),
        (ASSIGNED, 1, datetime(2026, 11, 25, tzinfo=CHINA)),
        (datetime(2026, 3, 6, 15, 59, tzinfo=UTC), 1, datetime(2026, 3, 10, tzinfo=CHINA)),
        (datetime(2026, 3, 6, 16, 0, tzinfo=UTC), 1, datetime(2026, 3, 10, tzinfo=CHINA)),
    ],
)
def test_a_term_ends_with_its_last_day_in_china(assigned: datetime, days: int, end: datetime) -> None:
    assert end_of_term(assigned, days) == end


async def test_a_unit_is_warned_once_before_its_term_ends(desk: Desk) -> None:
    dispute = await submit(desk)
    minute = timedelta(minutes=1)
    assert await warn(at(desk, DUE - desk.warning - minute)) == 0
    assert await warn(at(desk, DUE)) == 0
    near = at(desk, DUE - desk.warning)
    assert await warn(near) == 1
    assert await warn(near) == await warn(at(desk, DUE - minute)) == 0
    async with desk.database.read() as connection:
        event = (await connection.execute(select(Event.__table__).where(Event.type == NEAR))).one()
        told = (await connection.execute(select(Outbox.__table__).where(Outbox.type.contains(NEAR)))).one()
    assert event.dispute_id == dispute.id
    assert event.data == {"unit": dispute.lead_unit_code, "due": DUE.isoformat()}
    assert told.subject == dispute.number


async def test_several_servers_warn_once(desk: Desk) -> None:
    for _ in range(3):
        await submit(desk)
    near = at(desk, DUE - timedelta(hours=1))
    assert sum(await asyncio.gather(*(warn(near) for _ in range(4)))) == 3


async def test_who_has_objected_is_not_warned(desk: Desk) -> None:
    dispute = await submit(desk)
    objection = ObjectToAssignment(dispute.id, dispute.lead_unit_code, "不属其职责")
    done = await object_to_assignment(at(desk, ASSIGNED), DEMO_ADMINISTRATOR, objection)
    assert done.value is not None
    assert await warn(at(desk, DUE - timedelta(hours=1))) == 0


async def test_a_new_lead_has_a_term_of_its_own(desk: Desk) -> None:
    dispute = await submit(desk)
    assert await warn(at(desk, DUE - timedelta(hours=20))) == 1
    request = ReassignDispute(dispute.id, "990102-ecology", "属其职责")
    done = await reassign_dispute(at(desk, DUE - timedelta(hours=10)), DEMO_ADMINISTRATOR, request)
    assert done.value is not None
    assert await warn(at(desk, DUE - timedelta(hours=1))) == 0
    assert await warn(at(desk, datetime(2026, 12, 7, 12, tzinfo=CHINA))) == 1


async def test_without_a_warning_time_nobody_is_warned(desk: Desk) -> None:
    await submit(desk)
    assert await warn(replace(at(desk, DUE - timedelta(hours=1)), warning=timedelta())) == 0
