"""Assignment: which units have a dispute. By rule at intake, by hand afterwards, by a conference's word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.dispute import DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import Happening, record
from casework.settlement import settle
from casework.text import clean, text_errors
from db.tables.base import new_key
from db.tables.dispute import Assignment

LONGEST_REASON = 2_000
MOST_CO_UNITS = 20


@dataclass(frozen=True, slots=True)
class ReassignDispute:
    """Give a dispute another lead by hand. `co_units` None keeps the co-units that there are."""

    dispute_id: UUID
    lead_unit: str
    reason: str
    co_units: tuple[str, ...] | None = None
    expected_version: int | None = None


async def reassign_dispute(
    desk: Desk, actor: Actor, request: ReassignDispute, key: str | None = None
) -> Result[UUID]:
    """Reassign, or assign what lies in triage. Answers with the dispute's key.

    A lead that a joint conference designated stays until a conference resolves otherwise
    (信访工作条例, article 24).
    """
    reason = clean(request.reason)
    errors = list(reason_errors(reason))
    if len(request.co_units or ()) > MOST_CO_UNITS:
        errors.append(UserError(ErrorCode.TOO_MANY_UNITS, ("coDepartmentCodes",), {"most": MOST_CO_UNITS}))
    if errors:
        return Result(errors=tuple(errors))

    async def work(change: Change) -> UUID:
        dispute = await dispute_of(change, request.dispute_id, request.expected_version)
        await check_units(
            change, leadDepartmentCode=[request.lead_unit], coDepartmentCodes=request.co_units or ()
        )
        lead = await current_lead(change, dispute)
        if lead is not None and lead.designated:
            raise Refused(UserError(ErrorCode.DESIGNATED, ("id",)))
        if lead is not None and lead.unit_code == request.lead_unit and request.co_units is None:
            raise Refused(UserError(ErrorCode.SAME_LEAD, ("leadDepartmentCode",)))
        happenings = await assign(
            change,
            dispute,
            lead=request.lead_unit,
            co_units=request.co_units,
            origin="manual",
            reason=reason,
        )
        await changed(change, dispute, status="assigned", lead_unit_code=request.lead_unit)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="reassign_dispute",
            happenings=[("reassigned", {"lead": request.lead_unit}), *happenings],
        )
        return dispute.id

    return await act(desk, actor, "reassign_dispute", key, asdict(request), work)


def reason_errors(reason: str) -> tuple[UserError, ...]:
    """What is wrong with a cleaned reason that has to be given."""
    if not reason:
        return (UserError(ErrorCode.REASON_REQUIRED, ("reason",)),)
    return text_errors(reason, ("reason",), LONGEST_REASON)


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead assignment in force, and the decision that it came of, if it was one of the policy."""

    assignment_id: UUID
    unit_code: str
    designated: bool
    assigned_at: datetime
    decision_id: UUID | None


async def current_lead(change: Change, dispute: DisputeRow) -> Lead | None:
    """The lead assignment that has not ended, if any."""
    found = (
        await change.connection.execute(
            select(
                Assignment.id,
                Assignment.unit_code,
                Assignment.designated,
                Assignment.assigned_at,
                Assignment.decision_id,
            ).where(
                Assignment.dispute_id == dispute.id,
                Assignment.role == "lead",
                Assignment.ended_at.is_(None),
            )
        )
    ).first()
    return Lead(*found) if found else None


async def check_units(change: Change, **named: Iterable[str]) -> None:
    """Refuse units that do not exist or no longer exist, `named` by the input field that they stand in."""
    directory = await change.desk.directory.current(change.connection)
    today = civil_day(change.now)
    unknown = [
        UserError(ErrorCode.UNKNOWN_UNIT, (field,), {"unit": unit})
        for field, units in named.items()
        for unit in units
        if not directory.is_open(unit, today)
    ]
    if unknown:
        raise Refused(*unknown)


async def assign(
    change: Change,
    dispute: DisputeRow,
    *,
    lead: str | None,
    co_units: Iterable[str] | None,
    origin: str,
    reason: str | None = None,
    decision_id: UUID | None = None,
) -> list[Happening]:
    """End the assignments that no longer hold and write the new ones; `co_units` None keeps the co-units.

    `origin` is `rule`, `manual`, `objection`, `conference` or `split`; what a conference resolves is
    designated. An objection that is open is settled by it. Answers with what happened, for the record.
    """
    wanted: list[tuple[str, str]] = [("lead", lead)] if lead else []
    if co_units is None:
        kept = await current_co_units(change, dispute)
        wanted.extend(("co", unit) for unit in kept if unit != lead)
    else:
        wanted.extend(("co", unit) for unit in dict.fromkeys(co_units) if unit != lead)
    standing = await _standing(change, dispute)
    designated = origin == "conference"
    settled = await settle(change, dispute, lead=lead, designated=designated, reason=reason)
    over = [
        key
        for (role, unit), key in standing.items()
        # A lead is always written anew, so that its origin, reason and designation are its own.
        if (role, unit) not in wanted or role == "lead"
    ]
    if over:
        await change.connection.execute(
            update(Assignment).where(Assignment.id.in_(over)).values(ended_at=change.now)
        )
    fresh = [pair for pair in wanted if pair not in standing or pair[0] == "lead"]
    if fresh:
        await change.connection.execute(
            insert(Assignment),
            [
                {
                    "id": new_key(),
                    "city": dispute.city,
                    "dispute_id": dispute.id,
                    "unit_code": unit,
                    "role": role,
                    "origin": origin,
                    "designated": designated and role == "lead",
                    "reason": reason,
                    "decision_id": decision_id,
                    "assigned_at": change.now,
                    "assigned_by": change.actor.id,
                    "ended_at": None,
                }
                for role, unit in fresh
            ],
        )
    assigned: list[Happening] = [
        ("assigned", {"unit": unit, "role": role, "origin": origin}) for role, unit in fresh
    ]
    return [*settled, *assigned]


async def _standing(change: Change, dispute: DisputeRow) -> dict[tuple[str, str], UUID]:
    rows = await change.connection.execute(
        select(Assignment.role, Assignment.unit_code, Assignment.id).where(
            Assignment.dispute_id == dispute.id, Assignment.ended_at.is_(None)
        )
    )
    return {(row.role, row.unit_code): row.id for row in rows}


async def current_co_units(change: Change, dispute: DisputeRow) -> list[str]:
    """The co-units whose assignments have not ended."""
    return [unit for role, unit in await _standing(change, dispute) if role == "co"]
