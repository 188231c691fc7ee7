"""Heavy work in a process of its own: no server stands still for it, and none can die of it."""

from __future__ import annotations

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import orjson

P = ParamSpec("P")
T = TypeVar("T")

_SOURCE = Path(__file__).resolve().parent.parent
_PROCESS = "rules.apart_process"


class ApartError(Exception):
    """The process did not come to an end: it took too long, or it died. The text says which."""


async def apart(seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function of a module answers, called in a process of its own.

    Arguments and answer go over as pickles, JSON as `said_there` has it. The process has nothing but what the
    function's module imports: let that be little, it is most of what a small task takes. Raises ApartError
    when the process takes longer than `seconds` or does not answer; whoever waits no longer takes the process
    with them.
    """
    asked = await asyncio.to_thread(_pickled, (function, args, kwargs))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _PROCESS, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=_SOURCE
    )
    try:
        answer, said = await asyncio.wait_for(process.communicate(asked), seconds)
    except TimeoutError:
        raise ApartError(f"> {seconds:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise ApartError(last or f"{process.returncode}")
    result: T = await asyncio.to_thread(pickle.loads, answer)
    return result


class _SaidThere:
    def __init__(self, text: bytes) -> None:
        self.text = text

    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        return orjson.loads, (self.text,)


def said_there(text: bytes) -> Any:
    """An argument for `apart`: what a JSON text says, which nobody has to read but the other process."""
    return _SaidThere(text)


class _Frames:
    """A file for pickles. That it is one of Python lets other threads go on between two frames."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> int:
        self.frames.append(bytes(frame))
        return len(frame)


def _pickled(value: object) -> bytes:
    file = _Frames()
    pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
    return b"".join(file.frames)
