"""The right to use a connection: so many at once, in the order of asking, and none is ever lost."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from db.faults import DatabaseBusy
from db.pool import Pool

PATIENCE = 60.0


async def test_rights_run_out_and_come_back() -> None:
    pool: Pool[str] = Pool(2, patience=0.01)
    assert await pool.take() is None
    assert await pool.take() is None
    with pytest.raises(DatabaseBusy):
        await pool.take()
    pool.give("a")
    assert await pool.take() == "a"
    with pytest.raises(DatabaseBusy):
        await pool.take()


async def test_the_last_used_connection_comes_first() -> None:
    pool: Pool[str] = Pool(3, PATIENCE)
    for _ in range(3):
        await pool.take()
    for connection in ("a", "b"):
        pool.give(connection)
    pool.give(None)
    assert [await pool.take() for _ in range(3)] == ["b", "a", None]


async def test_who_asked_first_is_served_first() -> None:
    pool: Pool[str] = Pool(1, PATIENCE)
    await pool.take()
    served = []

    async def ask(name: str) -> None:
        connection = await pool.take()
        served.append(name)
        pool.give(connection)

    tasks = [asyncio.create_task(ask(name)) for name in "abc"]
    await asyncio.sleep(0)
    pool.give("x")
    # Somebody who comes later does not go before them.
    await asyncio.gather(*tasks, ask("late"))
    assert served == ["a", "b", "c", "late"]


@pytest.mark.parametrize("order", list(permutations(["cancel", "give", "run"])))
async def test_a_right_outlives_who_waited_for_it(order: tuple[str, ...]) -> None:
    pool: Pool[str] = Pool(1, PATIENCE)
    await pool.take()
    waiter = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    for step in order:
        if step == "cancel":
            waiter.cancel()
        elif step == "give":
            pool.give("x")
        else:
            await asyncio.sleep(0)
    await asyncio.wait([waiter])
    if not waiter.cancelled():
        pool.give(waiter.result())
    assert await pool.take() == "x"
