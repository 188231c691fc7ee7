"""What several fields wait for together is not lost by the end of one of them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from resolvers.context import Context
from resolvers.dispute import ASSIGNMENTS
from wording.catalogue import Language


async def test_one_that_is_cancelled_takes_nothing_from_the_others(desk: Desk) -> None:
    context = Context(desk, DEMO_ADMINISTRATOR, Language.ZH)
    key = (UUID(int=1),)

    async def waiting() -> object:
        return await context.load(ASSIGNMENTS, {}, key)

    async with context.operation():
        one, other = asyncio.create_task(waiting()), asyncio.create_task(waiting())
        await asyncio.sleep(0)  # both wait now
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        assert await other == []
