"""Replies: a dispute is resolved with one, and so is what was merged into it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.assignment import ReassignDispute, reassign_dispute
from casework.conference import ConveneConference, convene_conference
from casework.desk import Desk
from casework.duplicates import AskSimilar, AskSimilarToText, similar_to_dispute, similar_to_text
from casework.errors import ErrorCode
from casework.merging import SplitDispute, merge_disputes, split_dispute
from casework.objection import object_to_assignment
from casework.reply import ResolveDispute, resolve_dispute
from casework.rights import EVERYWHERE
from db import audit
from db.tables.base import new_key
from db.tables.event import Outbox
from db.tables.reply import Reply
from tests.casework.people import LEAD, OFFICE
from tests.casework.test_assignment import CLERK, FARM, submitted
from tests.casework.test_merging import events, merging, problems, row
from tests.casework.test_objection import OTHER, done, objecting

REPLY = "养猪场已停产整改,粪水已清运。"


async def replies(desk: Desk) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    async with desk.database.read() as connection:
        for dispute, text in await connection.execute(
            select(Reply.dispute_id, Reply.text).order_by(Reply.id)
        ):
            found.setdefault(dispute, []).append(text)
    return found


async def test_everybody_who_complained_gets_the_one_reply(desk: Desk) -> None:
    main, *duplicates = [await submitted(desk) for _ in range(3)]
    split = await submitted(desk)
    done(await merge_disputes(desk, CLERK, merging(main, *duplicates, split)))
    done(await split_dispute(desk, CLERK, SplitDispute(split, "另一养猪场")))
    assert done(await resolve_dispute(desk, CLERK, ResolveDispute(main, f"  {REPLY}"))) == main
    assert await replies(desk) == {each: [REPLY] for each in (main, *duplicates)}
    assert [(await row(desk, each)).status for each in (main, *duplicates, split)] == [
        "resolved",
        "merged",
        "merged",
        "assigned",
    ]
    number = (await row(desk, main)).number
    assert (await events(desk, main))[-1] == ("resolved", {})
    for each in duplicates:
        assert (await events(desk, each))[-1] == ("main_went_on", {"main": number, "events": ["resolved"]})
    async with desk.database.read() as connection:
        told = await connection.scalars(
            select(Outbox.subject).where(Outbox.type == "lianxi.dispute.main_went_on.v1")
        )
        assert set(told) == {(await row(desk, each)).number for each in duplicates}
        assert (await audit.verify(connection)).valid


async def test_what_happens_again_after_the_reply_is_a_new_matter(desk: Desk) -> None:
    over = await submitted(desk)
    done(await resolve_dispute(desk, CLERK, ResolveDispute(over, REPLY)))
    before = (
        await similar_to_text(desk, EVERYWHERE, AskSimilarToText(FARM.description, FARM.region_code))
    ).value
    assert [(each.dispute_id, each.mergeable) for each in before or ()] == [(over, False)]
    again = await submitted(desk)
    assert (await row(desk, again)).status == "assigned"
    found = (await similar_to_dispute(desk, EVERYWHERE, AskSimilar(again))).value
    assert [(each.dispute_id, each.mergeable) for each in found or ()] == [(over, False)]
    backwards = (await similar_to_dispute(desk, EVERYWHERE, AskSimilar(over))).value
    assert [(each.dispute_id, each.mergeable) for each in backwards or ()] == [(again, False)]
    closed = [(ErrorCode.NOT_OPEN, ("duplicateIds", "0"))]
    assert problems(await merge_disputes(desk, CLERK, merging(again, over))) == closed
    assert problems(await merge_disputes(desk, CLERK, merging(over, again))) == [
        (ErrorCode.NOT_OPEN, ("id",))
    ]


async def test_what_is_over_is_worked_on_no_more(desk: Desk) -> None:
    over = await submitted(desk)
    done(await resolve_dispute(desk, CLERK, ResolveDispute(over, REPLY)))
    closed = [(ErrorCode.NOT_OPEN, ("id",))]
    assert problems(await resolve_dispute(desk, CLERK, ResolveDispute(over, REPLY))) == closed
    assert problems(await reassign_dispute(desk, CLERK, ReassignDispute(over, OTHER, "属水体问题"))) == closed
    convening = ConveneConference(over, "environment")
    assert problems(await convene_conference(desk, OFFICE, convening)) == closed
    assert problems(await object_to_assignment(desk, LEAD, objecting(over))) == closed
    assert await replies(desk) == {over: [REPLY]}


async def test_what_is_not_settled_cannot_be_resolved(desk: Desk) -> None:
    led_by_nobody = await submitted(desk, replace(FARM, description="🐷🐷"))
    objected, conferring, main, merged = [await submitted(desk) for _ in range(4)]
    done(await object_to_assignment(desk, LEAD, objecting(objected)))
    done(await convene_conference(desk, OFFICE, ConveneConference(conferring, "environment")))
    done(await merge_disputes(desk, CLERK, merging(main, merged)))
    for dispute, expected in (
        (led_by_nobody, ErrorCode.NO_LEAD),
        (objected, ErrorCode.OBJECTION_OPEN),
        (conferring, ErrorCode.SESSION_OPEN),
        (merged, ErrorCode.MERGED),
        (new_key(), ErrorCode.UNKNOWN_DISPUTE),
    ):
        result = await resolve_dispute(desk, CLERK, ResolveDispute(dispute, REPLY))
        assert problems(result) == [(expected, ("id",))]
    assert await replies(desk) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reply": " \x00"}, (ErrorCode.TEXT_EMPTY, ("reply",))),
        ({"reply": "好" * 20_001}, (ErrorCode.TEXT_TOO_LONG, ("reply",))),
        ({"expected_version": 9}, (ErrorCode.CONFLICT, ("expectedVersion",))),
    ],
)
async def test_replies_of_no_use(
    desk: Desk, changes: dict[str, Any], expected: tuple[ErrorCode, tuple[str, ...]]
) -> None:
    request = replace(ResolveDispute(await submitted(desk), REPLY), **changes)
    assert problems(await resolve_dispute(desk, CLERK, request)) == [expected]


async def test_what_is_split_off_afterwards_gets_a_reply_of_its_own(desk: Desk) -> None:
    main, merged = await submitted(desk), await submitted(desk)
    done(await merge_disputes(desk, CLERK, merging(main, merged)))
    done(await resolve_dispute(desk, CLERK, ResolveDispute(main, REPLY)))
    done(await split_dispute(desk, CLERK, SplitDispute(merged, "另一养猪场")))
    done(await resolve_dispute(desk, CLERK, ResolveDispute(merged, "另一家也已整改。")))
    assert await replies(desk) == {main: [REPLY], merged: [REPLY, "另一家也已整改。"]}


async def test_whoever_is_merged_while_the_reply_is_given_has_it_or_is_not_merged(desk: Desk) -> None:
    main, duplicate = await submitted(desk), await submitted(desk)
    resolving, merged = await asyncio.gather(
        resolve_dispute(desk, CLERK, ResolveDispute(main, REPLY)),
        merge_disputes(desk, CLERK, merging(main, duplicate)),
    )
    done(resolving)
    assert ((await row(desk, duplicate)).status == "merged") is not bool(merged.errors)
    assert (duplicate in await replies(desk)) is not bool(merged.errors)


async def test_the_same_key_replies_once(desk: Desk) -> None:
    request = ResolveDispute(await submitted(desk), REPLY)
    results = [await resolve_dispute(desk, CLERK, request, "once") for _ in range(2)]
    assert [done(result) for result in results] == [request.dispute_id] * 2
    assert await replies(desk) == {request.dispute_id: [REPLY]}
    other = replace(request, reply="另一答复。")
    assert problems(await resolve_dispute(desk, CLERK, other, "once")) == [
        (ErrorCode.KEY_REUSED, ("clientMutationId",))
    ]
