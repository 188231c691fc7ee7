"""The file of a SQLite database: whether it is there, whose it is, and how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from server.doctor.finding import Finding, Verdict, finding

MEGABYTE = 1 << 20
LITTLE, TOO_LITTLE = 1024, 100
"""Megabytes that are left on the disk."""


def file_findings(path: Path) -> Iterator[Finding]:
    """What is found of the file and of its folder. Nothing is made where nothing is."""
    if not is_there(path):
        yield finding("database_file", Verdict.WRONG, "doctor.file.missing", path=path)
        return
    yield rights_of(path)
    yield room(shutil.disk_usage(path.parent).free // MEGABYTE, path)


def is_there(path: Path) -> bool:
    """Whether there is a file."""
    return path.is_file()


def rights_of(path: Path) -> Finding:
    """Whether others may read or change the file, or put another one in its place."""
    if os.name != "posix":
        return finding("database_file", Verdict.FINE, "doctor.file", path=path)
    file, folder = path.stat().st_mode, path.resolve().parent.stat().st_mode
    others = stat.S_IWGRP | stat.S_IWOTH
    replaced = folder & others and not folder & stat.S_ISVTX
    if file & stat.S_IWOTH or (replaced and folder & stat.S_IWOTH):
        return finding("database_file", Verdict.WRONG, "doctor.file.written", path=path)
    if file & (stat.S_IRGRP | stat.S_IROTH | others) or replaced:
        return finding("database_file", Verdict.DOUBTFUL, "doctor.file.read", path=path)
    return finding("database_file", Verdict.FINE, "doctor.file", path=path)


def room(free: int, path: Path) -> Finding:
    """Whether so many megabytes are enough."""
    verdict = Verdict.WRONG if free < TOO_LITTLE else Verdict.DOUBTFUL if free < LITTLE else Verdict.FINE
    key = "doctor.room" if verdict is Verdict.FINE else "doctor.room.little"
    return finding("disk", verdict, key, free=free, path=path.parent)
