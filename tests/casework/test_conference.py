"""Joint conferences: proposed by a rule, convened by hand, resolved with a designated lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.actor import Actor
from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import MOST_INVITED, ConveneConference, convene_conference
from casework.desk import Desk
from casework.errors import ErrorCode
from casework.intake import SubmitDispute
from casework.resolution import RecordResolution, record_resolution
from db.tables.base import new_key
from db.tables.conference import ConferenceSession, Participant, Resolution
from db.tables.dispute import Dispute
from db.tables.event import Event
from rules.pack import load_pack
from tests.casework.people import CLERK
from tests.casework.test_assignment import standing, submitted
from tests.conftest import NOW

OFFICE = Actor.of("office-a", "conference_office")
FACTORY = SubmitDispute("化工厂夜里排废气,刺鼻难闻。", "990103100", "hotline")
ABOVE_LEVEL = replace(FACTORY, description="化工厂夜里排废气,刺鼻难闻,已经向省里信访局反映过,还是没解决。")


async def participants(desk: Desk, session: UUID) -> dict[str, str]:
    """Who is invited, in order, and as what."""
    async with desk.database.read() as connection:
        found = await connection.execute(
            select(Participant.unit_code, Participant.role)
            .where(Participant.session_id == session)
            .order_by(Participant.position)
        )
        return {row.unit_code: row.role for row in found}


async def convened(desk: Desk, dispute: UUID, **more: object) -> UUID:
    request = replace(ConveneConference(dispute, "environment"), **more)  # type: ignore[arg-type]
    result = await convene_conference(desk, OFFICE, request)
    assert result.value is not None, result.errors
    return result.value


async def test_convened_by_hand_with_those_concerned(desk: Desk) -> None:
    dispute = await submitted(desk, FACTORY)
    session = await convened(desk, dispute, invite=("990100-water",), topic="会商")
    invited = await participants(desk, session)
    lead = (await standing(desk, dispute))[0][1]
    assert next(iter(invited.items())) == ("990100-ecology", "chair")
    assert invited["990103100-town"] == "territorial_owner"
    assert invited["990100-water"] == "member"
    assert lead in invited
    async with desk.database.read() as connection:
        row = (await connection.execute(select(ConferenceSession.__table__))).one()
        status = (await connection.scalars(select(Dispute.status))).one()
        last = (await connection.scalars(select(Event.type).order_by(Event.sequence.desc()))).first()
    assert (row.status, row.topic, row.rule_id) == ("convened", "会商", None)
    assert (status, last) == ("in_conference", "conference_convened")


async def test_standing_members_come_on_request(desk: Desk) -> None:
    dispute = await submitted(desk, FACTORY)
    few = await participants(desk, await convened(desk, dispute))
    other = await submitted(desk, FACTORY)
    many = await participants(desk, await convened(desk, other, invite_members=True))
    assert set(few) < set(many)
    assert any("court" in unit for unit in many)


async def test_what_a_rule_proposed_is_what_is_convened(desk: Desk) -> None:
    dispute = await submitted(desk, ABOVE_LEVEL)
    async with desk.database.read() as connection:
        proposed = (await connection.execute(select(ConferenceSession.__table__))).one()
    assert (proposed.status, proposed.dispute_id) == ("proposed", dispute)
    proposers = {rule.id for rule in load_pack("municipal").rules if rule.outcome.conference}
    assert proposed.rule_id in proposers
    assert "990103100-town" in await participants(desk, proposed.id)
    assert await convened(desk, dispute, reason="越级信访") == proposed.id


async def test_a_resolution_designates_the_lead(desk: Desk) -> None:
    dispute = await submitted(desk, FACTORY)
    session = await convened(desk, dispute)
    result = await record_resolution(
        desk, OFFICE, RecordResolution(session, "990100-water", "由市水利局牵头", ("990100-ecology",))
    )
    assert (result.value, result.errors) == (session, ())
    assert await standing(desk, dispute) == [
        ("lead", "990100-water", "conference"),
        ("co", "990100-ecology", "conference"),
    ]
    async with desk.database.read() as connection:
        resolution = (await connection.execute(select(Resolution.__table__))).one()
        row = (await connection.execute(select(Dispute.__table__))).one()
    assert (resolution.lead_unit_code, resolution.text) == ("990100-water", "由市水利局牵头")
    assert (row.status, row.lead_unit_code) == ("assigned", "990100-water")
    # Designated: not to be undone by hand, only by another session.
    by_hand = await reassign_dispute(desk, CLERK, ReassignDispute(dispute, "990100-ecology", "改派"))
    assert [error.code for error in by_hand.errors] == [ErrorCode.DESIGNATED]
    again = await convened(desk, dispute)
    assert again != session
    request = RecordResolution(again, "990100-ecology", "改由生态环境局牵头")
    assert (await record_resolution(desk, OFFICE, request)).errors == ()
    assert await standing(desk, dispute) == [("lead", "990100-ecology", "conference")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dispute_id": new_key()}, ErrorCode.UNKNOWN_DISPUTE),
        ({"domain": "astrology"}, ErrorCode.UNKNOWN_CONFERENCE),
        ({"domain": "\x00"}, ErrorCode.UNKNOWN_CONFERENCE),
        ({"invite": ("nobody",)}, ErrorCode.UNKNOWN_UNIT),
        ({"invite": ("990100-water",) * (MOST_INVITED + 1)}, ErrorCode.TOO_MANY_UNITS),
        ({"topic": "题" * 201}, ErrorCode.TEXT_TOO_LONG),
        ({"scheduled_at": NOW - timedelta(days=1)}, ErrorCode.SCHEDULED_IN_PAST),
        ({"expected_version": 7}, ErrorCode.CONFLICT),
    ],
)
async def test_not_convened(desk: Desk, change: dict[str, object], code: ErrorCode) -> None:
    dispute = await submitted(desk, FACTORY)
    request = replace(ConveneConference(dispute, "environment"), **change)  # type: ignore[arg-type]
    result = await convene_conference(desk, OFFICE, request)
    assert [error.code for error in result.errors] == [code]
    async with desk.database.read() as connection:
        assert (await connection.execute(select(ConferenceSession.id))).all() == []


async def test_one_open_session_a_conference(desk: Desk) -> None:
    dispute = await submitted(desk, FACTORY)
    await convened(desk, dispute)
    result = await convene_conference(desk, OFFICE, ConveneConference(dispute, "environment"))
    assert [error.code for error in result.errors] == [ErrorCode.SESSION_OPEN]
    assert await convened(desk, dispute, domain="public_services")


async def test_only_a_convened_session_is_resolved_and_once(desk: Desk) -> None:
    dispute = await submitted(desk, ABOVE_LEVEL)
    async with desk.database.read() as connection:
        proposed = (await connection.scalars(select(ConferenceSession.id))).one()
    request = RecordResolution(proposed, "990100-ecology", "牵头")
    early = await record_resolution(desk, OFFICE, request)
    assert [error.code for error in early.errors] == [ErrorCode.SESSION_NOT_CONVENED]
    await convened(desk, dispute)
    assert (await record_resolution(desk, OFFICE, request, key="r-1")).errors == ()
    assert (await record_resolution(desk, OFFICE, request, key="r-1")).value == proposed
    late = await record_resolution(desk, OFFICE, request)
    assert [error.code for error in late.errors] == [ErrorCode.SESSION_NOT_CONVENED]
    unknown = await record_resolution(desk, OFFICE, replace(request, session_id=new_key()))
    assert [error.code for error in unknown.errors] == [ErrorCode.UNKNOWN_SESSION]
    blank = await record_resolution(desk, OFFICE, replace(request, text=" "))
    assert [error.code for error in blank.errors] == [ErrorCode.TEXT_EMPTY]
