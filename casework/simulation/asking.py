"""A draft at its questions: what it says of a stretch of stored disputes.

The disputes are asked about in stretches of their keys, each a short read of its own, so that no writer and
no other reader waits, and whoever no longer wants to know can stop between two of them and within one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, func, select

from casework.simulation.answers import Deciding
from casework.simulation.compile import Questions
from casework.simulation.report import Stretch
from casework.simulation.singly import single, single_query, singles
from casework.simulation.statement import Group, Statement, Stored
from db.database import Database
from db.reading import Row
from db.tables.dispute import Dispute
from rules.checksum import lexicon_checksum
from rules.lexicon_document import reading_document, term_document
from rules.model import Policy
from rules.router import Router
from rules.simulation import Answer, answer_of

STRETCH = 50_000
"""Disputes that the database is asked about at a time: about half a second. To understand the statement of
five thousand rules takes SQLite a fifth of a second each time."""
AT_ONCE = 2
"""Stretches that are asked about at once."""
STRETCH_OF_TEXTS = 2_000
"""Disputes whose texts are read again at a time."""
BEFORE_ALL = UUID(int=0)
AFTER_ALL = UUID(int=(1 << 128) - 1)


class Simulator:
    """A draft, compiled for one kind of database. To make one takes seconds for a large policy: make it in a
    thread. Several tasks may share it."""

    def __init__(self, policy: Policy, dialect: Dialect) -> None:
        self.policy = policy
        terms, readings = policy.lexicon.terms, policy.lexicon.readings
        self.lexicon_checksum = lexicon_checksum(
            [term_document(term) for term in terms], [reading_document(reading) for reading in readings]
        )
        questions = Questions(policy)
        self.statement = Statement(questions, policy.triage_below, dialect)
        self.deciding = Deciding(policy, questions)
        self.router = Router(policy)


@dataclass(frozen=True, slots=True)
class Met:
    """Alike disputes of one region: what is stored, what the draft says (with functions for units), and
    their keys as texts with commas between."""

    region: str
    stored: Stored
    after: Answer
    disputes: str


class Asking:
    """One draft and one filter, given by its parameters. `reread` has the texts read again."""

    def __init__(
        self, database: Database, simulator: Simulator, values: Mapping[str, Any], *, reread: bool
    ) -> None:
        self.simulator = simulator
        self.values = values
        self.reread = reread
        self._database = database
        self._singly = single_query(values, database.dialect)

    async def stretches(
        self, after: UUID, known: Sequence[Stretch] = ()
    ) -> AsyncGenerator[tuple[UUID, int, list[Met]]]:
        """The last key, the size and what was met of each stretch behind a key, in order. Of those that are
        known already, the ones without a change are passed over. Close it when it is left early."""
        asked: deque[tuple[UUID, int, asyncio.Task[list[Met]]]] = deque()
        try:
            async for start, last, size in self._ends(after, known):
                asked.append((last, size, asyncio.create_task(self.ask(start, last))))
                if len(asked) == AT_ONCE:
                    last, size, task = asked.popleft()
                    yield last, size, await task
            while asked:
                last, size, task = asked.popleft()
                yield last, size, await task
        finally:
            for _, _, task in asked:
                task.cancel()
            await asyncio.gather(*(task for _, _, task in asked), return_exceptions=True)

    async def _ends(self, after: UUID, known: Sequence[Stretch]) -> AsyncIterator[tuple[UUID, UUID, int]]:
        """Where each stretch begins and ends, and how many disputes it has if that is not known."""
        for stretch in known:
            if stretch.last > after:
                if stretch.changed:
                    yield after, stretch.last, 0
                after = stretch.last
        while True:
            last, size = await self._end(after)
            if last is None:
                return
            yield after, last, size
            after = last

    async def ask(self, after: UUID, last: UUID) -> list[Met]:
        """What the draft says of the disputes behind one key, up to another."""
        if self.reread:
            return await self._singles(after, last, None)
        statement = self.simulator.statement
        query = await asyncio.to_thread(statement.query, self.values)
        rows = await self._database.fetch(
            lambda: statement.groups(query, self.values, after, last), several=False, slow=True
        )
        groups = await asyncio.to_thread(lambda: [statement.group(row) for row in rows])
        odd = {key for each in groups if each.verdicts.odd for key in each.disputes.split(",")}
        met = await asyncio.to_thread(self._met, groups)
        return [*met, *await self._singles(after, last, odd)] if odd else met

    def _met(self, groups: Sequence[Group]) -> list[Met]:
        answer = self.simulator.deciding.answer
        return [
            Met(each.region, each.stored, answer(each.verdicts), each.disputes)
            for each in groups
            if not each.verdicts.odd
        ]

    async def _singles(self, after: UUID, last: UUID, only: set[str] | None) -> list[Met]:
        rows = await self._database.fetch(
            lambda: singles(self._singly, self.values, after, last), several=False, slow=True
        )
        return await asyncio.to_thread(lambda: list(self._answers(rows, only)))

    def _answers(self, rows: Sequence[Row], only: set[str] | None) -> Iterator[Met]:
        for row in rows:
            if only is None or row[0] in only:
                found = single(row)
                routing = found.routing(self.simulator.router, reread=self.reread)
                yield Met(found.region, found.stored, answer_of(routing.decision), found.dispute)

    async def _end(self, after: UUID) -> tuple[UUID | None, int]:
        """Where the stretch behind a key ends, and how many disputes it has."""
        size = STRETCH_OF_TEXTS if self.reread else STRETCH
        following = select(Dispute.id).where(Dispute.id > after).order_by(Dispute.id).limit(size).subquery()
        async with self._database.read() as connection:
            count = await connection.scalar(select(func.count()).select_from(following))
            end = select(following.c.id).order_by(following.c.id.desc()).limit(1)
            return await connection.scalar(end), count or 0
