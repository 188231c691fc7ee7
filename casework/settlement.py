"""What becomes of an open objection: a person decides it, or another lead settles it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change
from casework.dispute import DisputeRow
from casework.record import Happening
from db.tables.objection import Objection


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    ACCEPTED = "accepted"  # another unit leads
    UPHELD = "upheld"  # the assignment stands


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """An objection that nobody has decided yet, and the unit that objects."""

    id: UUID
    unit_code: str


async def open_objection(change: Change, dispute: DisputeRow) -> OpenObjection | None:
    """The objection that is open about a dispute; there is at most one."""
    found = (
        await change.connection.execute(
            select(Objection.id, Objection.unit_code).where(
                Objection.dispute_id == dispute.id, Objection.state == ObjectionState.OPEN
            )
        )
    ).first()
    return OpenObjection(found.id, found.unit_code) if found else None


async def decide(
    change: Change, objection: OpenObjection, state: ObjectionState, reason: str | None
) -> Happening:
    """Close an objection. Answers with what happened, for the record; the reason is not told there."""
    await change.connection.execute(
        update(Objection)
        .where(Objection.id == objection.id)
        .values(state=state.value, decided_at=change.now, decided_by=change.actor.id, decided_reason=reason)
    )
    return f"objection_{state.value}", {"objection": str(objection.id), "unit": objection.unit_code}


async def settle(
    change: Change, dispute: DisputeRow, *, lead: str | None, designated: bool, reason: str | None
) -> list[Happening]:
    """Close the objection that is open when a lead is assigned: another unit takes the dispute from the one
    that objects, a conference that designates the same one has heard it. Who merely changes the co-units
    decides nothing."""
    objection = await open_objection(change, dispute)
    if objection is None:
        return []
    if lead != objection.unit_code:
        return [await decide(change, objection, ObjectionState.ACCEPTED, reason)]
    if designated:
        return [await decide(change, objection, ObjectionState.UPHELD, reason)]
    return []
