"""Disputes: their rows, one by key, and what each has beside it."""

from __future__ import annotations

import strawberry

from casework.text import clean
from db.tables.dispute import Dispute
from resolvers.assignment import ASSIGNMENT, CO_ASSIGNMENTS_OF_DISPUTE
from resolvers.context import Context
from resolvers.decision import DECISION, FACTS, NEWEST
from resolvers.description import Found, Ref, Relation, Resident, Source, Via
from resolvers.errors import BadUserInput
from resolvers.event import EVENT
from resolvers.identity import uuid_text_of
from resolvers.party import PARTY
from resolvers.span import span
from rules.personal_data import masked_text

DISPUTE = Source("Dispute", Dispute, masks={"title": masked_text, "description": masked_text}, reach=("key",))
"""One dispute; personal data in its words leave this room masked."""

REGION = Resident("region", "region_code")
LEAD_DEPARTMENT = Resident("department", "lead_unit_code")
TERRITORIAL_OWNER = Resident("department", "territorial_owner_code")
CO_DEPARTMENTS = Via(CO_ASSIGNMENTS_OF_DISPUTE, Resident("department", "unit_code"))
"""Who joins now, in the order in which they were assigned."""
ASSIGNMENTS = Relation(
    ASSIGNMENT,
    on=(("key", "dispute_id"),),
    many=True,
    order=(ASSIGNMENT.columns["assigned_at"], ASSIGNMENT.columns["key"]),
)
PARTIES = Relation(PARTY, on=(("key", "dispute_id"),), many=True, order=(PARTY.columns["key"],))
DECISIONS = Relation(
    DECISION, on=(("key", "dispute_id"),), many=True, order=(DECISION.columns["sequence"].desc(),)
)
DECISION_IN_FORCE = Relation(DECISION, on=(("key", "dispute_id"),), where=(NEWEST,))
FACTS_IN_FORCE = Via(DECISION_IN_FORCE, FACTS, many=True)
"""What the decision in force saw."""
EVENTS = span(EVENT, (("key", "dispute_id"),), EVENT.columns["sequence"], default=50)


def find_dispute(
    context: Context, *, id: strawberry.ID | None = None, number: str | None = None
) -> Ref | None:
    """The dispute with an id or a number; with both given, it has to have both. Raises BadUserInput
    without either."""
    if id is None:
        if number is None:
            raise BadUserInput("input.id_or_number", context.language)
        return Ref("Dispute", ("number",), (clean(number),))
    key = uuid_text_of(id, "Dispute")
    if key is None:
        return None
    if number is None:
        return Ref("Dispute", ("key",), (key,))
    return Ref("Dispute", ("key", "number"), (key, clean(number)))


DISPUTE_BY_ID_OR_NUMBER = Found(find_dispute, {"Dispute": DISPUTE})
DISPUTE_OF_SESSION = Relation(DISPUTE, on=(("dispute_id", "key"),))
DISPUTE_OF_OBJECTION = Relation(DISPUTE, on=(("dispute_id", "key"),))
CHANGED_DISPUTE = Relation(DISPUTE, on=(("changed", "key"),))
"""The dispute that a mutation changed."""
