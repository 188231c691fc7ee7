"""Keeps the process up to date with what is published, as long as it serves."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog

from casework.desk import Desk
from casework.watch import look
from db.faults import Fault
from server.background import in_background

log = structlog.stdlib.get_logger("lianxi.policy")

LOOK_SECONDS = 0.2
"""Between two looks: with the reading and compiling, a publication takes effect within a second."""
SWITCH_SECONDS = 0.001
"""For so long a thread that compiles may keep others from working."""
MOST_SECONDS = 5.0
"""... at most, after looks that failed."""
MOST_LEFT = 200_000
"""So many things that nobody may need any more are left out of the collector's sight, some 40 MB."""


@asynccontextmanager
async def watching(desk: Desk) -> AsyncIterator[None]:
    """Compiles what is in force, so that the first complaint waits no longer than others, and then watches.

    Raises the database's Fault where the first look fails.
    """
    await look(desk)
    desk.policies.while_compiling = unnoticed
    try:
        async with in_background(_watch(desk)):
            yield
    finally:
        desk.policies.let_go()


@contextmanager
def unnoticed() -> Iterator[None]:
    """Let the event loop have its turn five times as soon as usual while a thread compiles, and the collector
    look away."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with uncollected():
            yield
    finally:
        sys.setswitchinterval(usual)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep Python's collector of circles from looking through what is being compiled, which would stop all
    threads for a while, again and again, and find nothing. What requests have left goes before. What there is
    by the end stays out of its sight; it goes, as most things do, when nobody refers to it any more."""
    _out_of_sight.look()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class OutOfSight:
    """What the collector does not see: versions of use, and also the circles that requests left behind while
    others were compiled, which would never go. There may be `most` things."""

    def __init__(self) -> None:
        self.most = 0

    def look(self) -> None:
        """Look through all of it where it has become too much since the last time. That holds up requests for
        some tenths of a second, once in a great many versions."""
        there = gc.get_freeze_count()
        if self.most and there > self.most:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            there, self.most = gc.get_freeze_count(), 0
        if there:
            # Versions that are put away take what they were with them.
            self.most = min(self.most or there + MOST_LEFT, there + MOST_LEFT)


_out_of_sight = OutOfSight()


async def _watch(desk: Desk) -> None:
    pause = LOOK_SECONDS
    while True:
        await asyncio.sleep(pause)
        failed = pause > LOOK_SECONDS
        pause = min(2 * pause, MOST_SECONDS) if not await try_to_look(desk, failed) else LOOK_SECONDS


async def try_to_look(desk: Desk, failed: bool) -> bool:
    """Look once, and say in the log what came of it: a failure once, unless the look before has `failed` as
    well. False where it failed now."""
    try:
        begun = await look(desk)
    except Fault as fault:
        # Blind, the process must not go on by what it remembers: every use asks the database again.
        desk.policies.let_go()
        if not failed:
            log.warning("policies cannot be watched", fault=str(fault))
        return False
    except Exception:
        # What decides goes on deciding. A version of no use must not end the watch for those to come.
        if not failed:
            log.exception("a published version cannot be used")
        return False
    for version in begun:
        log.info("policy in force", policy=version.policy_key, version=version.number)
    return True
