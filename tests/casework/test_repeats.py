"""Repeats: what a person confirms and takes back of two disputes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from casework.desk import Desk
from casework.errors import ErrorCode
from casework.merging import merge_disputes
from casework.repeats import ConfirmRepeat, WithdrawRepeat, confirm_repeat, withdraw_repeat
from db.tables.base import new_key
from db.tables.dispute import Dispute
from tests.casework.test_assignment import CLERK, FARM, submitted
from tests.casework.test_merging import events, merging, of_another_city, problems, repeats, row
from tests.casework.test_objection import done


async def close(desk: Desk, dispute: UUID) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(Dispute).where(Dispute.id == dispute).values(status="struck_off"))


async def test_each_sense_is_a_tag_of_its_own(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    for something_new, expected in ((False, {"accepted", "nothing_new"}), (True, {"accepted"})):
        request = ConfirmRepeat(later, earlier, something_new)
        assert done(await confirm_repeat(desk, CLERK, request)) == later
        assert await repeats(desk) == {(later, earlier, repeat) for repeat in expected}
    number = (await row(desk, earlier)).number
    assert (await events(desk, later))[-1] == (
        "repeat_confirmed",
        {"earlier": number, "repeats": ["accepted"]},
    )


async def test_what_happens_again_after_closure_repeats_nothing(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    await close(desk, earlier)
    again = ConfirmRepeat(later, earlier, something_new=True)
    assert problems(await confirm_repeat(desk, CLERK, again)) == [(ErrorCode.NOT_A_REPEAT, ("earlierId",))]
    done(await confirm_repeat(desk, CLERK, replace(again, something_new=False)))
    assert await repeats(desk) == {(later, earlier, "nothing_new")}


async def test_a_review_is_known_by_what_the_complaint_says(desk: Desk) -> None:
    earlier = await submitted(desk)
    later = await submitted(desk, replace(FARM, description="养猪场粪水一事,对复核意见不服,还要投诉。"))
    await close(desk, earlier)
    done(await confirm_repeat(desk, CLERK, ConfirmRepeat(later, earlier)))
    assert await repeats(desk) == {(later, earlier, "nothing_new"), (later, earlier, "reviewed")}


async def test_what_was_confirmed_is_taken_back(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    withdrawing = WithdrawRepeat(later, earlier, "不是同一养殖场")
    nothing = [(ErrorCode.NO_SUCH_REPEAT, ("earlierId",))]
    assert problems(await withdraw_repeat(desk, CLERK, withdrawing)) == nothing
    done(await confirm_repeat(desk, CLERK, ConfirmRepeat(later, earlier)))
    reasonless = replace(withdrawing, reason=" ")
    assert problems(await withdraw_repeat(desk, CLERK, reasonless)) == [
        (ErrorCode.REASON_REQUIRED, ("reason",))
    ]
    assert done(await withdraw_repeat(desk, CLERK, withdrawing)) == later
    assert await repeats(desk) == set()
    assert [type_ for type_, _ in await events(desk, later)][-2:] == ["repeat_confirmed", "repeat_withdrawn"]


async def test_merging_says_it_anew(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    done(await confirm_repeat(desk, CLERK, ConfirmRepeat(later, earlier)))
    done(await merge_disputes(desk, CLERK, merging(earlier, later, something_new=True)))
    assert await repeats(desk) == {(later, earlier, "accepted")}


async def test_what_cannot_be_a_repeat(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    async with desk.database.write() as connection:
        moved = update(Dispute).where(Dispute.id == earlier)
        await connection.execute(moved.values(received_at=desk.clock() - timedelta(days=1)))
    given = ConfirmRepeat(later, earlier)
    cases: list[tuple[dict[str, Any], tuple[ErrorCode, tuple[str, ...]]]] = [
        ({"dispute_id": new_key()}, (ErrorCode.UNKNOWN_DISPUTE, ("id",))),
        ({"earlier_id": new_key()}, (ErrorCode.UNKNOWN_DISPUTE, ("earlierId",))),
        ({"earlier_id": later}, (ErrorCode.SAME_DISPUTE, ("earlierId",))),
        ({"dispute_id": earlier, "earlier_id": later}, (ErrorCode.NOT_EARLIER, ("earlierId",))),
        ({"expected_version": 9}, (ErrorCode.CONFLICT, ("expectedVersion",))),
        ({"earlier_id": await of_another_city(desk, earlier)}, (ErrorCode.OTHER_CITY, ("earlierId",))),
    ]
    for changes, expected in cases:
        assert problems(await confirm_repeat(desk, CLERK, replace(given, **changes))) == [expected]
