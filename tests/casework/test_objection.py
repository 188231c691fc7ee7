"""Objections: who may raise one and until when, and what decides it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.actor import Actor
from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import ConveneConference, convene_conference
from casework.desk import Desk
from casework.errors import ErrorCode, Result
from casework.objection import (
    AcceptObjection,
    ObjectToAssignment,
    UpholdAssignment,
    accept_objection,
    object_to_assignment,
    uphold_assignment,
)
from casework.resolution import RecordResolution, record_resolution
from db import audit
from db.tables.base import new_key
from db.tables.dispute import Decision
from db.tables.event import Event, Outbox
from db.tables.objection import Objection
from tests.casework.people import OFFICE
from tests.casework.test_assignment import CLERK, FARM, standing, submitted

LEAD = "990121-agriculture"
OTHER = "990100-water"
OFFICER = Actor.of("officer-a", "unit_lead")


def objecting(dispute: UUID, **changes: Any) -> ObjectToAssignment:
    return replace(ObjectToAssignment(dispute, LEAD, "养殖场已搬迁,现为河道排污", OTHER), **changes)


def done(result: Result[UUID]) -> UUID:
    assert result.value is not None, result.errors
    return result.value


def codes(result: Result[UUID]) -> list[ErrorCode]:
    return [error.code for error in result.errors]


async def stored(desk: Desk) -> list[Any]:
    async with desk.database.read() as connection:
        return list(await connection.execute(select(Objection.__table__).order_by(Objection.id)))


async def happened(desk: Desk) -> list[str]:
    async with desk.database.read() as connection:
        return list(await connection.scalars(select(Event.type).order_by(Event.occurred_at, Event.sequence)))


def later(desk: Desk, **time: float) -> Desk:
    """The same desk after some time."""
    now = desk.clock() + timedelta(**time)
    return replace(desk, clock=lambda: now)


async def test_an_objection_waits_for_a_decision(desk: Desk) -> None:
    dispute = await submitted(desk)
    before = await standing(desk, dispute)
    objection = done(await object_to_assignment(desk, OFFICER, objecting(dispute)))
    (row,) = await stored(desk)
    assert (row.id, row.unit_code, row.proposed_unit_code, row.state) == (objection, LEAD, OTHER, "open")
    assert (row.raised_by, row.decided_at, row.decided_by, row.decided_reason) == (
        "officer-a",
        None,
        None,
        None,
    )
    async with desk.database.read() as connection:
        assert row.decision_id == await connection.scalar(select(Decision.id))
    assert await standing(desk, dispute) == before
    assert (await happened(desk))[-1] == "objection_raised"


async def test_an_assignment_that_is_upheld_stands(desk: Desk) -> None:
    dispute = await submitted(desk)
    before = await standing(desk, dispute)
    objection = done(await object_to_assignment(desk, OFFICER, objecting(dispute)))
    decided = UpholdAssignment(objection, "现场仍有养殖")
    assert done(await uphold_assignment(desk, CLERK, decided)) == objection
    (row,) = await stored(desk)
    assert (row.state, row.decided_by, row.decided_reason) == ("upheld", "clerk-a", "现场仍有养殖")
    assert await standing(desk, dispute) == before
    assert codes(await object_to_assignment(desk, OFFICER, objecting(dispute))) == [
        ErrorCode.OBJECTION_UPHELD
    ]
    assert codes(await uphold_assignment(desk, CLERK, decided)) == [ErrorCode.OBJECTION_DECIDED]


async def test_an_accepted_objection_gives_the_dispute_to_another(desk: Desk) -> None:
    dispute = await submitted(desk)
    co_units = (await standing(desk, dispute))[1:]
    objection = done(await object_to_assignment(desk, OFFICER, objecting(dispute)))
    request = AcceptObjection(objection, OTHER, "核实为河道排污")
    assert done(await accept_objection(desk, CLERK, request)) == objection
    assert await standing(desk, dispute) == [("lead", OTHER, "objection"), *co_units]
    (row,) = await stored(desk)
    assert (row.state, row.decided_reason) == ("accepted", "核实为河道排污")
    assert (await happened(desk))[-2:] == ["objection_accepted", "assigned"]
    # The unit that has it now may object in its turn.
    done(await object_to_assignment(desk, OFFICER, objecting(dispute, unit=OTHER, proposed_unit=LEAD)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dispute_id": new_key()}, ErrorCode.UNKNOWN_DISPUTE),
        ({"unit": OTHER}, ErrorCode.NOT_THE_LEAD),
        ({"unit": "nobody\x00"}, ErrorCode.NOT_THE_LEAD),
        ({"proposed_unit": "990100-nobody"}, ErrorCode.UNKNOWN_UNIT),
        ({"proposed_unit": LEAD}, ErrorCode.PROPOSES_ITSELF),
        ({"reason": " \x00 "}, ErrorCode.REASON_REQUIRED),
        ({"reason": "因" * 2001}, ErrorCode.TEXT_TOO_LONG),
        ({"reason": "\ud800"}, ErrorCode.TEXT_UNREADABLE),
        ({"expected_version": 1}, ErrorCode.CONFLICT),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "-".join(value),
)
async def test_objections_that_are_refused(desk: Desk, change: dict[str, Any], code: ErrorCode) -> None:
    dispute = await submitted(desk)
    assert codes(await object_to_assignment(desk, OFFICER, objecting(dispute, **change))) == [code]
    assert await stored(desk) == []


@pytest.mark.parametrize(
    ("decide", "code"),
    [
        (lambda _: UpholdAssignment(new_key(), "因"), ErrorCode.UNKNOWN_OBJECTION),
        (lambda found: UpholdAssignment(found, " "), ErrorCode.REASON_REQUIRED),
        (lambda found: UpholdAssignment(found, "因", expected_version=1), ErrorCode.CONFLICT),
        (lambda _: AcceptObjection(new_key(), OTHER, "因"), ErrorCode.UNKNOWN_OBJECTION),
        (lambda found: AcceptObjection(found, LEAD, "因"), ErrorCode.SAME_LEAD),
        (lambda found: AcceptObjection(found, "nobody", "因"), ErrorCode.UNKNOWN_UNIT),
        (lambda found: AcceptObjection(found, OTHER, ""), ErrorCode.REASON_REQUIRED),
        (lambda found: AcceptObjection(found, OTHER, "因", expected_version=1), ErrorCode.CONFLICT),
    ],
    ids=["unknown", "no-reason", "stale", "unknown-2", "same", "no-unit", "no-reason-2", "stale-2"],
)
async def test_decisions_that_are_refused(desk: Desk, decide: Any, code: ErrorCode) -> None:
    objection = done(await object_to_assignment(desk, OFFICER, objecting(await submitted(desk))))
    request = decide(objection)
    verb: Any = uphold_assignment if isinstance(request, UpholdAssignment) else accept_objection
    assert codes(await verb(desk, CLERK, request)) == [code]
    assert [row.state for row in await stored(desk)] == ["open"]


async def test_one_objection_at_a_time(desk: Desk) -> None:
    dispute = await submitted(desk)
    results = await asyncio.gather(
        *(object_to_assignment(desk, OFFICER, objecting(dispute)) for _ in range(6))
    )
    assert sum(result.value is not None for result in results) == 1
    assert [code for result in results for code in codes(result)] == [ErrorCode.OBJECTION_OPEN] * 5
    assert len(await stored(desk)) == 1


async def test_after_five_working_days_it_is_too_late(desk: Desk) -> None:
    """The clock stands on a Saturday: the fifth working day is the Friday after."""
    dispute = await submitted(desk)
    late = await object_to_assignment(later(desk, days=7), OFFICER, objecting(dispute))
    assert codes(late) == [ErrorCode.OBJECTION_TOO_LATE]
    assert late.errors[0].values == {"days": 5, "last": "2026-11-27"}
    shorter = replace(later(desk, days=6), objection_days=4)
    assert codes(await object_to_assignment(shorter, OFFICER, objecting(dispute))) == [
        ErrorCode.OBJECTION_TOO_LATE
    ]
    # The last minute of the last day, in China.
    done(await object_to_assignment(later(desk, days=6, hours=13, minutes=59), OFFICER, objecting(dispute)))


async def test_what_lies_in_triage_has_nobody_who_could_object(desk: Desk) -> None:
    nothing = await submitted(desk, replace(FARM, description="🐷🐷"))
    assert codes(await object_to_assignment(desk, OFFICER, objecting(nothing))) == [ErrorCode.NOT_THE_LEAD]


async def test_a_designated_lead_cannot_object(desk: Desk) -> None:
    dispute = await submitted(desk)
    await resolved(desk, dispute, LEAD)
    assert codes(await object_to_assignment(desk, OFFICER, objecting(dispute))) == [ErrorCode.DESIGNATED]


async def resolved(desk: Desk, dispute: UUID, lead: str) -> None:
    session = done(await convene_conference(desk, OFFICE, ConveneConference(dispute, "environment")))
    done(await record_resolution(desk, OFFICE, RecordResolution(session, lead, "会议议定")))


@pytest.mark.parametrize(
    ("lead", "state", "event"),
    [(LEAD, "upheld", "objection_upheld"), (OTHER, "accepted", "objection_accepted")],
)
async def test_a_resolution_settles_the_objection(desk: Desk, lead: str, state: str, event: str) -> None:
    dispute = await submitted(desk)
    done(await object_to_assignment(desk, OFFICER, objecting(dispute)))
    await resolved(desk, dispute, lead)
    (row,) = await stored(desk)
    assert (row.state, row.decided_reason) == (state, "会议议定")
    assert (await happened(desk))[-3:-1] == ["conference_resolved", event]


async def test_reassigning_by_hand_accepts_an_objection_only_where_the_lead_changes(desk: Desk) -> None:
    dispute = await submitted(desk)
    done(await object_to_assignment(desk, OFFICER, objecting(dispute)))
    done(await reassign_dispute(desk, CLERK, ReassignDispute(dispute, LEAD, "增加协办", (OTHER,))))
    assert [row.state for row in await stored(desk)] == ["open"]
    assert codes(await object_to_assignment(desk, OFFICER, objecting(dispute))) == [ErrorCode.OBJECTION_OPEN]
    done(await reassign_dispute(desk, CLERK, ReassignDispute(dispute, OTHER, "属水体问题")))
    (row,) = await stored(desk)
    assert (row.state, row.decided_reason) == ("accepted", "属水体问题")
    assert (await happened(desk))[-2:] == ["objection_accepted", "assigned"]


async def test_nothing_that_is_told_elsewhere_holds_the_reasons(desk: Desk) -> None:
    dispute = await submitted(desk)
    request = objecting(dispute, reason="张某 13800138000 已搬走")
    objection = done(await object_to_assignment(desk, OFFICER, request))
    done(await accept_objection(desk, CLERK, AcceptObjection(objection, OTHER, "张某 13800138000 属实")))
    async with desk.database.read() as connection:
        told = [
            *await connection.scalars(select(Event.data)),
            *await connection.scalars(select(Outbox.data)),
        ]
        chain = await audit.verify(connection, "990100")
    assert "13800138000" not in str(told)
    assert {"objection_raised", "objection_accepted"} <= set(await happened(desk))
    assert chain.valid


async def test_the_same_key_objects_once(desk: Desk) -> None:
    dispute = await submitted(desk)
    first = await object_to_assignment(desk, OFFICER, objecting(dispute), key="k")
    assert first == await object_to_assignment(desk, OFFICER, objecting(dispute), key="k")
    other = await object_to_assignment(desk, OFFICER, objecting(dispute, reason="另一理由"), key="k")
    assert codes(other) == [ErrorCode.KEY_REUSED]
    assert len(await stored(desk)) == 1
