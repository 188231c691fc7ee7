"""Objections of units to leading a dispute."""

from __future__ import annotations

from casework.masking import masked_words
from db.tables.objection import Objection
from resolvers.decision import DECISION
from resolvers.description import Relation, Resident, Source

OBJECTION = Source(
    "Objection",
    Objection,
    masks={"reason": masked_words, "decided_reason": masked_words},
    reach=("dispute_id",),
)
"""One objection; its state tells whether it has been decided."""

DEPARTMENT = Resident("department", "unit_code")
PROPOSED_DEPARTMENT = Resident("department", "proposed_unit_code")
CONTESTED_DECISION = Relation(DECISION, on=(("decision_id", "key"),))
OBJECTIONS_OF_DISPUTE = Relation(
    OBJECTION,
    on=(("key", "dispute_id"),),
    many=True,
    order=(OBJECTION.columns["raised_at"], OBJECTION.columns["key"]),
)
CHANGED_OBJECTION = Relation(OBJECTION, on=(("changed", "key"),))
"""The objection that a mutation changed."""
