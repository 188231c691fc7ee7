"""Disputes: their rows, one by key, and what each has beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.text import clean
from db.tables.dispute import Dispute
from resolvers.assignment import AssignmentRow, assignments_of_disputes
from resolvers.conference import SessionRow, sessions_of_disputes
from resolvers.context import Context, Info
from resolvers.decision import DecisionRow, FactEntry, decisions_of_disputes, facts_of_decision
from resolvers.errors import BadUserInput
from resolvers.event import EventRow, events_of_disputes
from resolvers.identity import global_id, uuid_of
from resolvers.loading import Columns, Rows, matched, select_row
from resolvers.party import PartyRow, parties_of_disputes
from resolvers.register import DepartmentEntry, RegionEntry
from resolvers.span import Span


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute as the API shows it, without personal data."""

    key: UUID
    number: str
    title: str
    description: str
    status: str
    severity: int
    channel: str
    received_at: datetime
    version: int
    region_code: str
    lead_unit_code: str | None
    territorial_owner_code: str

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("Dispute", self.key)


COLUMNS: Columns = (
    Dispute.id,
    Dispute.number,
    Dispute.title,
    Dispute.description,
    Dispute.status,
    Dispute.severity,
    Dispute.channel,
    Dispute.received_at,
    Dispute.version,
    Dispute.region_code,
    Dispute.lead_unit_code,
    Dispute.territorial_owner_code,
)
"""The columns of a DisputeRow, in its order."""


def select_disputes(*conditions: ColumnElement[bool]) -> Rows:
    """Rows of disputes that meet all conditions."""
    return select_row(COLUMNS).where(*conditions)


async def disputes_by_key(connection: AsyncConnection, keys: Sequence[UUID]) -> Sequence[DisputeRow | None]:
    """One dispute a key."""
    rows = await connection.execute(select_disputes(Dispute.id.in_(keys)))
    return matched(keys, ((row[0], DisputeRow(*row)) for row in rows))


async def disputes_by_number(
    connection: AsyncConnection, numbers: Sequence[str]
) -> Sequence[DisputeRow | None]:
    """One dispute a number."""
    rows = await connection.execute(select_disputes(Dispute.number.in_(numbers)))
    return matched(numbers, ((row[1], DisputeRow(*row)) for row in rows))


async def find_dispute(context: Context, id_: str | None, number: str | None) -> DisputeRow | None:
    """The dispute with an id or a number; with both given, it has to have both. Raises BadUserInput
    without either."""
    if id_ is None:
        if number is None:
            raise BadUserInput("input.id_or_number", context.language)
        return await context.load(disputes_by_number, clean(number))
    key = uuid_of(id_, "Dispute")
    found = await context.load(disputes_by_key, key) if key else None
    return found if found and number in (None, found.number) else None


def dispute_of_session(root: SessionRow, info: Info) -> Awaitable[DisputeRow | None]:
    """What a session is about."""
    return info.context.load(disputes_by_key, root.dispute_key)


def region(root: DisputeRow, info: Info) -> RegionEntry:
    """Where it is."""
    return info.context.register.regions[root.region_code]


def lead_department(root: DisputeRow, info: Info) -> DepartmentEntry | None:
    """Who leads; None while a person has to decide."""
    return info.context.register.departments[root.lead_unit_code] if root.lead_unit_code else None


def territorial_owner(root: DisputeRow, info: Info) -> DepartmentEntry:
    """The town or sub-district that organises ordinary items."""
    return info.context.register.departments[root.territorial_owner_code]


async def co_departments(root: DisputeRow, info: Info) -> list[DepartmentEntry]:
    """Who joins now, in the order in which they were assigned."""
    departments = info.context.register.departments
    found = await info.context.load(assignments_of_disputes, root.key)
    return [departments[row.unit_code] for row in found if row.role == "co" and row.ended_at is None]


def assignments(root: DisputeRow, info: Info) -> Awaitable[list[AssignmentRow]]:
    """Who has had it, and who has it, oldest first."""
    return info.context.load(assignments_of_disputes, root.key)


def conferences(root: DisputeRow, info: Info) -> Awaitable[list[SessionRow]]:
    """Sessions about it, oldest first."""
    return info.context.load(sessions_of_disputes, root.key)


def parties(root: DisputeRow, info: Info) -> Awaitable[list[PartyRow]]:
    """Who is in it, masked."""
    return info.context.load(parties_of_disputes, root.key)


def decisions(root: DisputeRow, info: Info) -> Awaitable[list[DecisionRow]]:
    """All decisions about it, the newest first."""
    return info.context.load(decisions_of_disputes, root.key)


async def decision(root: DisputeRow, info: Info) -> DecisionRow | None:
    """The decision in force."""
    return _newest(await info.context.load(decisions_of_disputes, root.key))


async def facts(root: DisputeRow, info: Info) -> list[FactEntry]:
    """What the decision in force saw."""
    newest = _newest(await info.context.load(decisions_of_disputes, root.key))
    return await facts_of_decision(newest, info) if newest else []


def events(root: DisputeRow, info: Info, after: int = 0, first: int = 50) -> Awaitable[list[EventRow]]:
    """What happened to it, in order."""
    return info.context.load(events_of_disputes, Span.checked(root.key, after, first, info.context.language))


def _newest(found: Iterable[DecisionRow]) -> DecisionRow | None:
    return next(iter(found), None)
