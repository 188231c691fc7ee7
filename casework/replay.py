"""Replay: stored decisions made again from what is stored with them, each by the version that made it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from casework.desk import Desk
from casework.policy import version_of
from db.tables.dispute import Decision
from db.tables.policy import PolicyVersion
from rules.decision_document import decision_document, trace_document
from rules.model import TriageReason
from rules.router import Router

BATCH = 500
"""Decisions that are in memory at a time."""
MOST_TOLD = 100
"""Decisions that are named when they come out otherwise."""

Progress = Callable[[int], None]
"""Told after each batch: how many decisions have been made again."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which decisions to replay: all, but for what is given here. The time is from `since` until before
    `until`."""

    city: str | None = None
    policy_key: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were made again, how many of them came out the same with the same trace, and the
    first that did not."""

    total: int
    equal: int
    different: tuple[UUID, ...]


async def replay(desk: Desk, decision_id: UUID) -> bool:
    """Make one decision again: whether it and its trace come out the same. Raises LookupError for a key that
    is not known, and what `replay_all` raises."""
    rows = await _rows(desk, _decisions(Chosen()).where(Decision.id == decision_id))
    if not rows:
        raise LookupError(decision_id)
    return not await _different(desk, rows)


async def replay_all(
    desk: Desk, chosen: Chosen | None = None, progress: Progress = lambda done: None
) -> Replayed:
    """Make the chosen decisions again, oldest first.

    Raises the database's Fault, and PackError for a version that no policy can be made of.
    """
    decisions = _decisions(chosen or Chosen()).order_by(Decision.id).limit(BATCH)
    total, failed = 0, 0
    different: list[UUID] = []
    rows = await _rows(desk, decisions)
    while rows:
        found = await _different(desk, rows)
        total, failed = total + len(rows), failed + len(found)
        different += found[: MOST_TOLD - len(different)]
        progress(total)
        rows = await _rows(desk, decisions.where(Decision.id > rows[-1].id))
    return Replayed(total, total - failed, tuple(different))


def _decisions(chosen: Chosen) -> Select[*tuple[Any, ...]]:
    # Not the explanation nor the matches: those are words, which a replay does not find again.
    table = Decision.__table__.c
    statement = select(*[column for column in table if column.name not in ("explanation", "matches")])
    if chosen.city is not None:
        statement = statement.where(Decision.city == chosen.city)
    if chosen.policy_key is not None:
        versions = select(PolicyVersion.id).where(PolicyVersion.policy_key == chosen.policy_key)
        statement = statement.where(Decision.policy_version_id.in_(versions))
    if chosen.since is not None:
        statement = statement.where(Decision.decided_at >= chosen.since)
    if chosen.until is not None:
        statement = statement.where(Decision.decided_at < chosen.until)
    return statement


async def _rows(desk: Desk, decisions: Select[*tuple[Any, ...]]) -> Sequence[Row[Any]]:
    async with desk.database.read() as connection:
        return (await connection.execute(decisions)).all()


async def _different(desk: Desk, rows: Sequence[Row[Any]]) -> list[UUID]:
    """The decisions that come out otherwise. Keys are given in the order of time, in which versions seldom
    change."""
    different: list[UUID] = []
    for version_id, made in groupby(rows, attrgetter("policy_version_id")):
        async with desk.database.read() as connection:
            version = await version_of(connection, version_id)
        router = await desk.policies.router(desk.database, version)
        # A router that is put away meanwhile goes on answering, only more slowly.
        different += await asyncio.to_thread(_made_otherwise, router, list(made))
    return different


def _made_otherwise(router: Router, rows: Sequence[Row[Any]]) -> list[UUID]:
    return [row.id for row in rows if not _same(router, row)]


def _same(router: Router, row: Row[Any]) -> bool:
    again = router.replay(row.facts, row.confidence)
    return decision_document(again.decision) == _decision_of(row) and trace_document(again.trace) == row.trace


def _decision_of(row: Row[Any]) -> dict[str, Any]:
    """The decision as `decision_document` gave it, from the columns that keep it."""
    return {
        "lead": row.lead_function,
        "co_functions": row.co_functions,
        "conference": row.conference_domain,
        "flags": row.flags,
        "legal_path": row.legal_path,
        "rule": row.rule_id,
        "overlays": row.overlay_ids,
        # That no unit carries the lead function is the directory's word, not the policy's.
        "triage_reason": None if row.triage_reason == TriageReason.NO_UNIT else row.triage_reason,
        "candidates": row.candidates,
    }
