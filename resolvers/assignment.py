"""Assignments: which department has, or had, a dispute."""

from __future__ import annotations

from casework.masking import masked_words
from db.tables.dispute import Assignment
from resolvers.description import Relation, Resident, Source

ASSIGNMENT = Source("Assignment", Assignment, masks={"reason": masked_words}, reach=("dispute_id",))
"""One assignment; in force while `ended_at` is None."""

DEPARTMENT = Resident("department", "unit_code")
CO_ASSIGNMENTS_OF_DISPUTE = Relation(
    ASSIGNMENT,
    on=(("key", "dispute_id"),),
    many=True,
    where=(Assignment.role == "co", Assignment.ended_at.is_(None)),
    order=(Assignment.assigned_at, Assignment.id),
)
