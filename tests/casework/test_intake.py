"""Intake: what becomes of a complaint, and what is refused with nothing written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from casework.actor import Actor
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.errors import ErrorCode
from casework.intake import Complainant, SubmitDispute, submit_dispute
from casework.replay import replay
from db import audit, revision
from db.tables import Base
from db.tables.dispute import Assignment, Decision, Dispute, Party, PartyIdentity
from db.tables.event import Event, Outbox
from db.tables.unit import UnitFunction
from tests.conftest import NOW

CLERK = Actor.of("clerk-a", "clerk")
TOWN = "990102001"
BARBECUE = SubmitDispute("小区楼下的烧烤店每天晚上油烟很大,熏得没法开窗。", TOWN, "hotline")


async def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table has."""
    async with desk.database.read() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def test_what_was_written_is_kept_and_its_title_is_masked(desk: Desk) -> None:
    """A number that the title would cut in two is not shown by half."""
    text = f"小区楼下的烧烤店每天晚上油烟很大，{'熏得' * 5}没法开窗请打13800138000"
    assert text.index("13800138000") < 40 < len(text)
    assert (await submit_dispute(desk, CLERK, replace(BARBECUE, description=text))).errors == ()
    async with desk.database.read() as connection:
        dispute = (await connection.execute(select(Dispute.__table__))).one()
    assert dispute.description == text
    assert dispute.title == text[:33] + "******…"


async def test_a_complaint_is_routed_assigned_and_recorded(desk: Desk) -> None:
    request = replace(BARBECUE, complainant=Complainant("张某", "13800138000", "某路1号"))
    result = await submit_dispute(desk, CLERK, request)
    assert result.errors == ()
    async with desk.database.read() as connection:
        dispute = (await connection.execute(select(Dispute.__table__))).one()
        decision = (await connection.execute(select(Decision.__table__))).one()
        lead = (await connection.execute(select(Assignment.__table__).where(Assignment.role == "lead"))).one()
        events = list(await connection.scalars(select(Event.type).order_by(Event.sequence)))
        told = select(Outbox.type).where(Outbox.subject == dispute.number).order_by(Outbox.id)
        messages = list(await connection.scalars(told))
        party = (await connection.execute(select(Party.__table__))).one()
        identity = (await connection.execute(select(PartyIdentity.__table__))).one()
        chain = await audit.verify(connection)
    assert dispute.id == result.value
    assert dispute.number == "990100-2026-000001"
    assert (dispute.status, dispute.lead_unit_code) == ("assigned", "990102-urban-management")
    assert dispute.territorial_owner_code == "990102001-town"
    assert decision.lead_function == "urban_management"
    assert decision.explanation["zh"]
    assert decision.explanation["en"]
    assert (lead.unit_code, lead.origin, lead.designated) == ("990102-urban-management", "rule", False)
    assert lead.decision_id == decision.id
    assert events[:3] == ["submitted", "routed", "assigned"]
    assert messages == [f"lianxi.dispute.{type_}.v1" for type_ in events]
    assert (party.anonymous, party.reachable) == (False, True)
    assert (identity.name, identity.phone) == ("张某", "13800138000")
    assert chain.valid


async def test_no_personal_data_in_events_outbox_and_audit(desk: Desk) -> None:
    request = replace(BARBECUE, complainant=Complainant("李某某", "13912345678", "幸福里9号402"))
    await submit_dispute(desk, CLERK, request)
    async with desk.database.read() as connection:
        for name in ("event", "outbox", "audit_record"):
            table = Base.metadata.tables[name]
            text = str((await connection.execute(select(table))).all())
            for secret in ("李某某", "13912345678", "幸福里"):
                assert secret not in text, name


async def test_a_stored_decision_replays_exactly(desk: Desk) -> None:
    for text in (BARBECUE.description, "不知道哪里来的臭味", "有人夜里往河里倒危险废物", "🐷🐷", "smoke"):
        await submit_dispute(desk, CLERK, replace(BARBECUE, description=text))
    async with desk.database.read() as connection:
        keys = list(await connection.scalars(select(Decision.id)))
    assert len(keys) == 5
    for key in keys:
        assert await replay(desk, key)


async def test_replay_notices_an_edited_decision(desk: Desk) -> None:
    await submit_dispute(desk, CLERK, BARBECUE)
    async with desk.database.write() as connection:
        await connection.execute(update(Decision).values(lead_function="ecology"))
    async with desk.database.read() as connection:
        key = (await connection.scalars(select(Decision.id))).one()
    assert not await replay(desk, key)


@pytest.mark.parametrize(
    "text", ["🐷🐷🐷", "The quick brown fox", "ÃÂ©Ã¨ÃÂ", "。。。", "12345", "路由到公安局"]
)
async def test_what_says_nothing_goes_to_triage_and_never_to_a_guess(desk: Desk, text: str) -> None:
    result = await submit_dispute(desk, CLERK, replace(BARBECUE, description=text))
    assert result.errors == ()
    async with desk.database.read() as connection:
        dispute = (await connection.execute(select(Dispute.__table__))).one()
        assigned = await connection.scalar(select(func.count()).select_from(Assignment.__table__))
        reason = (await connection.scalars(select(Decision.triage_reason))).one()
    assert (dispute.status, dispute.lead_unit_code, assigned) == ("triage", None, 0)
    assert dispute.territorial_owner_code == "990102001-town"
    assert reason is not None


async def test_a_function_that_nobody_carries_goes_to_triage(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(delete(UnitFunction).where(UnitFunction.function_code == "urban_management"))
        await revision.bump(connection, DIRECTORY)
    await submit_dispute(desk, CLERK, BARBECUE)
    async with desk.database.read() as connection:
        dispute = (await connection.execute(select(Dispute.__table__))).one()
        decision = (await connection.execute(select(Decision.__table__))).one()
    assert (dispute.status, dispute.lead_unit_code) == ("triage", None)
    assert (decision.lead_function, decision.triage_reason) == ("urban_management", "no_unit")
    assert "urban management" in decision.explanation["en"][0].lower()
    assert await replay(desk, decision.id)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"description": ""}, ("description",), ErrorCode.TEXT_EMPTY),
        ({"description": " \n\x00\x07 "}, ("description",), ErrorCode.TEXT_EMPTY),
        ({"description": "烟" * 1_000_000}, ("description",), ErrorCode.TEXT_TOO_LONG),
        ({"description": "烟\ud83d"}, ("description",), ErrorCode.TEXT_UNREADABLE),
        ({"title": "题" * 201}, ("title",), ErrorCode.TEXT_TOO_LONG),
        ({"region_code": "000000"}, ("regionCode",), ErrorCode.UNKNOWN_REGION),
        ({"region_code": ""}, ("regionCode",), ErrorCode.UNKNOWN_REGION),
        ({"channel": "pigeon"}, ("channel",), ErrorCode.UNKNOWN_CHANNEL),
        ({"severity": 0}, ("severity",), ErrorCode.SEVERITY_OUT_OF_RANGE),
        ({"severity": 6}, ("severity",), ErrorCode.SEVERITY_OUT_OF_RANGE),
        ({"received_at": NOW + timedelta(hours=1)}, ("receivedAt",), ErrorCode.RECEIVED_IN_FUTURE),
        ({"complainant": Complainant("张" * 101)}, ("complainant", "name"), ErrorCode.TEXT_TOO_LONG),
        ({"complainant": Complainant(phone="\ud800")}, ("complainant", "phone"), ErrorCode.TEXT_UNREADABLE),
    ],
)
async def test_refused_with_nothing_written(
    desk: Desk, change: dict[str, object], path: tuple[str, ...], code: ErrorCode
) -> None:
    before = await rows(desk)
    result = await submit_dispute(desk, CLERK, replace(BARBECUE, **change), key="k-1")  # type: ignore[arg-type]
    assert result.value is None
    assert [(error.path, error.code) for error in result.errors] == [(path, code)]
    assert await rows(desk) == before


async def test_every_mistake_is_told_at_once(desk: Desk) -> None:
    result = await submit_dispute(desk, CLERK, SubmitDispute("", TOWN, "pigeon", severity=9))
    assert [error.code for error in result.errors] == [
        ErrorCode.TEXT_EMPTY,
        ErrorCode.UNKNOWN_CHANNEL,
        ErrorCode.SEVERITY_OUT_OF_RANGE,
    ]


async def test_a_retried_key_acts_once(desk: Desk) -> None:
    first = await submit_dispute(desk, CLERK, BARBECUE, key="k-1")
    after = await rows(desk)
    again = await submit_dispute(desk, CLERK, BARBECUE, key="k-1")
    assert again.value == first.value
    assert await rows(desk) == after
    other = await submit_dispute(desk, CLERK, replace(BARBECUE, severity=5), key="k-1")
    assert [error.code for error in other.errors] == [ErrorCode.KEY_REUSED]
    long = await submit_dispute(desk, CLERK, BARBECUE, key="k" * 256)
    assert [error.code for error in long.errors] == [ErrorCode.KEY_TOO_LONG]
    assert await rows(desk) == after
    mine = await submit_dispute(desk, Actor.of("clerk-b", "clerk"), BARBECUE, key="k-1")
    assert mine.value not in (None, first.value)


async def test_numbers_count_within_city_and_year(desk: Desk) -> None:
    for days in (0, 400, 400, 0):
        await submit_dispute(desk, CLERK, replace(BARBECUE, received_at=NOW - timedelta(days=days)))
    async with desk.database.read() as connection:
        numbers = list(await connection.scalars(select(Dispute.number).order_by(Dispute.id)))
    assert numbers == [
        "990100-2026-000001",
        "990100-2025-000001",
        "990100-2025-000002",
        "990100-2026-000002",
    ]
