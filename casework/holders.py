"""Who has a dispute now: the units that lead, join or own it, that object to leading it, or that have the one
it was merged into.

All of this is told by other tables. It is kept together once more because everybody with a right for a unit
asks for it with each request: lists of a unit are read from one index, newest first, however many disputes
there are.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, literal, select, tuple_, union, union_all

from casework.act import Change
from db.tables.dispute import Assignment, Dispute
from db.tables.duplicates import Merger
from db.tables.holder import Holder
from db.tables.objection import Objection


async def keep_holders(change: Change, dispute_id: UUID) -> None:
    """Note who has a dispute, and those that were merged into it, after they were changed. The dispute is
    locked."""
    rows = (await change.connection.execute(_holders(dispute_id))).all()
    wanted = {(row.dispute_id, row.unit_code): row for row in rows if row.wanted}
    noted = {(row.dispute_id, row.unit_code) for row in rows if not row.wanted}
    if over := noted - wanted.keys():
        gone = tuple_(Holder.dispute_id, Holder.unit_code).in_(sorted(over))
        await change.connection.execute(delete(Holder).where(gone))
    fresh = [row for key, row in wanted.items() if key not in noted]
    if fresh:
        await change.connection.execute(
            insert(Holder),
            [
                {
                    "dispute_id": row.dispute_id,
                    "city": row.city,
                    "unit_code": row.unit_code,
                    "received_at": row.received_at,
                }
                for row in fresh
            ],
        )


def _holders(dispute_id: UUID) -> Any:
    """Who has the dispute and those merged into it, as the other tables tell it (`wanted`) and as noted."""
    merged = select(Merger.dispute_id).where(Merger.main_id == dispute_id, Merger.split_at.is_(None))
    own = Dispute.id == dispute_id
    these = select(Dispute.id).where(own | Dispute.id.in_(merged)).cte("these")

    def among_these(column: Any) -> Any:
        return column.in_(select(these.c.id))

    held = union(
        select(Dispute.id.label("dispute_id"), Dispute.territorial_owner_code.label("unit_code")).where(
            among_these(Dispute.id)
        ),
        select(Assignment.dispute_id, Assignment.unit_code).where(
            among_these(Assignment.dispute_id), Assignment.ended_at.is_(None)
        ),
        select(Objection.dispute_id, Objection.unit_code).where(
            among_these(Objection.dispute_id), Objection.state == "open"
        ),
        select(Merger.dispute_id, Assignment.unit_code)
        .join(Assignment, (Assignment.dispute_id == Merger.main_id) & (Assignment.city == Merger.city))
        .where(among_these(Merger.dispute_id), Merger.split_at.is_(None), Assignment.ended_at.is_(None)),
    ).subquery("held")
    told = select(
        held.c.dispute_id, held.c.unit_code, Dispute.city, Dispute.received_at, literal(True).label("wanted")
    ).join(Dispute, Dispute.id == held.c.dispute_id)
    noted = select(
        Holder.dispute_id, Holder.unit_code, Holder.city, Holder.received_at, literal(False)
    ).where(among_these(Holder.dispute_id))
    return union_all(told, noted)
