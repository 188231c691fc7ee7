"""A matter that comes up again: what it is shown beside, and whether it is merged with that or repeats it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from casework.desk import Desk
from casework.duplicates import AskSimilar, similar_to_dispute
from casework.errors import ErrorCode
from casework.intake import Complainant, SubmitDispute, submit_dispute
from casework.merging import merge_disputes
from casework.repeats import ConfirmRepeat, confirm_repeat
from casework.reply import ResolveDispute, resolve_dispute
from casework.rights import EVERYWHERE
from db.tables.dispute import Dispute
from db.tables.reply import Reply
from tests.casework.test_assignment import CLERK, submitted
from tests.casework.test_duplicates import DISTRICT, FIRM, NEXT_TOWN
from tests.casework.test_merging import merging, problems, repeats
from tests.casework.test_objection import done

SOMEBODY = Complainant("张某", "13812345678")
ELSE = Complainant("李某", "13912345678")
LONG = f"{FIRM.description}{'反映多次没有结果。' * 700}"


async def shown(desk: Desk, dispute: UUID) -> list[tuple[UUID, bool]]:
    found = (await similar_to_dispute(desk, EVERYWHERE, AskSimilar(dispute))).value
    return [(each.dispute_id, each.mergeable) for each in found or ()]


async def came_in(desk: Desk, dispute: UUID, days: float) -> None:
    async with desk.database.write() as connection:
        moved = update(Dispute).where(Dispute.id == dispute)
        await connection.execute(moved.values(received_at=desk.clock() - timedelta(days=days)))


async def resolved(desk: Desk, dispute: UUID, days: float) -> None:
    done(await resolve_dispute(desk, CLERK, ResolveDispute(dispute, "已停产整改。")))
    async with desk.database.write() as connection:
        moved = update(Reply).where(Reply.dispute_id == dispute)
        await connection.execute(moved.values(replied_at=desk.clock() - timedelta(days=days)))


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"complainant": SOMEBODY}, {"complainant": SOMEBODY}),
        ({"complainant": SOMEBODY}, {"complainant": ELSE}),
        ({"complainant": None}, {"complainant": None}),
        ({"complainant": SOMEBODY}, {"complainant": None}),
        ({}, {"region_code": DISTRICT}),
        ({"description": LONG}, {"description": LONG}),
        ({"description": LONG}, {}),
    ],
    ids=["the-same", "another", "anonymous", "one-anonymous", "no-town", "both-long", "one-long"],
)
async def test_what_is_worked_on_is_merged_whoever_complains(
    desk: Desk, first: dict[str, object], again: dict[str, object]
) -> None:
    one = await submitted(desk, replace(FIRM, **first))  # type: ignore[arg-type]
    other = await submitted(desk, replace(FIRM, **again))  # type: ignore[arg-type]
    assert await shown(desk, other) == [(one, True)]
    done(await merge_disputes(desk, CLERK, merging(one, other)))
    assert await repeats(desk) == {(other, one, "accepted"), (other, one, "nothing_new")}


@pytest.mark.parametrize(
    ("days_in", "days_over", "seen"),
    [(1, 0.1, True), (60, 1, True), (120, 1, True), (120, 89, True), (91, 91, False), (400, 120, False)],
)
async def test_what_is_over_is_shown_for_ninety_days_and_merged_never(
    desk: Desk, days_in: float, days_over: float, seen: bool
) -> None:
    over = await submitted(desk, FIRM)
    await came_in(desk, over, days_in)
    await resolved(desk, over, days_over)
    again = await submitted(desk, FIRM)
    assert await shown(desk, again) == ([(over, False)] if seen else [])
    closed = [(ErrorCode.NOT_OPEN, ("duplicateIds", "0"))]
    assert problems(await merge_disputes(desk, CLERK, merging(again, over))) == closed
    # However long it has been over: a new fact is new, and nothing new repeats what has been answered.
    new = await confirm_repeat(desk, CLERK, ConfirmRepeat(again, over, something_new=True))
    assert problems(new) == [(ErrorCode.NOT_A_REPEAT, ("earlierId",))]
    done(await confirm_repeat(desk, CLERK, ConfirmRepeat(again, over)))
    assert await repeats(desk) == {(again, over, "nothing_new")}


async def test_the_next_town_has_matters_of_its_own(desk: Desk) -> None:
    one = await submitted(desk, FIRM)
    other = await submitted(desk, replace(FIRM, region_code=NEXT_TOWN))
    assert await shown(desk, one) == await shown(desk, other) == []


@pytest.mark.parametrize("text", ["", " \n\t", "\x00"])
async def test_a_complaint_of_nothing_is_none(desk: Desk, text: str) -> None:
    await submitted(desk, FIRM)
    nothing = SubmitDispute(text, FIRM.region_code, FIRM.channel)
    assert problems(await submit_dispute(desk, CLERK, nothing)) == [(ErrorCode.TEXT_EMPTY, ("description",))]


@pytest.mark.parametrize("text", ["。。。！！！", "🐷🐷", "啊" * 6_500, "\u200b\u200b"])
async def test_what_says_nothing_is_like_itself_at_most(desk: Desk, text: str) -> None:
    await submitted(desk, FIRM)
    one = await submitted(desk, replace(FIRM, description=text))
    other = await submitted(desk, replace(FIRM, description=text))
    assert {dispute for dispute, _ in await shown(desk, other)} <= {one}
