"""Joint conferences (联席会议) on a dispute: proposed by a rule, convened by hand.

信访工作条例, article 24: where several organs are concerned and cannot agree, and there is no common
superior, the joint conference decides who leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.assignment import LONGEST_REASON, check_units
from casework.civil import CLOCK_SKEW
from casework.desk import Desk
from casework.dispute import DisputeRow, changed, dispute_of
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.record import Happening, record
from casework.text import LONGEST_TITLE, clean, text_errors
from db.tables.base import new_key
from db.tables.conference import ConferenceMember, ConferenceSession, JointConference, Participant
from db.tables.dispute import Assignment

MOST_INVITED = 40


@dataclass(frozen=True, slots=True)
class ConveneConference:
    """Call a meeting about a dispute. The chair is the conference's lead; the dispute's units and its
    territorial owner are always invited, `invite` and the standing members on request."""

    dispute_id: UUID
    domain: str
    topic: str | None = None
    reason: str | None = None
    scheduled_at: datetime | None = None
    invite: tuple[str, ...] = ()
    invite_members: bool = False
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing body of a domain."""

    id: UUID
    lead_unit_code: str


async def convene_conference(
    desk: Desk, actor: Actor, request: ConveneConference, key: str | None = None
) -> Result[UUID]:
    """Convene; a session that a rule proposed for the same conference is the one convened. Answers with
    the session's key."""
    topic, reason = clean(request.topic or ""), clean(request.reason or "")
    domain = clean(request.domain)
    errors = [
        *(text_errors(topic, ("topic",), LONGEST_TITLE) if topic else ()),
        *(text_errors(reason, ("reason",), LONGEST_REASON) if reason else ()),
    ]
    if request.scheduled_at and request.scheduled_at < desk.clock() - CLOCK_SKEW:
        errors.append(UserError(ErrorCode.SCHEDULED_IN_PAST, ("scheduledAt",)))
    if len(request.invite) > MOST_INVITED:
        errors.append(UserError(ErrorCode.TOO_MANY_UNITS, ("inviteDepartmentCodes",), {"most": MOST_INVITED}))
    if errors:
        return Result(errors=tuple(errors))

    async def work(change: Change) -> UUID:
        dispute = await dispute_of(change, request.dispute_id, request.expected_version)
        conference = await _standing(change, dispute.city, domain)
        await check_units(change, inviteDepartmentCodes=request.invite)
        proposed = await _open_session(change, dispute, conference)
        values = {
            "topic": topic or dispute.title,
            "status": "convened",
            "reason": reason or None,
            "scheduled_at": request.scheduled_at,
        }
        if proposed is None:
            session_id = await _add_session(change, dispute, conference, values)
        else:
            session_id = proposed
            await change.connection.execute(
                update(ConferenceSession).where(ConferenceSession.id == session_id).values(**values)
            )
        members = await _members(change, conference) if request.invite_members else []
        units = [*await _concerned(change, dispute), *request.invite, *members]
        await _invite(change, dispute, conference, session_id, units)
        await changed(change, dispute, status="in_conference")
        await record(
            change,
            city=dispute.city,
            dispute_id=dispute.id,
            number=dispute.number,
            action="convene_conference",
            happenings=[("conference_convened", {"domain": domain, "session": str(session_id)})],
        )
        return session_id

    return await act(desk, actor, "convene_conference", key, asdict(request), work)


async def propose_conference(
    change: Change, dispute: DisputeRow, domain: str, rule_id: str | None, units: Iterable[str]
) -> list[Happening]:
    """A rule asks for a conference: a proposed session with the units concerned. A domain that the city
    has no conference for is told in the record, so that somebody can found it."""
    conference = await _find_standing(change, dispute.city, domain)
    if conference is None:
        return [("conference_missing", {"domain": domain})]
    values = {"topic": dispute.title, "status": "proposed", "reason": None, "scheduled_at": None}
    session_id = await _add_session(change, dispute, conference, {**values, "rule_id": rule_id})
    await _invite(change, dispute, conference, session_id, [*units, dispute.territorial_owner_code])
    return [("conference_proposed", {"domain": domain, "session": str(session_id)})]


async def has_open_session(change: Change, dispute: DisputeRow) -> bool:
    """Whether a conference has been convened about a dispute and has not resolved yet."""
    convened = select(ConferenceSession.id).where(
        ConferenceSession.dispute_id == dispute.id, ConferenceSession.status == "convened"
    )
    return await change.connection.scalar(convened.limit(1)) is not None


async def _find_standing(change: Change, city: str, domain: str) -> Standing | None:
    found = (
        await change.connection.execute(
            select(JointConference.id, JointConference.lead_unit_code).where(
                JointConference.city == city, JointConference.domain == domain
            )
        )
    ).first()
    return Standing(found.id, found.lead_unit_code) if found else None


async def _standing(change: Change, city: str, domain: str) -> Standing:
    found = await _find_standing(change, city, domain)
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_CONFERENCE, ("domain",), {"domain": domain}))
    return found


async def _open_session(change: Change, dispute: DisputeRow, conference: Standing) -> UUID | None:
    """The proposed session of this conference; refuses when one is convened and not yet resolved."""
    found = (
        await change.connection.execute(
            select(ConferenceSession.id, ConferenceSession.status).where(
                ConferenceSession.dispute_id == dispute.id,
                ConferenceSession.conference_id == conference.id,
                ConferenceSession.status != "resolved",
            )
        )
    ).first()
    if found is not None and found.status == "convened":
        raise Refused(UserError(ErrorCode.SESSION_OPEN, ("domain",)))
    return found.id if found else None


async def _add_session(
    change: Change, dispute: DisputeRow, conference: Standing, values: Mapping[str, object]
) -> UUID:
    session_id = new_key()
    await change.connection.execute(
        insert(ConferenceSession).values(
            id=session_id,
            city=dispute.city,
            conference_id=conference.id,
            dispute_id=dispute.id,
            created_at=change.now,
            created_by=change.actor.id,
            **values,
        )
    )
    return session_id


async def _members(change: Change, conference: Standing) -> list[str]:
    rows = await change.connection.scalars(
        select(ConferenceMember.unit_code)
        .where(ConferenceMember.conference_id == conference.id)
        .order_by(ConferenceMember.position)
    )
    return list(rows)


async def _concerned(change: Change, dispute: DisputeRow) -> list[str]:
    """The units that have the dispute now, the lead first, then its territorial owner."""
    rows = await change.connection.scalars(
        select(Assignment.unit_code)
        .where(Assignment.dispute_id == dispute.id, Assignment.ended_at.is_(None))
        .order_by(Assignment.role.desc(), Assignment.id)
    )
    return [*rows, dispute.territorial_owner_code]


async def _invite(
    change: Change, dispute: DisputeRow, conference: Standing, session_id: UUID, units: Iterable[str]
) -> None:
    """Invite the chair and whoever of `units` is not invited yet, in order."""
    rows = await change.connection.scalars(
        select(Participant.unit_code).where(Participant.session_id == session_id)
    )
    invited = set(rows)
    wanted = [unit for unit in dict.fromkeys([conference.lead_unit_code, *units]) if unit not in invited]
    if not wanted:
        return
    await change.connection.execute(
        insert(Participant),
        [
            {
                "session_id": session_id,
                "city": dispute.city,
                "unit_code": unit,
                "role": _role(unit, conference, dispute),
                "position": position,
            }
            for position, unit in enumerate(wanted, len(invited))
        ],
    )


def _role(unit: str, conference: Standing, dispute: DisputeRow) -> str:
    if unit == conference.lead_unit_code:
        return "chair"
    return "territorial_owner" if unit == dispute.territorial_owner_code else "member"
