"""Reassigning by hand: who may get a dispute, and what it leaves behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.actor import Actor
from casework.assignment import MOST_CO_UNITS, ReassignDispute, reassign_dispute
from casework.desk import Desk
from casework.errors import ErrorCode
from casework.intake import SubmitDispute, submit_dispute
from db.tables.base import new_key
from db.tables.dispute import Assignment, Dispute
from db.tables.event import Event

CLERK = Actor.of("clerk-a", "clerk")
FARM = SubmitDispute("村里养猪场的粪水直排到河里,臭得受不了。", "990121101", "web")


async def submitted(desk: Desk, request: SubmitDispute = FARM) -> UUID:
    result = await submit_dispute(desk, CLERK, request)
    assert result.value is not None, result.errors
    return result.value


async def standing(desk: Desk, dispute: UUID) -> list[tuple[str, str, str]]:
    """The assignments in force: role, unit, origin."""
    async with desk.database.read() as connection:
        found = await connection.execute(
            select(Assignment.role, Assignment.unit_code, Assignment.origin)
            .where(Assignment.dispute_id == dispute, Assignment.ended_at.is_(None))
            .order_by(Assignment.role.desc(), Assignment.unit_code)
        )
        return [(row.role, row.unit_code, row.origin) for row in found]


async def test_another_lead_takes_over_and_the_co_units_stay(desk: Desk) -> None:
    dispute = await submitted(desk)
    before = await standing(desk, dispute)
    assert before[0] == ("lead", "990121-agriculture", "rule")
    assert ("co", "990100-ecology", "rule") in before or ("co", "990121-ecology", "rule") in before
    request = ReassignDispute(dispute, "990100-water", "排污口在市管河道")
    result = await reassign_dispute(desk, CLERK, request)
    assert (result.value, result.errors) == (dispute, ())
    assert await standing(desk, dispute) == [("lead", "990100-water", "manual"), *before[1:]]
    async with desk.database.read() as connection:
        row = (await connection.execute(select(Dispute.__table__))).one()
        events = list(await connection.scalars(select(Event.type).order_by(Event.sequence)))
    assert (row.lead_unit_code, row.status, row.version) == ("990100-water", "assigned", 3)
    assert events[-2:] == ["reassigned", "assigned"]


async def test_co_units_are_replaced_when_named(desk: Desk) -> None:
    dispute = await submitted(desk)
    request = ReassignDispute(dispute, "990121-agriculture", "增加协办", ("990100-water", "990100-water"))
    assert (await reassign_dispute(desk, CLERK, request)).errors == ()
    assert await standing(desk, dispute) == [
        ("lead", "990121-agriculture", "manual"),
        ("co", "990100-water", "manual"),
    ]


async def test_the_lead_is_no_co_unit_of_itself(desk: Desk) -> None:
    dispute = await submitted(desk)
    request = ReassignDispute(dispute, "990100-water", "改派", ("990100-water", "990100-ecology"))
    assert (await reassign_dispute(desk, CLERK, request)).errors == ()
    assert [unit for _, unit, _ in await standing(desk, dispute)] == ["990100-water", "990100-ecology"]


async def test_what_lay_in_triage_is_assigned(desk: Desk) -> None:
    dispute = await submitted(desk, replace(FARM, description="🐷🐷"))
    assert await standing(desk, dispute) == []
    request = ReassignDispute(dispute, "990121-agriculture", "电话核实为养殖场")
    assert (await reassign_dispute(desk, CLERK, request)).errors == ()
    assert await standing(desk, dispute) == [("lead", "990121-agriculture", "manual")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dispute_id": new_key()}, ErrorCode.UNKNOWN_DISPUTE),
        ({"lead_unit": "990100-nobody"}, ErrorCode.UNKNOWN_UNIT),
        ({"lead_unit": "990121-agriculture"}, ErrorCode.SAME_LEAD),
        ({"lead_unit": "990100-port"}, ErrorCode.UNKNOWN_UNIT),  # dissolved
        ({"co_units": ("990100-nobody",)}, ErrorCode.UNKNOWN_UNIT),
        ({"co_units": ("990100-water",) * (MOST_CO_UNITS + 1)}, ErrorCode.TOO_MANY_UNITS),
        ({"reason": " \n "}, ErrorCode.REASON_REQUIRED),
        ({"reason": "因" * 2001}, ErrorCode.TEXT_TOO_LONG),
        ({"expected_version": 1}, ErrorCode.CONFLICT),
    ],
)
async def test_refused_and_unchanged(desk: Desk, change: dict[str, object], code: ErrorCode) -> None:
    dispute = await submitted(desk)
    before = await standing(desk, dispute)
    request = replace(ReassignDispute(dispute, "990100-water", "改派"), **change)  # type: ignore[arg-type]
    result = await reassign_dispute(desk, CLERK, request)
    assert [error.code for error in result.errors] == [code]
    assert await standing(desk, dispute) == before


async def test_of_many_who_saw_the_same_version_one_wins(desk: Desk) -> None:
    dispute = await submitted(desk)
    request = ReassignDispute(dispute, "990100-water", "改派", expected_version=2)
    results = await asyncio.gather(*(reassign_dispute(desk, CLERK, request) for _ in range(8)))
    assert sum(result.value is not None for result in results) == 1
    codes = [error.code for result in results for error in result.errors]
    assert codes == [ErrorCode.CONFLICT] * 7
    assert [role for role, _, _ in await standing(desk, dispute)].count("lead") == 1
