"""The dispute a verb works on: found, locked against others, and its change counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change
from casework.errors import ErrorCode, Refused, UserError
from casework.reach import bounds_of, reaches, values_of
from db.tables.dispute import Dispute
from db.tables.duplicates import Merger

OPEN = frozenset({"triage", "assigned", "in_conference"})
"""The states in which a dispute is worked on."""
MERGED = "merged"
"""It is worked on under the number of another one."""
RESOLVED = "resolved"
"""It is done, and its complainants have the reply."""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """What verbs look at before they change a dispute."""

    id: UUID
    city: str
    number: str
    title: str
    description: str
    severity: int
    channel: str
    region_code: str
    territorial_owner_code: str
    received_at: datetime
    status: str
    version: int


UNKNOWN = UserError(ErrorCode.UNKNOWN_DISPUTE, ("id",))
"""What is said of a dispute that there is not, and of one that the actor does not reach."""
COLUMNS = tuple(getattr(Dispute, name) for name in DisputeRow.__slots__)


async def dispute_of(
    change: Change,
    dispute_id: UUID,
    expected_version: int | None = None,
    *,
    unknown: UserError = UNKNOWN,
) -> DisputeRow:
    """The dispute, its row locked until the transaction ends. Refuses as `unknown` a key that nothing within
    reach has, a dispute that is not worked on, and a version other than the one that the caller has seen."""
    dispute = (await disputes_of(change, [dispute_id])).get(dispute_id)
    if dispute is None:
        raise Refused(unknown)
    if error := await not_open_error(change, dispute, ("id",)):
        raise Refused(error)
    check_version(dispute, expected_version)
    return dispute


async def disputes_of(change: Change, ids: Iterable[UUID]) -> dict[UUID, DisputeRow]:
    """Those of the disputes that the actor reaches with this verb, in whatever state, locked in the order of
    their keys."""
    statement = select(*COLUMNS).where(Dispute.id.in_(ids)).order_by(Dispute.id).with_for_update(of=Dispute)
    bounds = bounds_of(change.reach)
    if bounds is not None:
        statement = statement.where(reaches(Dispute.__table__.c.id, bounds))
    rows = await change.connection.execute(statement, values_of(change.reach) if bounds else {})
    return {row.id: DisputeRow(**row._mapping) for row in rows}


async def not_open_error(change: Change, dispute: DisputeRow, path: tuple[str, ...]) -> UserError | None:
    """What is said of a dispute that is not worked on: that it is over, or under which number it is, if the
    actor reaches that one."""
    if dispute.status in OPEN:
        return None
    if dispute.status != MERGED:
        return UserError(ErrorCode.NOT_OPEN, path, {"number": dispute.number})
    bounds = bounds_of(change.reach)
    number = await change.connection.scalar(
        select(Dispute.number)
        .join(Merger, (Merger.main_id == Dispute.id) & (Merger.city == Dispute.city))
        .where(
            Merger.dispute_id == dispute.id,
            Merger.split_at.is_(None),
            *([] if bounds is None else [reaches(Dispute.__table__.c.id, bounds)]),
        ),
        values_of(change.reach) if bounds else {},
    )
    if number is None:
        return UserError(ErrorCode.NOT_OPEN, path, {"number": dispute.number})
    return UserError(ErrorCode.MERGED, path, {"number": dispute.number, "main": number})


def check_version(dispute: DisputeRow, expected_version: int | None) -> None:
    """Refuses a version other than the one that the caller has seen, if it says which."""
    if expected_version is not None and expected_version != dispute.version:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": dispute.version}))


async def changed(change: Change, dispute: DisputeRow, **values: Any) -> None:
    """Write `values` and count the change; the count guards against a change that came between."""
    written = await change.connection.execute(
        update(Dispute)
        .where(Dispute.id == dispute.id, Dispute.city == dispute.city, Dispute.version == dispute.version)
        .values(version=dispute.version + 1, **values)
    )
    if written.rowcount != 1:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": dispute.version}))
