"""Operations that take too long are given up, told with their code, and leave everything in order."""

from __future__ import annotations

import asyncio

import pytest

from server.patience import Patience, TooSlow


async def for_ever() -> None:
    """Work that never ends."""
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_cancelled_and_told() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await for_ever()
        finally:
            cancelled.set()

    with pytest.raises(TooSlow):
        await Patience(0.01).wait(work())
    assert cancelled.is_set()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_everybody_has_the_time_of_their_own() -> None:
    patience = Patience(0.05)

    async def quick() -> int:
        await asyncio.sleep(0)
        return 7

    slow = [asyncio.create_task(patience.wait(for_ever())) for _ in range(20)]
    assert await patience.wait(quick()) == 7
    assert {type(found) for found in await asyncio.gather(*slow, return_exceptions=True)} == {TooSlow}
    assert await patience.wait(quick()) == 7


async def test_whom_somebody_else_cancels_is_cancelled() -> None:
    task = asyncio.create_task(Patience(60).wait(for_ever()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_goes_wrong_comes_out_as_it_is() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Patience(60).wait(broken())


def test_it_serves_one_loop_after_another() -> None:
    patience = Patience(0.01)
    for _ in range(2):
        with pytest.raises(TooSlow):
            asyncio.run(patience.wait(for_ever()))
