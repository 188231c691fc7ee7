"""Traits: what a dispute is found by when another complaint may be about the same matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from casework.act import Change
from casework.desk import Desk
from casework.dispute import MERGED, OPEN, DisputeRow
from db import revision
from db.dialect import insert_new
from db.tables.dispute import Decision, Dispute
from db.tables.duplicates import Trait
from db.tables.reply import Reply
from rules.facts_document import facts_from_document
from rules.likeness import EDITION, LONGEST_COMPARED, Matter, matter_of, traits_of
from rules.model import Facts
from rules.router import Routing

RECENT = timedelta(days=90)
"""For how long after its receipt, and after a reply to it, a dispute is found that is no longer worked on."""
TRAITS = "traits"
"""The revision that tells of which edition the traits of the stored disputes are."""
BATCH = 200
"""Disputes whose traits are written at a time: SQLite's other writers wait some hundredths of a second."""
Progress = Callable[[int], None]
"""Told after each batch: how many disputes have been read."""


def matter_of_routing(text: str, routing: Routing) -> Matter:
    """What is compared of a text that has been routed."""
    return matter_of(
        text, ((match.start, match.end, match.field) for match in routing.matches), routing.facts
    )


def matter_of_decision(text: str, facts: Any, matches: Iterable[Any]) -> Matter:
    """What is compared of a stored text, from the documents of its decision."""
    known = ((match["start"], match["end"], match["field"]) for match in matches)
    found: Facts = facts_from_document(facts)
    return matter_of(text, known, found)


def is_to_be_found(
    status: SQLColumnExpression[str], states: Iterable[str], since: Any
) -> ColumnElement[bool]:
    """Whether a dispute is in one of these states, or came in or was replied to since then."""
    replied = exists().where(
        Reply.dispute_id == Dispute.id, Reply.city == Dispute.city, Reply.replied_at >= since
    )
    return or_(Dispute.received_at >= since, *(status == state for state in sorted(states)), replied)


async def keep_traits(change: Change, dispute: DisputeRow, routing: Routing) -> None:
    """Let a dispute be found by what was read in it, in addition to what was read before."""
    matter = matter_of_routing(dispute.description, routing)
    await _keep(change.connection, _traits(dispute.id, dispute.city, dispute.region_code, matter))


async def bring_up_to_date(desk: Desk, progress: Progress = lambda done: None) -> int:
    """Give the stored disputes that can be found the traits of this edition, the newest first; answers with
    how many were read, 0 where that has been done.

    Each batch is a short transaction of its own. What is cut off keeps what is written and begins again the
    next time, which adds nothing twice. Traits of an earlier edition stay: they lead to what is then compared
    anyway. Raises the database's Fault.
    """
    async with desk.database.read() as connection:
        if await revision.current(connection, TRAITS) >= EDITION:
            return 0
    since = desk.clock() - RECENT
    done = 0
    before: UUID | None = None
    while batch := await _before(desk, since, before):
        rows = [
            row
            for each in batch
            for row in _traits(
                each.id, each.city, each.region, matter_of_decision(each.text, each.facts, each.matches)
            )
        ]
        async with desk.database.write() as connection:
            await _keep(connection, rows)
        done, before = done + len(batch), batch[-1].id
        progress(done)
    async with desk.database.write() as connection:
        await revision.raise_to(connection, TRAITS, EDITION)
    return done


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored dispute, with the documents of the decision in force."""

    id: UUID
    city: str
    region: str
    text: str
    facts: Any
    matches: Any


async def _before(desk: Desk, since: datetime, before: UUID | None) -> Sequence[_Stored]:
    """The next batch of those that can be found: open, merged (the main one may be open), or recent."""
    later = aliased(Decision)
    newest = select(func.max(later.sequence)).where(later.dispute_id == Dispute.id).scalar_subquery()
    found = (
        select(
            Dispute.id,
            Dispute.city,
            Dispute.region_code,
            func.substr(Dispute.description, 1, LONGEST_COMPARED),
            Decision.facts,
            Decision.matches,
        )
        .join(Decision, (Decision.dispute_id == Dispute.id) & (Decision.sequence == newest))
        .where(is_to_be_found(Dispute.status, (*OPEN, MERGED), since))
        .order_by(Dispute.id.desc())
        .limit(BATCH)
    )
    if before is not None:
        found = found.where(Dispute.id < before)
    async with desk.database.read() as connection:
        return [_Stored(*row) for row in await connection.execute(found)]


def _traits(dispute_id: UUID, city: str, region: str, matter: Matter) -> list[dict[str, Any]]:
    return [
        {"city": city, "trait": trait, "dispute_id": dispute_id, "region_code": region}
        for trait in traits_of(matter)
    ]


async def _keep(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert_new(connection, Trait.__table__), rows)
