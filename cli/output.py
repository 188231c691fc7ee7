"""Files that a command reads and writes, with a clear end when that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.speech import Exit, Stop, tell


@contextmanager
def reading(name: str) -> Iterator[BinaryIO]:
    """A file opened for reading; `-` is standard input. Raises Stop."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below, outside of what is caught
    except OSError as error:
        raise Stop(Exit.FILE, tell("file.cannot_read", name=name, reason=error.strerror)) from None
    with file:
        yield file


@contextmanager
def writing(path: Path | None) -> Iterator[BinaryIO]:
    """A file opened for writing; None is standard output. Raises Stop."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise Stop(Exit.FILE, tell("file.cannot_write", name=path, reason=error.strerror)) from None
    with file:
        yield file


def write_text(text: str, path: Path | None) -> None:
    """Write a text in UTF-8. Raises Stop."""
    with writing(path) as file:
        file.write(text.encode())
