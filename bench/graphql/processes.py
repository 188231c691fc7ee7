"""Processes under measurement: which core they may use, and how much of it they used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Cores:
    """The core of the server, and that of the database and the load. The same one where there is only one."""

    server: int
    rest: int

    @classmethod
    def of_this_machine(cls) -> Cores:
        """The first and the last core that this process may use."""
        allowed = sorted(os.sched_getaffinity(0))
        return cls(allowed[0], allowed[-1])


def pinned(core: int) -> Callable[[], None]:
    """What a new process does first to stay on a core."""
    return partial(os.sched_setaffinity, 0, {core})


def pin_tree(root: int, core: int) -> None:
    """Keep a process, its descendants and what they start from now on to one core."""
    for process in tree(root):
        with suppress(ProcessLookupError):
            os.sched_setaffinity(process, {core})


def cpu_seconds(root: int) -> float:
    """CPU time of a process and its descendants so far, with those that have ended."""
    return sum(_cpu_ticks(process) for process in tree(root)) / TICKS


def tree(root: int) -> Iterator[int]:
    """A process and its descendants."""
    yield root
    for children in (PROC / str(root) / "task").glob("*/children"):
        for child in _read(children).split():
            yield from tree(int(child))


def _cpu_ticks(process: int) -> int:
    # The name, in parentheses, may hold spaces. The four are utime, stime, cutime and cstime; see proc(5).
    fields = _read(PROC / str(process) / "stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _read(file: Path) -> str:
    """The file's text; nothing of a process that has ended, whose time its parent has taken over."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
