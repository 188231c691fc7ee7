"""Replay: stored decisions made again from what is stored with them, each by the version that made it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from casework.desk import Desk
from casework.policy import PublishedVersion, version_of
from db.dialect import json_of
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.dispute import Decision
from db.tables.policy import PolicyVersion
from rules.decision_document import decision_document, trace_document
from rules.model import TriageReason
from rules.router import Router

BATCH = 500
"""Decisions that are read at a time; twice as many are in memory."""
BEFORE_ALL = UUID(int=0)
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
    chosen = Decision.id == bindparam("decision")
    query = compile_query(_decisions(Chosen()).where(chosen), desk.database.dialect)
    rows = await _fetch(desk, query, {"decision": decision_id})
    if not rows:
        raise LookupError(decision_id)
    return not await _Replay(desk, query).different(rows)


async def replay_all(
    desk: Desk, chosen: Chosen | None = None, progress: Progress = lambda done: None
) -> Replayed:
    """Make the chosen decisions again, oldest first. While some are decided, the next are read.

    Raises the database's Fault, and PackError for a version that no policy can be made of.
    """
    following = _decisions(chosen or Chosen()).where(Decision.id > bindparam("after")).limit(BATCH)
    query = compile_query(following.order_by(Decision.id), desk.database.dialect)
    again = _Replay(desk, query)
    total, failed = 0, 0
    different: list[UUID] = []
    rows = await _fetch(desk, query, {"after": BEFORE_ALL})
    while rows:
        reading = asyncio.create_task(_fetch(desk, query, {"after": again.key(rows[-1])}))
        try:
            found = await again.different(rows)
            total, failed = total + len(rows), failed + len(found)
            different += found[: MOST_TOLD - len(different)]
            progress(total)
            rows = await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
    return Replayed(total, total - failed, tuple(different))


# The words of the explanation and the matches are not read: a replay does not find them again.
_COLUMNS = (
    *("id", "policy_version_id", "confidence", "facts", "trace"),
    *("lead_function", "co_functions", "conference_domain", "flags", "legal_path", "rule_id", "overlay_ids"),
    *("triage_reason", "candidates"),
)


def _decisions(chosen: Chosen) -> Select[*tuple[Any, ...]]:
    statement = select(*[Decision.__table__.c[name] for name in _COLUMNS])
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


async def _fetch(desk: Desk, query: Query, values: Mapping[str, Any]) -> Sequence[Row]:
    def steps() -> Steps[Sequence[Row]]:
        rows = yield query, query.bind(values)
        return rows

    return await desk.database.fetch(steps, several=False, slow=True)


class _Replay:
    """Decides again about rows of a query, by the versions that it has met."""

    def __init__(self, desk: Desk, query: Query) -> None:
        self._desk = desk
        self._key, self._version_key = query.python[:2]
        self._versions: dict[Any, PublishedVersion] = {}

    def key(self, row: Row) -> UUID:
        """The key of a row's decision."""
        key: UUID = self._key(row[0]) if self._key else row[0]
        return key

    async def different(self, rows: Iterable[Row]) -> list[UUID]:
        """The decisions that come out otherwise. Keys are given in the order of time, in which versions
        seldom change."""
        found: list[UUID] = []
        for raw, made in groupby(rows, itemgetter(1)):
            router = await self._desk.policies.router(self._desk.database, await self._version(raw))
            # A router that is put away meanwhile goes on answering, only more slowly.
            found += map(self.key, await asyncio.to_thread(_made_otherwise, router, list(made)))
        return found

    async def _version(self, raw: Any) -> PublishedVersion:
        if raw not in self._versions:
            key = self._version_key(raw) if self._version_key else raw
            async with self._desk.database.read() as connection:
                self._versions[raw] = await version_of(connection, key)
        return self._versions[raw]


def _made_otherwise(router: Router, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if not _same(router, row)]


def _same(router: Router, row: Row) -> bool:
    _, _, confidence, facts, trace, *said = row
    again = router.replay(json_of(facts), confidence)
    return decision_document(again.decision) == _decision_of(said) and trace_document(again.trace) == json_of(
        trace
    )


def _decision_of(said: Sequence[Any]) -> dict[str, Any]:
    """The decision as `decision_document` gave it, from the columns that keep it."""
    lead, co_functions, conference, flags, legal_path, rule, overlays, reason, candidates = said
    return {
        "lead": lead,
        "co_functions": json_of(co_functions),
        "conference": conference,
        "flags": json_of(flags),
        "legal_path": legal_path,
        "rule": rule,
        "overlays": json_of(overlays),
        # That no unit carries the lead function is the directory's word, not the policy's.
        "triage_reason": None if reason == TriageReason.NO_UNIT else reason,
        "candidates": json_of(candidates),
    }
