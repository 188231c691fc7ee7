"""Repeats: what a person confirms and takes back of two disputes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.desk import Desk
from casework.errors import ErrorCode
from casework.merging import merge_disputes
from casework.repeats import ConfirmRepeat, WithdrawRepeat, confirm_repeat, withdraw_repeat
from db import audit
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.dispute import Dispute
from db.tables.duplicates import WithdrawnRepeat
from tests.casework.test_assignment import CLERK, FARM, submitted
from tests.casework.test_merging import events, merging, of_another_city, problems, repeats, row
from tests.casework.test_objection import done


async def close(desk: Desk, dispute: UUID) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(Dispute).where(Dispute.id == dispute).values(status="struck_off"))


async def withdrawn(desk: Desk) -> list[Any]:
    table = WithdrawnRepeat.__table__
    async with desk.database.read() as connection:
        return list(await connection.execute(select(table).order_by(table.c.id)))


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


async def test_what_was_taken_back_stays_with_its_reason(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    for number in range(2):
        done(await confirm_repeat(desk, CLERK, ConfirmRepeat(later, earlier, something_new=True)))
        reason = f"不是同一养殖场,{number}号养殖场的电话是13812345678"
        done(await withdraw_repeat(desk, CLERK, WithdrawRepeat(later, earlier, reason)))
    assert [(each.repeat, each.reason[:9]) for each in await withdrawn(desk)] == [
        ("accepted", "不是同一养殖场,0"),
        ("accepted", "不是同一养殖场,1"),
    ]
    assert all(each.confirmed_by == each.withdrawn_by == CLERK.id for each in await withdrawn(desk))
    async with desk.database.read() as connection:
        told = await connection.scalars(
            select(AuditRecord.data).where(AuditRecord.action == "withdraw_repeat").order_by("sequence")
        )
        reasons = [data["reason"] for data in told]
        assert (await audit.verify(connection)).valid
    assert [reason[:9] for reason in reasons] == ["不是同一养殖场,0", "不是同一养殖场,1"]
    assert not any("13812345678" in reason for reason in reasons)


async def test_what_is_confirmed_anew_leaves_what_was_said_before(desk: Desk) -> None:
    earlier, later = await submitted(desk), await submitted(desk)
    for something_new in (False, True):
        done(await confirm_repeat(desk, CLERK, ConfirmRepeat(later, earlier, something_new)))
    assert [(each.repeat, each.reason) for each in await withdrawn(desk)] == [
        ("accepted", None),
        ("nothing_new", None),
    ]


async def test_what_was_merged_is_no_repeat_in_progress_once_the_main_one_is_over(desk: Desk) -> None:
    main, merged, later = [await submitted(desk) for _ in range(3)]
    done(await merge_disputes(desk, CLERK, merging(main, merged)))
    request = ConfirmRepeat(later, merged)
    done(await confirm_repeat(desk, CLERK, request))
    assert (later, merged, "accepted") in await repeats(desk)
    await close(desk, main)
    done(await confirm_repeat(desk, CLERK, request))
    assert {each for each in await repeats(desk) if each[0] == later} == {(later, merged, "nothing_new")}
    again = replace(request, something_new=True)
    assert problems(await confirm_repeat(desk, CLERK, again)) == [(ErrorCode.NOT_A_REPEAT, ("earlierId",))]


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
