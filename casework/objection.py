"""Objections (职责异议): the lead unit holds that a dispute is not its duty, the sender decides.

信访工作条例, article 23: within 5 working days of receipt, with detailed reasons; whoever sent the matter
verifies them and, agreeing, takes it back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import insert, select

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import Lead, assign, check_units, current_lead, reason_errors
from casework.civil import civil_day
from casework.desk import Desk
from casework.dispute import DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import record
from casework.settlement import ObjectionState, OpenObjection, decide, open_objection
from casework.text import clean
from casework.working_days import last_day
from db.tables.base import new_key
from db.tables.objection import Objection
from rules.territory import lineage


@dataclass(frozen=True, slots=True)
class ObjectToAssignment:
    """A unit objects to leading a dispute. `proposed_unit` is the one that it holds to be competent."""

    dispute_id: UUID
    unit: str
    reason: str
    proposed_unit: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class UpholdAssignment:
    """The sender does not agree: the assignment stands."""

    objection_id: UUID
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class AcceptObjection:
    """The sender agrees: another unit leads from now on."""

    objection_id: UUID
    lead_unit: str
    reason: str
    expected_version: int | None = None


async def object_to_assignment(
    desk: Desk, actor: Actor, request: ObjectToAssignment, key: str | None = None
) -> Result[UUID]:
    """Open an objection to the assignment of the lead unit. Answers with the objection's key."""
    reason = clean(request.reason)
    if errors := reason_errors(reason):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute = await dispute_of(change, request.dispute_id, request.expected_version)
        proposed = request.proposed_unit
        await check_units(change, proposedDepartmentCode=[proposed] if proposed else ())
        lead = await _contested(change, dispute, request)
        objection_id = new_key()
        await change.connection.execute(
            insert(Objection).values(
                id=objection_id,
                city=dispute.city,
                dispute_id=dispute.id,
                assignment_id=lead.assignment_id,
                decision_id=lead.decision_id,
                unit_code=lead.unit_code,
                proposed_unit_code=proposed,
                reason=reason,
                state=ObjectionState.OPEN.value,
                raised_at=change.now,
                raised_by=change.actor.id,
            )
        )
        await changed(change, dispute)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="object_to_assignment",
            happenings=[
                (
                    "objection_raised",
                    {"objection": str(objection_id), "unit": lead.unit_code, "proposed": proposed},
                )
            ],
        )
        return objection_id

    return await act(desk, actor, "object_to_assignment", key, asdict(request), work)


async def uphold_assignment(
    desk: Desk, actor: Actor, request: UpholdAssignment, key: str | None = None
) -> Result[UUID]:
    """Close an objection without agreeing to it. Answers with the objection's key."""
    reason = clean(request.reason)
    if errors := reason_errors(reason):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute, objection = await _dispute_of_objection(
            change, request.objection_id, request.expected_version
        )
        upheld = await decide(change, objection, ObjectionState.UPHELD, reason)
        await changed(change, dispute)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="uphold_assignment",
            happenings=[upheld],
        )
        return objection.id

    return await act(desk, actor, "uphold_assignment", key, asdict(request), work)


async def accept_objection(
    desk: Desk, actor: Actor, request: AcceptObjection, key: str | None = None
) -> Result[UUID]:
    """Close an objection by giving the dispute to another unit. Answers with the objection's key."""
    reason = clean(request.reason)
    if errors := reason_errors(reason):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        dispute, objection = await _dispute_of_objection(
            change, request.objection_id, request.expected_version
        )
        await check_units(change, leadDepartmentCode=[request.lead_unit])
        if request.lead_unit == objection.unit_code:
            raise Refused(UserError(ErrorCode.SAME_LEAD, ("leadDepartmentCode",)))
        happenings = await assign(
            change, dispute, lead=request.lead_unit, co_units=None, origin="objection", reason=reason
        )
        await changed(change, dispute, status="assigned", lead_unit_code=request.lead_unit)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="accept_objection",
            happenings=happenings,
        )
        return objection.id

    return await act(desk, actor, "accept_objection", key, asdict(request), work)


async def _contested(change: Change, dispute: DisputeRow, request: ObjectToAssignment) -> Lead:
    """The assignment that the unit objects to; refuses what may not be objected to, or not any more."""
    lead = await current_lead(change, dispute)
    if lead is None or lead.unit_code != request.unit:
        raise Refused(UserError(ErrorCode.NOT_THE_LEAD, ("departmentCode",), {"unit": request.unit}))
    await _check_speaks_for(change, lead.unit_code)
    if lead.designated:
        raise Refused(UserError(ErrorCode.DESIGNATED, ("id",)))
    if request.proposed_unit == lead.unit_code:
        raise Refused(UserError(ErrorCode.PROPOSES_ITSELF, ("proposedDepartmentCode",)))
    earlier = await change.connection.scalar(
        select(Objection.state).where(Objection.assignment_id == lead.assignment_id)
    )
    if earlier is not None or await open_objection(change, dispute) is not None:
        upheld = earlier == ObjectionState.UPHELD
        raise Refused(UserError(ErrorCode.OBJECTION_UPHELD if upheld else ErrorCode.OBJECTION_OPEN, ("id",)))
    last = last_day(civil_day(lead.assigned_at), change.desk.objection_days)
    if civil_day(change.now) > last:
        values = {"days": change.desk.objection_days, "last": last.isoformat()}
        raise Refused(UserError(ErrorCode.OBJECTION_TOO_LATE, ("id",), values))
    return lead


async def _check_speaks_for(change: Change, unit: str) -> None:
    """Refuse whoever reaches the dispute, but not for the unit that objects."""
    tree = (await change.desk.directory.current(change.connection)).tree
    if not change.reach.covers(unit, lineage(tree, tree.units[unit].region)):
        raise Refused(UserError(ErrorCode.NOT_YOUR_UNIT, ("departmentCode",), {"unit": unit}))


async def _dispute_of_objection(
    change: Change, objection_id: UUID, expected_version: int | None
) -> tuple[DisputeRow, OpenObjection]:
    dispute_id = await change.connection.scalar(
        select(Objection.dispute_id).where(Objection.id == objection_id)
    )
    unknown = UserError(ErrorCode.UNKNOWN_OBJECTION, ("objectionId",))
    if dispute_id is None:
        raise Refused(unknown)
    dispute = await dispute_of(change, dispute_id, expected_version, unknown=unknown)
    # Looked for behind the dispute's lock: another decision may have come first.
    objection = await open_objection(change, dispute)
    if objection is None or objection.id != objection_id:
        raise Refused(UserError(ErrorCode.OBJECTION_DECIDED, ("objectionId",)))
    return dispute, objection
