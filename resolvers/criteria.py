"""Which disputes are asked for: the filter of a list as conditions of a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, cast, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from casework.text import LONGEST_TITLE, clean
from db.tables.dispute import Assignment, Decision, Dispute
from db.tables.region import Region
from db.tables.unit import UnitFunction

MOST_FLAGS = 20
"""Flags that one list can be asked for: each is a subquery of its own."""


@dataclass(frozen=True, slots=True)
class DisputeCriteria:
    """All that are given have to hold. `text` is looked for in titles, and at the start of numbers."""

    status: tuple[str, ...] | None = None
    channel: tuple[str, ...] | None = None
    region: str | None = None
    lead_department: str | None = None
    co_department: str | None = None
    function: str | None = None
    flags: tuple[str, ...] | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    triage_reason: str | None = None
    text: str | None = None


def conditions(criteria: DisputeCriteria) -> list[ColumnElement[bool]]:
    """The criteria in SQL; an empty list lets every dispute pass."""
    return [*_on_the_row(criteria), *_beside_the_row(criteria)]


def _on_the_row(criteria: DisputeCriteria) -> Iterator[ColumnElement[bool]]:
    if criteria.status is not None:
        yield Dispute.status.in_(criteria.status)
    if criteria.channel is not None:
        yield Dispute.channel.in_(criteria.channel)
    if criteria.lead_department is not None:
        yield Dispute.lead_unit_code == clean(criteria.lead_department)
    if criteria.received_from is not None:
        yield Dispute.received_at >= criteria.received_from
    if criteria.received_to is not None:
        yield Dispute.received_at < criteria.received_to
    if criteria.text is not None and (text := clean(criteria.text)):
        if len(text) > LONGEST_TITLE:
            yield false()  # and SQLite refuses long patterns
            return
        in_title = Dispute.title.icontains(text, autoescape=True)
        yield or_(in_title, Dispute.number.startswith(text, autoescape=True))


def _beside_the_row(criteria: DisputeCriteria) -> Iterator[ColumnElement[bool]]:
    if criteria.region is not None:
        yield Dispute.region_code.in_(_within(clean(criteria.region)))
    if criteria.function is not None:
        carries = UnitFunction.function_code == clean(criteria.function)
        yield Dispute.lead_unit_code.in_(select(UnitFunction.unit_code).where(carries))
    if criteria.co_department is not None:
        yield exists().where(
            Assignment.dispute_id == Dispute.id,
            Assignment.unit_code == clean(criteria.co_department),
            Assignment.role == "co",
            Assignment.ended_at.is_(None),
        )
    if criteria.triage_reason is not None:
        yield _decided(Decision.triage_reason == criteria.triage_reason)
    for flag in criteria.flags or ():
        # The column holds a JSON list of words; quoted, a word is found whole.
        word = cast(Decision.flags, Text).contains(f'"{clean(flag)}"', autoescape=True)
        yield _decided(word) if len(flag) <= LONGEST_TITLE else false()


def _within(code: str) -> Select[str]:
    """The codes of a region and of all regions below it."""
    top = aliased(Region)
    below = Region.path.like(top.path + "/%")
    return select(Region.code).join(top, top.code == code).where(or_(Region.code == top.code, below))


def _decided(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the decision in force meets a condition."""
    newest = aliased(Decision)
    latest = (
        select(func.max(newest.sequence))
        .where(newest.dispute_id == Dispute.id)
        .correlate(Dispute)
        .scalar_subquery()
    )
    return exists().where(Decision.dispute_id == Dispute.id, Decision.sequence == latest, condition)
