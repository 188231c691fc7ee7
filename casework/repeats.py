"""Repeats: a person confirms that a dispute repeats an earlier one; in which senses, a rule derives.

Whether a matter has been through 复核 is no state of a dispute yet. Until it is, what either complaint says
of it is taken, and the person who confirms the repeat has read both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import reason_errors
from casework.desk import Desk
from casework.dispute import MERGED, OPEN, DisputeRow, changed, check_version, disputes_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import record
from casework.text import clean
from db.tables.base import new_key
from db.tables.dispute import Dispute
from db.tables.duplicates import Merger, RepeatTag, WithdrawnRepeat
from rules.repeats import Earlier, Repeat, repeats, tells_of_review


@dataclass(frozen=True, slots=True)
class ConfirmRepeat:
    """A dispute repeats an earlier one. `something_new`: it tells of a new situation or reason."""

    dispute_id: UUID
    earlier_id: UUID
    something_new: bool = False
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawRepeat:
    """A dispute does not repeat an earlier one after all."""

    dispute_id: UUID
    earlier_id: UUID
    reason: str
    expected_version: int | None = None


async def confirm_repeat(
    desk: Desk, actor: Actor, request: ConfirmRepeat, key: str | None = None
) -> Result[UUID]:
    """Tag a dispute as a repeat of an earlier one, in every sense in which it is; what was confirmed of the
    two before is replaced. Answers with the dispute's key."""

    async def work(change: Change) -> UUID:
        dispute, earlier = await _pair(change, request)
        if (earlier.received_at, earlier.id) > (dispute.received_at, dispute.id):
            raise Refused(UserError(ErrorCode.NOT_EARLIER, ("earlierId",), {"number": earlier.number}))
        found = await repeats_of(change, dispute, earlier, something_new=request.something_new)
        if not found:
            raise Refused(UserError(ErrorCode.NOT_A_REPEAT, ("earlierId",), {"number": earlier.number}))
        await forget_repeats(change, dispute, earlier)
        await keep_repeats(change, dispute, earlier, found)
        await changed(change, dispute)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="confirm_repeat",
            happenings=[("repeat_confirmed", {"earlier": earlier.number, "repeats": sorted(found)})],
        )
        return dispute.id

    return await act(desk, actor, "confirm_repeat", key, asdict(request), work)


async def withdraw_repeat(
    desk: Desk, actor: Actor, request: WithdrawRepeat, key: str | None = None
) -> Result[UUID]:
    """Take back what was confirmed of two disputes; it stays on record with the reason. Answers with the
    dispute's key."""
    reason = clean(request.reason)
    if errors := reason_errors(reason):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute, earlier = await _pair(change, request)
        if not await forget_repeats(change, dispute, earlier, reason):
            raise Refused(UserError(ErrorCode.NO_SUCH_REPEAT, ("earlierId",), {"number": earlier.number}))
        await changed(change, dispute)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="withdraw_repeat",
            happenings=[("repeat_withdrawn", {"earlier": earlier.number})],
            reason=reason,
        )
        return dispute.id

    return await act(desk, actor, "withdraw_repeat", key, asdict(request), work)


async def repeats_of(
    change: Change, dispute: DisputeRow, earlier: DisputeRow, *, something_new: bool
) -> frozenset[Repeat]:
    """The senses in which a dispute repeats an earlier one that is about the same matter. One that was merged
    is in progress as long as the main one is."""
    status = await _main_status(change, earlier) if earlier.status == MERGED else earlier.status
    standing = Earlier(
        in_progress=status in OPEN,
        reviewed=tells_of_review(dispute.description) or tells_of_review(earlier.description),
    )
    return repeats(standing, something_new=something_new)


async def keep_repeats(
    change: Change, dispute: DisputeRow, earlier: DisputeRow, found: Iterable[Repeat]
) -> None:
    """Tag a dispute as a repeat of an earlier one in these senses."""
    rows = [
        {
            "city": dispute.city,
            "dispute_id": dispute.id,
            "earlier_id": earlier.id,
            "repeat": repeat.value,
            "confirmed_at": change.now,
            "confirmed_by": change.actor.id,
        }
        for repeat in sorted(found)
    ]
    await change.connection.execute(insert(RepeatTag), rows)


async def forget_repeats(
    change: Change, dispute: DisputeRow, earlier: DisputeRow, reason: str | None = None
) -> int:
    """Put the tags of two disputes among those withdrawn; answers with how many there were. Without a reason
    what is said of the two next takes their place."""
    ours = (
        RepeatTag.city == dispute.city,
        RepeatTag.dispute_id == dispute.id,
        RepeatTag.earlier_id == earlier.id,
    )
    tags = select(RepeatTag.__table__).where(*ours).order_by(RepeatTag.repeat)
    rows = [
        {
            **tag,
            "id": new_key(),
            "withdrawn_at": change.now,
            "withdrawn_by": change.actor.id,
            "reason": reason,
        }
        for tag in (await change.connection.execute(tags)).mappings()
    ]
    if rows:
        await change.connection.execute(insert(WithdrawnRepeat), rows)
        await change.connection.execute(delete(RepeatTag).where(*ours))
    return len(rows)


async def _main_status(change: Change, merged: DisputeRow) -> str | None:
    """The state of the dispute that another one was merged into."""
    return await change.connection.scalar(
        select(Dispute.status)
        .join(Merger, (Merger.main_id == Dispute.id) & (Merger.city == Dispute.city))
        .where(Merger.dispute_id == merged.id, Merger.split_at.is_(None))
    )


async def _pair(change: Change, request: ConfirmRepeat | WithdrawRepeat) -> tuple[DisputeRow, DisputeRow]:
    """The two disputes; refuses one that is unknown, the same one twice, and those of two cities."""
    found = await disputes_of(change, [request.dispute_id, request.earlier_id])
    named = (("id", request.dispute_id), ("earlierId", request.earlier_id))
    unknown = [UserError(ErrorCode.UNKNOWN_DISPUTE, (name,)) for name, key in named if key not in found]
    if unknown:
        raise Refused(*unknown)
    dispute, earlier = found[request.dispute_id], found[request.earlier_id]
    check_version(dispute, request.expected_version)
    if dispute.id == earlier.id:
        raise Refused(UserError(ErrorCode.SAME_DISPUTE, ("earlierId",)))
    if dispute.city != earlier.city:
        raise Refused(UserError(ErrorCode.OTHER_CITY, ("earlierId",), {"number": earlier.number}))
    return dispute, earlier
