"""Assignments: which department has, or had, a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.dispute import Assignment
from resolvers.context import Info
from resolvers.identity import global_id
from resolvers.loading import Columns, grouped, matched, select_row
from resolvers.register import DepartmentEntry


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment; in force while `ended_at` is None."""

    key: UUID
    dispute_key: UUID
    unit_code: str
    role: str
    origin: str
    designated: bool
    reason: str | None
    assigned_at: datetime
    assigned_by: str
    ended_at: datetime | None

    @property
    def id(self) -> str:
        """The global id."""
        return global_id("Assignment", self.key)


COLUMNS: Columns = (
    Assignment.id,
    Assignment.dispute_id,
    Assignment.unit_code,
    Assignment.role,
    Assignment.origin,
    Assignment.designated,
    Assignment.reason,
    Assignment.assigned_at,
    Assignment.assigned_by,
    Assignment.ended_at,
)


async def assignments_by_key(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[AssignmentRow | None]:
    """One assignment a key."""
    rows = await connection.execute(select_row(COLUMNS).where(Assignment.id.in_(keys)))
    return matched(keys, ((row[0], AssignmentRow(*row)) for row in rows))


async def assignments_of_disputes(
    connection: AsyncConnection, keys: Sequence[UUID]
) -> Sequence[list[AssignmentRow]]:
    """All assignments of each dispute, oldest first."""
    rows = await connection.execute(
        select_row(COLUMNS)
        .where(Assignment.dispute_id.in_(keys))
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    return grouped(keys, ((row[1], AssignmentRow(*row)) for row in rows))


def department(root: AssignmentRow, info: Info) -> DepartmentEntry:
    """Who has it."""
    return info.context.register.departments[root.unit_code]
