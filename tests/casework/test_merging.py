"""Merging and splitting: what may be merged, what becomes of the units, who is told of the course."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import ConveneConference, convene_conference
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.duplicates import AskSimilar, AskSimilarToText, similar_to_dispute, similar_to_text
from casework.errors import ErrorCode, Result
from casework.merging import MOST_MERGED, MergeDisputes, SplitDispute, merge_disputes, split_dispute
from casework.objection import object_to_assignment
from casework.resolution import RecordResolution, record_resolution
from casework.rights import EVERYWHERE
from db import audit, revision
from db.tables.base import new_key
from db.tables.dispute import Dispute, Party
from db.tables.duplicates import Merger, RepeatTag
from db.tables.event import Event, Outbox
from db.tables.unit import Unit
from tests.casework.people import LEAD as OFFICER
from tests.casework.people import OFFICE
from tests.casework.test_assignment import CLERK, FARM, standing, submitted
from tests.casework.test_objection import LEAD, OTHER, done, objecting


def merging(main: UUID, *duplicates: UUID, **changes: Any) -> MergeDisputes:
    return replace(MergeDisputes(main, duplicates, "反映同一养殖场"), **changes)


def problems(result: Result[UUID]) -> list[tuple[ErrorCode, tuple[str, ...]]]:
    return [(error.code, error.path) for error in result.errors]


async def row(desk: Desk, dispute: UUID) -> Any:
    async with desk.database.read() as connection:
        found = await connection.execute(select(Dispute.__table__).where(Dispute.id == dispute))
        return found.one()


async def events(desk: Desk, dispute: UUID) -> list[Any]:
    async with desk.database.read() as connection:
        return list(
            await connection.execute(
                select(Event.type, Event.data).where(Event.dispute_id == dispute).order_by(Event.sequence)
            )
        )


async def repeats(desk: Desk) -> set[tuple[UUID, UUID, str]]:
    async with desk.database.read() as connection:
        rows = await connection.execute(select(RepeatTag.dispute_id, RepeatTag.earlier_id, RepeatTag.repeat))
        return {tuple(each) for each in rows}  # type: ignore[misc]


async def of_another_city(desk: Desk, like: UUID) -> UUID:
    """A dispute with the city of no region here."""
    dispute = new_key()
    values = {**(await row(desk, like))._mapping, "id": dispute, "city": "880000"}
    async with desk.database.write() as connection:
        await connection.execute(insert(Dispute).values(values))
    return dispute


async def test_a_merged_dispute_has_no_units_of_its_own(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    assert done(await merge_disputes(desk, CLERK, merging(main, duplicate))) == main
    merged = await row(desk, duplicate)
    assert (merged.status, merged.lead_unit_code) == ("merged", None)
    assert await standing(desk, duplicate) == []
    assert (await row(desk, main)).status == "assigned"
    assert (await standing(desk, main))[0] == ("lead", LEAD, "rule")
    assert await repeats(desk) == {(duplicate, main, "accepted"), (duplicate, main, "nothing_new")}
    number = (await row(desk, main)).number
    assert (await events(desk, duplicate))[-1] == (
        "merged",
        {"main": number, "repeats": ["accepted", "nothing_new"]},
    )
    assert (await events(desk, main))[-1] == ("disputes_merged", {"duplicates": [merged.number]})
    async with desk.database.read() as connection:
        assert (await audit.verify(connection)).valid


async def test_every_complainant_can_be_told_how_it_went_on(desk: Desk) -> None:
    main, *duplicates = [await submitted(desk) for _ in range(3)]
    done(await merge_disputes(desk, CLERK, merging(main, *duplicates)))
    session = done(await convene_conference(desk, OFFICE, ConveneConference(main, "environment")))
    resolution = RecordResolution(session, "990100-ecology", "由市生态环境局牵头")
    done(await record_resolution(desk, OFFICE, resolution))
    number = (await row(desk, main)).number
    for duplicate in duplicates:
        told = [data for type_, data in await events(desk, duplicate) if type_ == "main_went_on"]
        assert told[0] == {"main": number, "events": ["conference_convened"]}
        assert told[1]["events"][0] == "conference_resolved"
        async with desk.database.read() as connection:
            parties = list(await connection.scalars(select(Party.id).where(Party.dispute_id == duplicate)))
            subjects = await connection.scalars(
                select(Outbox.subject).where(Outbox.type == "lianxi.dispute.main_went_on.v1")
            )
            assert (await row(desk, duplicate)).number in set(subjects)
        assert len(parties) == 1


async def test_what_is_split_off_goes_back_to_its_units(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    before = await standing(desk, duplicate)
    done(await merge_disputes(desk, CLERK, merging(main, duplicate)))
    assert done(await split_dispute(desk, CLERK, SplitDispute(duplicate, "不是同一养殖场"))) == duplicate
    after = await row(desk, duplicate)
    assert (after.status, after.lead_unit_code) == ("assigned", LEAD)
    assert await standing(desk, duplicate) == [(role, unit, "split") for role, unit, _ in before]
    assert await repeats(desk) == set()
    done(await reassign_dispute(desk, CLERK, ReassignDispute(main, OTHER, "属水体问题")))
    assert [type_ for type_, _ in await events(desk, duplicate)][-1] == "assigned"
    again = done(await merge_disputes(desk, CLERK, merging(duplicate, main)))
    assert again == duplicate
    async with desk.database.read() as connection:
        history = (await connection.execute(select(Merger.__table__).order_by(Merger.id))).all()
    assert [(each.dispute_id, each.split_by) for each in history] == [(duplicate, CLERK.id), (main, None)]


async def test_a_person_decides_where_the_units_are_gone(desk: Desk) -> None:
    main, unread = await submitted(desk), await submitted(desk, replace(FARM, description="🐷🐷"))
    dissolved = await submitted(desk, replace(FARM, region_code="990102001"))
    lead = (await row(desk, dissolved)).lead_unit_code
    done(await merge_disputes(desk, CLERK, merging(main, unread, dissolved)))
    async with desk.database.write() as connection:
        closing = update(Unit).where(Unit.code == lead).values(valid_to=date(2020, 1, 1))
        await connection.execute(closing)
        await revision.bump(connection, DIRECTORY)
    for each in (unread, dissolved):
        done(await split_dispute(desk, CLERK, SplitDispute(each, "另案处理")))
        assert (await row(desk, each)).status == "triage"
        assert await standing(desk, each) == []


async def test_what_is_merged_is_worked_on_under_the_other_number(desk: Desk) -> None:
    main, duplicate, third = [await submitted(desk) for _ in range(3)]
    done(await merge_disputes(desk, CLERK, merging(main, duplicate)))
    merged = [(ErrorCode.MERGED, ("id",))]
    reassigning = ReassignDispute(duplicate, OTHER, "属水体问题")
    assert problems(await reassign_dispute(desk, CLERK, reassigning)) == merged
    assert problems(await object_to_assignment(desk, OFFICER, objecting(duplicate))) == merged
    convening = ConveneConference(duplicate, "environment")
    result = await convene_conference(desk, OFFICE, convening)
    assert problems(result) == merged
    assert result.errors[0].values["main"] == (await row(desk, main)).number
    assert problems(await merge_disputes(desk, CLERK, merging(duplicate, third))) == merged
    listed = [(ErrorCode.MERGED, ("duplicateIds", "0"))]
    assert problems(await merge_disputes(desk, CLERK, merging(third, duplicate))) == listed
    assert problems(await merge_disputes(desk, CLERK, merging(main, duplicate))) == listed
    inside = [(ErrorCode.HAS_MERGED, ("duplicateIds", "0"))]
    assert problems(await merge_disputes(desk, CLERK, merging(third, main))) == inside


async def test_all_are_merged_or_none_and_each_is_told_of(desk: Desk) -> None:
    main, fit, objected, conferring, designated, elsewhere, closed = [await submitted(desk) for _ in range(7)]
    done(await object_to_assignment(desk, OFFICER, objecting(objected)))
    done(await convene_conference(desk, OFFICE, ConveneConference(conferring, "environment")))
    session = done(await convene_conference(desk, OFFICE, ConveneConference(designated, "environment")))
    done(await record_resolution(desk, OFFICE, RecordResolution(session, OTHER, "由水利局牵头")))
    async with desk.database.write() as connection:
        await connection.execute(update(Dispute).where(Dispute.id == closed).values(status="struck_off"))
    elsewhere = await of_another_city(desk, fit)
    ids = (fit, objected, conferring, designated, closed, main, new_key(), elsewhere)
    result = await merge_disputes(desk, CLERK, merging(main, *ids))
    assert problems(result) == [
        (ErrorCode.OBJECTION_OPEN, ("duplicateIds", "1")),
        (ErrorCode.SESSION_OPEN, ("duplicateIds", "2")),
        (ErrorCode.DESIGNATED, ("duplicateIds", "3")),
        (ErrorCode.NOT_OPEN, ("duplicateIds", "4")),
        (ErrorCode.SAME_DISPUTE, ("duplicateIds", "5")),
        (ErrorCode.UNKNOWN_DISPUTE, ("duplicateIds", "6")),
        (ErrorCode.OTHER_CITY, ("duplicateIds", "7")),
    ]
    assert (await row(desk, fit)).status == "assigned"
    assert problems(await merge_disputes(desk, CLERK, merging(closed, fit))) == [
        (ErrorCode.NOT_OPEN, ("id",))
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"main_id": new_key()}, (ErrorCode.UNKNOWN_DISPUTE, ("id",))),
        ({"duplicate_ids": ()}, (ErrorCode.NO_DUPLICATES, ("duplicateIds",))),
        (
            {"duplicate_ids": tuple(new_key() for _ in range(MOST_MERGED + 1))},
            (ErrorCode.TOO_MANY_DISPUTES, ("duplicateIds",)),
        ),
        ({"reason": " \x00"}, (ErrorCode.REASON_REQUIRED, ("reason",))),
        ({"expected_version": 9}, (ErrorCode.CONFLICT, ("expectedVersion",))),
    ],
)
async def test_what_cannot_be_merged(
    desk: Desk, changes: dict[str, Any], expected: tuple[ErrorCode, tuple[str, ...]]
) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    request = replace(merging(main, duplicate), **changes)
    assert problems(await merge_disputes(desk, CLERK, request)) == [expected]
    assert problems(await split_dispute(desk, CLERK, SplitDispute(duplicate, "拆分"))) == [
        (ErrorCode.NOT_MERGED, ("id",))
    ]


async def test_what_cannot_be_split(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    done(await merge_disputes(desk, CLERK, merging(main, duplicate)))
    split = SplitDispute(duplicate, "拆分")
    for changes, expected in (
        ({"dispute_id": new_key()}, (ErrorCode.UNKNOWN_DISPUTE, ("id",))),
        ({"dispute_id": main}, (ErrorCode.NOT_MERGED, ("id",))),
        ({"reason": ""}, (ErrorCode.REASON_REQUIRED, ("reason",))),
        ({"expected_version": 1}, (ErrorCode.CONFLICT, ("expectedVersion",))),
    ):
        assert problems(await split_dispute(desk, CLERK, replace(split, **changes))) == [expected]


async def test_the_same_key_merges_once(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    request = merging(main, duplicate)
    results = [await merge_disputes(desk, CLERK, request, "once") for _ in range(2)]
    assert [done(result) for result in results] == [main, main]
    other = replace(request, something_new=True)
    assert problems(await merge_disputes(desk, CLERK, other, "once")) == [
        (ErrorCode.KEY_REUSED, ("clientMutationId",))
    ]


async def test_no_circle_comes_of_two_at_once(desk: Desk) -> None:
    one, other = await submitted(desk), await submitted(desk)
    results = await asyncio.gather(
        merge_disputes(desk, CLERK, merging(one, other)), merge_disputes(desk, CLERK, merging(other, one))
    )
    assert sorted(len(result.errors) for result in results) == [0, 1]
    (refused,) = [error.code for result in results for error in result.errors]
    assert refused in (ErrorCode.MERGED, ErrorCode.HAS_MERGED)


async def test_the_main_dispute_is_suggested_for_those_merged_into_it(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    asked = AskSimilarToText(FARM.description, FARM.region_code)
    both = (await similar_to_text(desk, EVERYWHERE, asked)).value
    assert {each.dispute_id for each in both or ()} == {main, duplicate}
    done(await merge_disputes(desk, CLERK, merging(main, duplicate)))
    only = (await similar_to_text(desk, EVERYWHERE, asked)).value
    assert [each.dispute_id for each in only or ()] == [main]
    assert (await similar_to_dispute(desk, EVERYWHERE, AskSimilar(main))).value == []
    assert (await similar_to_dispute(desk, EVERYWHERE, AskSimilar(duplicate))).value == []
