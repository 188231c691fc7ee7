"""Files that a command reads and writes, with a clear end when that fails."""

from __future__ import annotations

import os
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
    """A file opened for writing; None is standard output. Raises Stop.

    A regular file takes the place of the old one only when all of it is written.
    """
    try:
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
            return
        with _replacing(path.resolve()) as file:
            yield file
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        raise Stop(Exit.OK, "") from None
    except OSError as error:
        raise Stop(Exit.FILE, tell("file.cannot_write", name=path or "-", reason=error.strerror)) from None


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def same_file(name: str, path: Path) -> bool:
    """Whether a file to read and a file to write are one."""
    source = Path(name)
    return name != "-" and source.is_file() and path.is_file() and source.samefile(path)


def write_text(text: str, path: Path | None) -> None:
    """Write a text in UTF-8. Raises Stop."""
    with writing(path) as file:
        file.write(text.encode())
