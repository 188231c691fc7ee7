"""Confirmed decisions: disputes whose lead unit somebody has stood for, so that others may learn from them.

A decision of the rules alone confirms nothing. It is confirmed when a person gave the dispute to the unit,
when an objection to it was heard and not followed, when the unit has answered the complainants, or when the
unit let the days pass in which it may object. What the demo assigned, and nobody touched, says nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from casework.civil import civil_day
from casework.demo import DEMO_ACTOR
from casework.desk import Desk
from casework.directory import CityDirectory
from casework.dispute import RESOLVED
from casework.settlement import ObjectionState
from casework.working_days import last_day
from db.tables.dispute import Assignment, Decision, Dispute
from db.tables.objection import Objection
from rules.territory import within
from rules.vote import marks
from rules.vote_learning import Lesson

BATCH = 500
MOST_LEARNT = 50_000
"""Decisions that are learnt from, the newest: some 40 MB of marks."""
_BY_PERSON = frozenset({"manual", "objection", "conference"})


class Confirmation(StrEnum):
    """How a decision came to be confirmed."""

    PERSON = "person"  # a person, or a joint conference, gave it to the unit
    HEARD = "heard"  # the unit objected, and the assignment was upheld
    ANSWERED = "answered"  # the unit has answered the complainants
    ACCEPTED = "accepted"  # the days to object are over


@dataclass(frozen=True, slots=True)
class ConfirmedDecision:
    """One text with the function that rightly leads, and what the rules had said."""

    dispute_id: UUID
    lesson: Lesson
    by_rules: str | None
    confirmation: Confirmation


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Confirmed decisions, newest first. `repeated` is how many more had a text that is there already, or
    none; `open` how many disputes with a lead unit are not confirmed; `untold` in how many nobody can tell
    which function of the unit is meant."""

    decisions: Sequence[ConfirmedDecision]
    repeated: int
    open: int
    untold: int

    def counts(self) -> Mapping[Confirmation, int]:
        """How many were confirmed in which way."""
        return Counter(each.confirmation for each in self.decisions)


async def confirmed_decisions(desk: Desk) -> Confirmed:
    """What can be learnt from, each text once. Raises the database's Fault."""
    gathering = _Gathering(civil_day(desk.clock()), desk.objection_days)
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
        rows = (await connection.execute(_LEADS.limit(BATCH))).all()
        while rows and len(gathering.decisions) < MOST_LEARNT:
            for row in rows:
                gathering.add(row, directory)
            following = _LEADS.where(Dispute.id < rows[-1].id).limit(BATCH)
            rows = (await connection.execute(following)).all()
    return Confirmed(gathering.decisions[:MOST_LEARNT], gathering.repeated, gathering.open, gathering.untold)


def _leads() -> Select[Any]:
    """Disputes with the unit that leads them now and their newest decision, newest first."""
    later = aliased(Decision)
    newest = (
        select(func.max(later.sequence))
        .where(later.dispute_id == Dispute.id)
        .correlate(Dispute)
        .scalar_subquery()
    )
    upheld = exists().where(
        Objection.assignment_id == Assignment.id, Objection.state == ObjectionState.UPHELD
    )
    contested = exists().where(Objection.dispute_id == Dispute.id, Objection.state == ObjectionState.OPEN)
    return (
        select(
            Dispute.id,
            Dispute.description,
            Dispute.status,
            Assignment.unit_code,
            Assignment.origin,
            Assignment.assigned_at,
            Assignment.assigned_by,
            Decision.lead_function,
            Decision.candidates,
            upheld.label("upheld"),
            contested.label("contested"),
        )
        .select_from(Dispute)
        .join(
            Assignment,
            and_(
                Assignment.dispute_id == Dispute.id,
                Assignment.city == Dispute.city,
                Assignment.role == "lead",
                Assignment.ended_at.is_(None),
            ),
        )
        .outerjoin(
            Decision,
            and_(
                Decision.dispute_id == Dispute.id,
                Decision.city == Dispute.city,
                Decision.sequence == newest,
            ),
        )
        .order_by(Dispute.id.desc())
    )


_LEADS = _leads()


class _Gathering:
    """What has been found so far."""

    def __init__(self, today: date, objection_days: int) -> None:
        self.today = today
        self.objection_days = objection_days
        self.decisions: list[ConfirmedDecision] = []
        self.repeated = self.open = self.untold = 0
        self._texts: set[bytes] = set()

    def add(self, row: Any, directory: CityDirectory) -> None:
        """Take in one dispute with its lead."""
        confirmation = self._confirmation(row)
        if confirmation is None:
            self.open += 1
            return
        proposed = [each["function"] for each in row.candidates or ()]
        by_rules = row.lead_function or (proposed[0] if proposed else None)
        function = _function(directory, row, [by_rules, *proposed])
        if function is None:
            self.untold += 1
            return
        found = marks(row.description)
        digest = hashlib.sha256(found.tobytes()).digest()
        if not found or digest in self._texts:
            self.repeated += 1
            return
        self._texts.add(digest)
        lesson = Lesson(found, function)
        self.decisions.append(ConfirmedDecision(row.id, lesson, by_rules, confirmation))

    def _confirmation(self, row: Any) -> Confirmation | None:
        if row.contested or row.status not in ("assigned", RESOLVED):
            return None
        if row.origin in _BY_PERSON:
            return Confirmation.PERSON
        if row.upheld:
            return Confirmation.HEARD
        if row.assigned_by == DEMO_ACTOR.id:
            return None
        if row.status == RESOLVED:
            return Confirmation.ANSWERED
        if self.today > last_day(civil_day(row.assigned_at), self.objection_days):
            return Confirmation.ACCEPTED
        return None


def _function(directory: CityDirectory, row: Any, proposed: Sequence[str | None]) -> str | None:
    """The function in which a unit leads: of several the one that the rules had named or offered."""
    unit, day = directory.tree.units.get(row.unit_code), civil_day(row.assigned_at)
    spans = unit.functions if unit else ()
    own = {span.function for span in spans if within(span.valid_from, span.valid_to, day)}
    if len(own) == 1:
        return own.pop()
    return next((function for function in proposed if function in own), None)
