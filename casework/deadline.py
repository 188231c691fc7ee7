"""Terms that run out: units are warned while there is still time.

A lead unit has some working days to object (信访工作条例, article 23). Shortly before that is over it is
warned once, by an event of the dispute that leaves as all others do. Any number of servers look; each warning
is written behind the lock of its dispute, where the others find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from casework.act import Change
from casework.actor import Actor, Role
from casework.assignment import current_lead
from casework.civil import CHINA, civil_day
from casework.desk import Desk
from casework.dispute import OPEN, disputes_of
from casework.record import record
from casework.rights import reach_of
from casework.working_days import last_day
from db.tables.dispute import Assignment, Dispute
from db.tables.event import Event
from db.tables.objection import Objection
from rules.model import LegalBasis

NEAR = "objection_deadline_near"
"""The event that warns a unit: soon it can no longer object to leading a dispute."""
TIME = Actor.of("time:passes", Role.ADMINISTRATOR)
"""Who acts when nobody does. No account can have this name."""
TOGETHER = 200
"""Warnings that are written in one look, at most."""
MAY_OBJECT = (
    Assignment.role == "lead",
    Assignment.ended_at.is_(None),
    Assignment.designated.is_(False),
    # By the dispute too, which has an index.
    ~exists().where(Objection.dispute_id == Assignment.dispute_id, Objection.assignment_id == Assignment.id),
    exists().where(
        Dispute.id == Assignment.dispute_id,
        Dispute.city == Assignment.city,
        or_(*(Dispute.status == status for status in sorted(OPEN))),  # plans take no `in_`
    ),
)
"""Whether an assignment is one that its unit may object to, or might have as long as there was time."""
TO_OBJECT = (LegalBasis("信访工作条例", "第二十三条"), LegalBasis("民法典", "第二百零一条"))
"""Five working days from receipt; the day of receipt is not counted."""


class DeadlineKind(StrEnum):
    """What a term is for."""

    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term of a unit: until when it may do something, and by what law. It is `provisional` where the
    calendar may still move its end."""

    kind: DeadlineKind
    due_at: datetime
    unit_code: str
    legal_basis: tuple[LegalBasis, ...]
    provisional: bool
    is_over: bool


def objection_deadline(desk: Desk, assigned_at: datetime, unit_code: str) -> Deadline:
    """The term of a lead unit to object to an assignment."""
    due = end_of_term(assigned_at, desk.objection_days)
    return Deadline(
        kind=DeadlineKind.OBJECTION,
        due_at=due.astimezone(UTC),
        unit_code=unit_code,
        legal_basis=TO_OBJECT,
        provisional=True,  # as every count of working days is while public holidays are not known
        is_over=due <= desk.clock(),
    )


async def warn(desk: Desk) -> int:
    """Warn the units whose time to object is over within `desk.warning`, and tell how many. Raises the
    database's Fault."""
    now = desk.clock()
    span = _assigned_between(now, desk)
    if span is None:
        return 0
    async with desk.database.read() as connection:
        rows = (
            await connection.execute(
                select(Assignment.dispute_id)
                .where(
                    Assignment.assigned_at >= span[0],
                    Assignment.assigned_at < span[1],
                    *MAY_OBJECT,
                    ~_warned(Assignment.dispute_id, Assignment.assigned_at),
                )
                .order_by(Assignment.assigned_at, Assignment.id)
                .limit(TOGETHER)
            )
        ).all()
    return sum([await _warn_once(desk, now, row.dispute_id) for row in rows])


def end_of_term(assigned_at: datetime, days: int) -> datetime:
    """When so many working days are over."""
    return _midnight(last_day(civil_day(assigned_at), days) + timedelta(days=1))


def _assigned_between(now: datetime, desk: Desk) -> tuple[datetime, datetime] | None:
    """When the assignments were made of which the term ends soon; None where there are none such. All of one
    day end together, and of a later day not sooner."""
    today = civil_day(now)
    # Weekends make a term longer than its working days: by two days in five, and two more.
    earliest = desk.objection_days + 2 * (desk.objection_days // 5 + 1) + 1
    days = [today - timedelta(days=back) for back in range(earliest, -1, -1)]
    ends = {day: end_of_term(_midnight(day), desk.objection_days) for day in days}
    near = [day for day, end in ends.items() if now < end <= now + desk.warning]
    return (_midnight(near[0]), _midnight(near[-1] + timedelta(days=1))) if near else None


async def _warn_once(desk: Desk, now: datetime, dispute_id: UUID) -> bool:
    async with desk.database.write() as connection:
        change = Change(desk, connection, TIME, now, reach_of(TIME))
        dispute = (await disputes_of(change, [dispute_id])).get(dispute_id)
        if dispute is None or dispute.status not in OPEN:
            return False
        lead = await current_lead(change, dispute)
        if lead is None or lead.designated:
            return False
        known = [_objected(dispute_id, lead.assignment_id), _warned(dispute_id, lead.assigned_at)]
        if any((await connection.execute(select(*known))).one()):
            return False
        due = end_of_term(lead.assigned_at, desk.objection_days)
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="warn_of_deadline",
            happenings=[(NEAR, {"unit": lead.unit_code, "due": due.isoformat()})],
        )
        return True


def _objected(dispute_id: Any, assignment_id: Any) -> ColumnElement[bool]:
    return exists().where(Objection.dispute_id == dispute_id, Objection.assignment_id == assignment_id)


def _warned(dispute_id: Any, since: Any) -> ColumnElement[bool]:
    return exists().where(Event.dispute_id == dispute_id, Event.type == NEAR, Event.occurred_at >= since)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
