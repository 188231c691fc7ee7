"""What a joint conference resolved: its lead becomes a designated assignment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import LONGEST_REASON, MOST_CO_UNITS, assign, check_units
from casework.desk import Desk
from casework.dispute import DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import Happening, record
from casework.text import clean, text_errors
from db.tables.conference import ConferenceSession, Resolution


@dataclass(frozen=True, slots=True)
class RecordResolution:
    """What a session resolved: the lead, its co-units (None keeps them) and the words of the minutes."""

    session_id: UUID
    lead_unit: str
    text: str
    co_units: tuple[str, ...] | None = None


async def record_resolution(
    desk: Desk, actor: Actor, request: RecordResolution, key: str | None = None
) -> Result[UUID]:
    """Record what a convened session resolved; its lead becomes a designated assignment. Answers with the
    session's key."""
    text = clean(request.text)
    errors = list(text_errors(text, ("text",), LONGEST_REASON))
    if len(request.co_units or ()) > MOST_CO_UNITS:
        errors.append(UserError(ErrorCode.TOO_MANY_UNITS, ("coDepartmentCodes",), {"most": MOST_CO_UNITS}))
    if errors:
        return Result(errors=tuple(errors))

    async def work(change: Change) -> UUID:
        dispute = await _dispute_of_session(change, request.session_id)
        await check_units(
            change, leadDepartmentCode=[request.lead_unit], coDepartmentCodes=request.co_units or ()
        )
        await change.connection.execute(
            insert(Resolution).values(
                session_id=request.session_id,
                city=dispute.city,
                lead_unit_code=request.lead_unit,
                text=text,
                resolved_at=change.now,
                resolved_by=change.actor.id,
            )
        )
        await change.connection.execute(
            update(ConferenceSession)
            .where(ConferenceSession.id == request.session_id)
            .values(status="resolved")
        )
        happenings = await assign(
            change,
            dispute,
            lead=request.lead_unit,
            co_units=request.co_units,
            origin="conference",
            reason=text,
        )
        await changed(change, dispute, status="assigned", lead_unit_code=request.lead_unit)
        resolved: Happening = (
            "conference_resolved",
            {"session": str(request.session_id), "lead": request.lead_unit},
        )
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="record_resolution",
            happenings=[resolved, *happenings],
        )
        return request.session_id

    return await act(desk, actor, "record_resolution", key, asdict(request), work)


async def _dispute_of_session(change: Change, session_id: UUID) -> DisputeRow:
    found = (
        await change.connection.execute(
            select(ConferenceSession.dispute_id, ConferenceSession.status).where(
                ConferenceSession.id == session_id
            )
        )
    ).first()
    unknown = UserError(ErrorCode.UNKNOWN_SESSION, ("sessionId",))
    if found is None:
        raise Refused(unknown)
    dispute = await dispute_of(change, found.dispute_id, unknown=unknown)
    # Read again behind the dispute's lock: another resolution may have come first.
    status = await change.connection.scalar(
        select(ConferenceSession.status).where(ConferenceSession.id == session_id)
    )
    if status != "convened":
        raise Refused(UserError(ErrorCode.SESSION_NOT_CONVENED, ("sessionId",)))
    return dispute
