"""Joint conferences: the standing bodies, and their sessions about disputes."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.text import clean
from db.tables.conference import ConferenceMember, ConferenceSession, JointConference, Participant, Resolution
from resolvers.context import Context, Info
from resolvers.decision import decisions_of_disputes
from resolvers.errors import BadUserInput
from resolvers.identity import global_id, uuid_of
from resolvers.loading import Columns, grouped, matched, select_row
from resolvers.policy import RuleKey, RuleRow, rules_by_key
from resolvers.register import DepartmentEntry
from resolvers.span import LONGEST_SPAN


@dataclass(frozen=True, slots=True)
class ConferenceRow:
    """The standing body of one domain in one city."""

    key: UUID
    city: str
    domain: str
    name: str
    name_en: str
    lead_unit_code: str
    office_unit_code: str

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("JointConference", self.key)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One meeting about one dispute."""

    key: UUID
    conference_key: UUID
    dispute_key: UUID
    topic: str
    status: str
    reason: str | None
    rule_id: str | None
    created_at: datetime
    created_by: str
    scheduled_at: datetime | None

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("ConferenceSession", self.key)


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A department invited to a session."""

    unit_code: str
    role: str


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """What a session resolved."""

    lead_unit_code: str
    text: str
    resolved_at: datetime
    resolved_by: str


CONFERENCE: Columns = (
    JointConference.id,
    JointConference.city,
    JointConference.domain,
    JointConference.name,
    JointConference.name_en,
    JointConference.lead_unit_code,
    JointConference.office_unit_code,
)
SESSION: Columns = (
    ConferenceSession.id,
    ConferenceSession.conference_id,
    ConferenceSession.dispute_id,
    ConferenceSession.topic,
    ConferenceSession.status,
    ConferenceSession.reason,
    ConferenceSession.rule_id,
    ConferenceSession.created_at,
    ConferenceSession.created_by,
    ConferenceSession.scheduled_at,
)


class NewestSessions(NamedTuple):
    """At most `first` sessions of one conference."""

    conference: UUID
    first: int


async def conferences_by_key(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[ConferenceRow | None]:
    """One standing body a key."""
    rows = await connection.execute(select_row(CONFERENCE).where(JointConference.id.in_(keys)))
    return matched(keys, ((row[0], ConferenceRow(*row)) for row in rows))


async def find_conference(context: Context, id_: str) -> ConferenceRow | None:
    """The standing body with an id."""
    key = uuid_of(id_, "JointConference")
    return await context.load(conferences_by_key, key) if key else None


async def find_conferences(context: Context, city: str | None, domain: str | None) -> list[ConferenceRow]:
    """The standing bodies of a city or of all, of a domain or of all."""
    statement = select_row(CONFERENCE).order_by(JointConference.city, JointConference.domain)
    if city is not None:
        statement = statement.where(JointConference.city == clean(city))
    if domain is not None:
        statement = statement.where(JointConference.domain == clean(domain))
    async with context.read() as connection:
        return [ConferenceRow(*row) for row in await connection.execute(statement)]


async def members_of_conferences(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[list[str]]:
    """The codes of the members of each body, in their order, without its lead."""
    rows = await connection.execute(
        select(ConferenceMember.conference_id, ConferenceMember.unit_code)
        .where(ConferenceMember.conference_id.in_(keys))
        .order_by(ConferenceMember.position)
    )
    return grouped(keys, ((row[0], row[1]) for row in rows))


async def sessions_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[SessionRow | None]:
    """One session a key."""
    rows = await connection.execute(select_row(SESSION).where(ConferenceSession.id.in_(keys)))
    return matched(keys, ((row[0], SessionRow(*row)) for row in rows))


async def sessions_of_disputes(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[list[SessionRow]]:
    """All sessions about each dispute, oldest first."""
    rows = await connection.execute(
        select_row(SESSION)
        .where(ConferenceSession.dispute_id.in_(keys))
        .order_by(ConferenceSession.created_at, ConferenceSession.id)
    )
    return grouped(keys, ((row[2], SessionRow(*row)) for row in rows))


async def sessions_of_conferences(
    connection: AsyncConnection, keys: Sequence[NewestSessions]
) -> Sequence[list[SessionRow]]:
    """The newest sessions of each body, newest first."""
    newest = (ConferenceSession.created_at.desc(), ConferenceSession.id.desc())
    place = func.row_number().over(partition_by=ConferenceSession.conference_id, order_by=newest)
    conferences = {key.conference for key in keys}
    ranked = (
        select_row(SESSION)
        .add_columns(place.label("place"))
        .where(ConferenceSession.conference_id.in_(conferences))
        .subquery()
    )
    most = max(key.first for key in keys)
    rows = await connection.execute(select(ranked).where(ranked.c.place <= most).order_by(ranked.c.place))
    found: dict[UUID, list[SessionRow]] = {conference: [] for conference in conferences}
    for *columns, _ in rows:
        found[columns[1]].append(SessionRow(*columns))
    return [found[key.conference][: key.first] for key in keys]


async def participants_of_sessions(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[list[ParticipantRow]]:
    """Who is invited to each session, in order."""
    rows = await connection.execute(
        select(Participant.session_id, Participant.unit_code, Participant.role)
        .where(Participant.session_id.in_(keys))
        .order_by(Participant.position)
    )
    return grouped(keys, ((row[0], ParticipantRow(row[1], row[2])) for row in rows))


async def resolutions_of_sessions(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[ResolutionRow | None]:
    """What each session resolved."""
    rows = await connection.execute(
        select(
            Resolution.session_id,
            Resolution.lead_unit_code,
            Resolution.text,
            Resolution.resolved_at,
            Resolution.resolved_by,
        ).where(Resolution.session_id.in_(keys))
    )
    return matched(keys, ((row[0], ResolutionRow(*row[1:])) for row in rows))


def lead(root: ConferenceRow, info: Info) -> DepartmentEntry:
    """Who chairs."""
    return info.context.register.departments[root.lead_unit_code]


def office(root: ConferenceRow, info: Info) -> DepartmentEntry:
    """Who keeps its papers."""
    return info.context.register.departments[root.office_unit_code]


async def members(root: ConferenceRow, info: Info) -> list[DepartmentEntry]:
    """Its members, without the lead."""
    departments = info.context.register.departments
    return [departments[code] for code in await info.context.load(members_of_conferences, root.key)]


def sessions(root: ConferenceRow, info: Info, first: int = 20) -> Awaitable[list[SessionRow]]:
    """Its newest sessions."""
    if not 1 <= first <= LONGEST_SPAN:
        raise BadUserInput("input.page_size", info.context.language, argument="first", most=LONGEST_SPAN)
    return info.context.load(sessions_of_conferences, NewestSessions(root.key, first))


def conference(root: SessionRow, info: Info) -> Awaitable[ConferenceRow | None]:
    """Whose session it is."""
    return info.context.load(conferences_by_key, root.conference_key)


async def rule(root: SessionRow, info: Info) -> RuleRow | None:
    """The rule that proposed it, as it stood in the decision of that time."""
    if root.rule_id is None:
        return None
    found = await info.context.load(decisions_of_disputes, root.dispute_key)
    decided = next((row for row in found if row.decided_at <= root.created_at), None)
    return (
        await info.context.load(rules_by_key, RuleKey(decided.version_key, root.rule_id)) if decided else None
    )


def participants(root: SessionRow, info: Info) -> Awaitable[list[ParticipantRow]]:
    """Who is invited."""
    return info.context.load(participants_of_sessions, root.key)


def resolution(root: SessionRow, info: Info) -> Awaitable[ResolutionRow | None]:
    """What was resolved."""
    return info.context.load(resolutions_of_sessions, root.key)


def department(root: ParticipantRow, info: Info) -> DepartmentEntry:
    """Who is invited."""
    return info.context.register.departments[root.unit_code]


def resolved_lead(root: ResolutionRow, info: Info) -> DepartmentEntry:
    """Who leads from then on."""
    return info.context.register.departments[root.lead_unit_code]
