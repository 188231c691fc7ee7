"""Keeps subscriptions going as long as the process serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from casework.desk import Desk
from server.subscriptions.socket import Sockets
from server.subscriptions.stream import Streams

log = structlog.stdlib.get_logger("lianxi.subscriptions")

LOOK_SECONDS = 30.0
"""Between two looks at who may still listen."""


@asynccontextmanager
async def listening(sockets: Sockets, streams: Streams, desk: Desk) -> AsyncIterator[None]:
    """Lets clients subscribe until the block is left."""
    sockets.subscriptions.open(desk)
    task = asyncio.create_task(_look(sockets, streams))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        streams.close()
        await sockets.close()
        await sockets.subscriptions.close()


async def _look(sockets: Sockets, streams: Streams) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await sockets.look()
            await streams.look()
        except Exception:
            # Those who were not looked at are so the next time.
            log.exception("who listens cannot be looked at")
