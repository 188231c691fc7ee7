"""Terms that run for a dispute."""

from __future__ import annotations

from datetime import datetime

from casework.deadline import MAY_OBJECT, Deadline, objection_deadline
from resolvers.assignment import ASSIGNMENT
from resolvers.context import Context
from resolvers.description import Computed, Relation, Resident, Via


def deadline(context: Context, assigned_at: datetime, unit_code: str) -> Deadline:
    """The term that began when a lead unit was assigned."""
    return objection_deadline(context.desk, assigned_at, unit_code)


DEPARTMENT = Resident("department", "unit_code")
DEADLINES = Via(
    Relation(
        ASSIGNMENT,
        on=(("key", "dispute_id"),),
        many=True,
        where=MAY_OBJECT,
        order=(ASSIGNMENT.columns["assigned_at"], ASSIGNMENT.columns["key"]),
    ),
    Computed(deadline),
)
"""So far there is one kind: the lead unit's term to object."""
