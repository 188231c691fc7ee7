"""The dispute a verb works on: found, locked against others, and its change counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change
from casework.errors import ErrorCode, Refused, UserError
from db.tables.dispute import Dispute

OPEN = frozenset({"triage", "assigned", "in_conference"})
"""The states in which a dispute is worked on; one that was merged is worked on under another number."""


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
    version: int


COLUMNS = tuple(getattr(Dispute, name) for name in DisputeRow.__slots__)


async def dispute_of(change: Change, dispute_id: UUID, expected_version: int | None = None) -> DisputeRow:
    """The dispute, its row locked until the transaction ends. Refuses a key that is unknown, and a
    version other than the one that the caller has seen."""
    statement = select(*COLUMNS).where(Dispute.id == dispute_id).with_for_update()
    found = (await change.connection.execute(statement)).first()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DISPUTE, ("id",)))
    dispute = DisputeRow(**found._mapping)
    if expected_version is not None and expected_version != dispute.version:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": dispute.version}))
    return dispute


async def changed(change: Change, dispute: DisputeRow, **values: Any) -> None:
    """Write `values` and count the change; the count guards against a change that came between."""
    written = await change.connection.execute(
        update(Dispute)
        .where(Dispute.id == dispute.id, Dispute.city == dispute.city, Dispute.version == dispute.version)
        .values(version=dispute.version + 1, **values)
    )
    if written.rowcount != 1:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": dispute.version}))
