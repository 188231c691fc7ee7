"""One verb, one transaction: keys that come twice at the same time."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from casework.actor import Actor
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from db import audit
from db.tables.dispute import Dispute


async def test_twins_in_flight_act_once(desk: Desk) -> None:
    request = SubmitDispute("楼下饭店油烟大", "990102001", "web")
    actor = Actor.of("partner-a", "partner_system")
    answers = await asyncio.gather(
        *(submit_dispute(desk, actor, request, key=f"k-{number % 4}") for number in range(16))
    )
    assert all(answer.errors == () for answer in answers)
    assert len({answer.value for answer in answers}) == 4
    async with desk.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Dispute)) == 4
        numbers = list(await connection.scalars(select(Dispute.number).order_by(Dispute.number)))
        chain = await audit.verify(connection)
    assert numbers == [f"990100-2026-00000{number}" for number in range(1, 5)]
    assert (chain.valid, chain.records) == (True, 4 + 2)  # two policies were published before


async def test_a_key_that_no_database_can_keep_is_cleaned(desk: Desk) -> None:
    request = SubmitDispute("楼下饭店油烟大", "990102001", "web")
    actor = Actor.of("partner-a", "partner_system")
    first = await submit_dispute(desk, actor, request, key="a\x00b")
    again = await submit_dispute(desk, actor, request, key="ab")
    assert first.value == again.value is not None
    assert (await submit_dispute(desk, actor, request, key="\x00")).value != first.value
