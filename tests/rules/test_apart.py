"""Work in a process of its own: its answer, its end, and what is left when nobody waits."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.apart import ApartError, apart, said_there
from tests.rules.policies import policy


async def test_the_answer_comes_from_another_process() -> None:
    assert await apart(60, os.getpid) != os.getpid()


async def test_policies_go_over_and_come_back() -> None:
    assert await apart(60, tuple, [policy()]) == (policy(),)


async def test_json_arrives_as_what_it_says() -> None:
    assert await apart(60, list, said_there('{"terms":["码头"],"rules":[]}'.encode())) == ["terms", "rules"]


@pytest.mark.parametrize(
    ("function", "argument", "reason"),
    [
        (sys.exit, 3, "3"),
        (int, "七", "invalid literal"),
        (signal.raise_signal, signal.SIGKILL, "-9"),
        (time.sleep, 600, "> 2 s"),
    ],
    ids=["leaves", "fails", "dies", "hangs"],
)
async def test_a_process_without_an_answer(
    function: Callable[[object], object], argument: object, reason: str
) -> None:
    with pytest.raises(ApartError, match=reason):
        await apart(2 if function is time.sleep else 60, function, argument)


async def test_a_process_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    asked = asyncio.ensure_future(apart(60, _hold, str(pipe)))
    reader = await asyncio.to_thread(pipe.open, "rb")  # opens once the process has opened its end
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await asyncio.to_thread(reader.read) == b""  # ends once the process has
    reader.close()


def _hold(pipe: str) -> None:
    with open(pipe, "wb"):
        time.sleep(600)
