"""Operations that take too long are given up, told with their code, and leave everything in order."""

from __future__ import annotations

import asyncio

import pytest
from graphql import GraphQLError

from db.faults import DatabaseSlow
from server.faults import GRAPHQL_RESPONSE, JSON
from server.graphql.errors import published
from server.graphql.patience import Patience, TooSlow
from tests.server.tiny import tiny_client
from wording.catalogue import Language


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


@pytest.mark.parametrize("media", [JSON, GRAPHQL_RESPONSE])
async def test_a_query_out_of_time_is_told_with_its_code(media: str) -> None:
    async with tiny_client(request_seconds=1) as client:
        headers = {"accept": media, "accept-language": "en"}
        answer = await client.post("/graphql", json={"query": "{hello endless}"}, headers=headers)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, answer.json()["data"]) == (200, None)
        assert error["extensions"] == {"code": "TIMEOUT"}
        assert "Ask for less" in error["message"]
        again = await client.post("/graphql", json={"query": "{hello}"})
        assert again.json() == {"data": {"hello": "x"}}


@pytest.mark.parametrize("fault", [TooSlow(), DatabaseSlow("error.database_slow")])
def test_what_took_too_long_is_told_alike_wherever_it_was_given_up(fault: Exception) -> None:
    (told,) = published([GraphQLError("secret", original_error=fault)], Language.EN, "1")
    assert told["extensions"] == {"code": "TIMEOUT"}
    assert "secret" not in str(told)
