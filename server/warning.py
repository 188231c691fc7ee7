"""Warns of terms that run out, as long as the process serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from casework.deadline import TOGETHER, warn
from casework.desk import Desk
from db.faults import Fault
from server.background import in_background

log = structlog.stdlib.get_logger("lianxi.deadlines")

LOOK_SECONDS = 60.0
"""Between two looks."""


@asynccontextmanager
async def warning(desk: Desk) -> AsyncIterator[None]:
    """Looks in the background until the block is left."""
    async with in_background(_look(desk)):
        yield


async def _look(desk: Desk) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            while await warn(desk) == TOGETHER:
                pass
        except Fault as fault:
            log.warning("nobody can be warned", fault=str(fault))
        except Exception:
            # The next look will do what this one has left.
            log.exception("a warning cannot be written")
