"""Reply (答复): a dispute is resolved, and all who complained of the matter get the same words.

What becomes of it afterwards (the revisit and being struck off, 回访、销号) is not told here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import insert, select

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import current_lead
from casework.conference import has_open_session
from casework.desk import Desk
from casework.dispute import RESOLVED, DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import record
from casework.settlement import open_objection
from casework.text import clean, text_errors
from db.tables.base import new_key
from db.tables.duplicates import Merger
from db.tables.reply import Reply


@dataclass(frozen=True, slots=True)
class ResolveDispute:
    """A dispute is done; this is what its complainants are told."""

    dispute_id: UUID
    reply: str
    expected_version: int | None = None


async def resolve_dispute(
    desk: Desk, actor: Actor, request: ResolveDispute, key: str | None = None
) -> Result[UUID]:
    """Resolve a dispute with the reply to its complainants and to those of all disputes merged into it.
    Answers with the dispute's key."""
    text = clean(request.reply)
    if errors := text_errors(text, ("reply",)):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute = await dispute_of(change, request.dispute_id, request.expected_version)
        await _check_settled(change, dispute)
        answered = [dispute.id, *await _merged_into(change, dispute)]
        await change.connection.execute(
            insert(Reply),
            [
                {
                    "id": new_key(),
                    "city": dispute.city,
                    "dispute_id": each,
                    "text": text,
                    "replied_at": change.now,
                    "replied_by": change.actor.id,
                }
                for each in answered
            ],
        )
        await changed(change, dispute, status=RESOLVED)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="resolve_dispute",
            happenings=[("resolved", {})],
        )
        return dispute.id

    return await act(desk, actor, "resolve_dispute", key, asdict(request), work)


async def _check_settled(change: Change, dispute: DisputeRow) -> None:
    """Refuse a dispute that no unit leads, or about whose lead something is still open."""
    if await has_open_session(change, dispute):
        raise Refused(UserError(ErrorCode.SESSION_OPEN, ("id",)))
    if await open_objection(change, dispute) is not None:
        raise Refused(UserError(ErrorCode.OBJECTION_OPEN, ("id",)))
    if await current_lead(change, dispute) is None:
        raise Refused(UserError(ErrorCode.NO_LEAD, ("id",), {"number": dispute.number}))


async def _merged_into(change: Change, dispute: DisputeRow) -> Sequence[UUID]:
    # Nothing is merged or split meanwhile: both take the lock of the main dispute.
    merged = select(Merger.dispute_id).where(Merger.main_id == dispute.id, Merger.split_at.is_(None))
    return (await change.connection.scalars(merged.order_by(Merger.dispute_id))).all()
