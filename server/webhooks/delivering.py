"""Numbers what is to leave, and sends it to webhooks, as long as the process serves.

Any number of servers do so at once: each numbering is one process's at a time, and what one has taken to send
the others pass over.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cached_property, partial
from uuid import UUID

import structlog

from casework.desk import Desk
from casework.webhooks.backlog import backlog
from casework.webhooks.fanout import fan_out
from casework.webhooks.queue import due, settle, take
from casework.webhooks.schedule import SCHEDULE, Schedule
from db import feed
from db.faults import Fault
from server.webhooks.sending import Resolve, Sender, resolve

log = structlog.stdlib.get_logger("lianxi.webhooks")

LOOK_SECONDS = 0.2
"""Between two looks."""
MOST_SECONDS = 5.0
"""... at most, after looks that failed."""
AT_ONCE = 8
"""Deliveries to one webhook that are under way at a time."""
WEBHOOKS_AT_ONCE = 16
"""Webhooks that this process sends to at a time."""
ROUND_SECONDS = 5.0
"""After so long a webhook lets another have its turn, and comes round again."""
COUNT_SECONDS = 10.0
"""Between two counts of what waits."""


@asynccontextmanager
async def delivering(
    desk: Desk, schedule: Schedule = SCHEDULE, resolve: Resolve = resolve
) -> AsyncIterator[None]:
    """Delivers in the background until the block is left; what is under way then is sent again later."""
    postman = Postman(desk, schedule, resolve)
    tasks = [asyncio.create_task(each) for each in (_go_on(postman), _count(desk))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await postman.close()


class Postman:
    """One process's worker."""

    def __init__(self, desk: Desk, schedule: Schedule = SCHEDULE, resolve: Resolve = resolve) -> None:
        self._desk = desk
        self._schedule = schedule
        self._resolve = resolve
        self._rounds: dict[UUID, asyncio.Task[None]] = {}
        self._begun: dict[UUID, float] = {}
        """When the last round of a webhook began: who waited longest comes first."""

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # To read all certificates that are believed takes as long as a page of disputes.
        return ssl.create_default_context()

    async def look(self) -> None:
        """Number what is new, and begin a round for every webhook that has something to be done, unless it is
        being served. Raises the database's Fault."""
        while await feed.number(self._desk.database):
            pass
        now = time.monotonic()
        for each in sorted(await due(self._desk), key=lambda each: self._begun.get(each.webhook_id, 0.0)):
            if each.webhook_id not in self._rounds and len(self._rounds) < WEBHOOKS_AT_ONCE:
                self._begun[each.webhook_id] = now
                task = asyncio.create_task(self._round(each.webhook_id, each.behind))
                self._rounds[each.webhook_id] = task
                task.add_done_callback(partial(self._over, each.webhook_id))

    async def settled(self) -> None:
        """Wait until all rounds that have begun are over."""
        while self._rounds:
            await asyncio.wait(self._rounds.values())

    async def close(self) -> None:
        """Break off what is under way."""
        for task in self._rounds.values():
            task.cancel()
        await self.settled()

    async def _round(self, webhook_id: UUID, behind: bool) -> None:
        end = time.monotonic() + ROUND_SECONDS
        try:
            while behind:
                behind = await fan_out(self._desk, webhook_id)
            async with Sender(self._desk, self._tls, self._resolve) as sender:
                while time.monotonic() < end:
                    parcels = await take(self._desk, webhook_id, AT_ONCE, self._schedule)
                    if not parcels:
                        break
                    outcomes = await asyncio.gather(*map(sender.send, parcels))
                    found = list(zip(parcels, outcomes, strict=True))
                    await settle(self._desk, webhook_id, found, self._schedule)
        except Fault as fault:
            log.warning("webhook waits for the database", webhook=str(webhook_id), fault=str(fault))
        except Exception:
            # The others are served all the same; this one comes round again when its leases have run out.
            log.exception("webhook cannot be served", webhook=str(webhook_id))

    def _over(self, webhook_id: UUID, _: asyncio.Task[None]) -> None:
        del self._rounds[webhook_id]


async def _count(desk: Desk) -> None:
    """Keep it known what waits."""
    while True:
        try:
            desk.tally.backlog = await backlog(desk)
        except Fault:
            desk.tally.backlog = None
        await asyncio.sleep(COUNT_SECONDS)


async def _go_on(postman: Postman) -> None:
    pause = LOOK_SECONDS
    while True:
        await asyncio.sleep(pause)
        try:
            await postman.look()
            pause = LOOK_SECONDS
        except Fault as fault:
            if pause == LOOK_SECONDS:
                log.warning("nothing can be delivered", fault=str(fault))
            pause = min(2 * pause, MOST_SECONDS)
