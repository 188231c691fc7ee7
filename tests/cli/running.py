"""Runs the command: in this process where that is all the same, as a process of its own where it is not."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from cli.main import main

LIANXI = Path(sys.executable).with_name("lianxi")
LIMIT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


@contextmanager
def logging_kept() -> Iterator[None]:
    """Whatever a command does to logging, it is undone."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers, root.level, structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    try:
        yield
    finally:
        root.handlers, root.level = handlers, level
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        structlog.configure(**configured)


class InProcess:
    """Runs commands that touch no signals. `variables` are set meanwhile."""

    def __init__(self, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capture = capture
        self.monkeypatch = monkeypatch

    def __call__(self, *arguments: str | Path, **variables: str) -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["lianxi", *map(str, arguments)])
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)
        with logging_kept(), pytest.raises(SystemExit) as left:
            main()
        said = self.capture.readouterr()
        return Ran(int(left.value.code or 0), said.out, said.err)


def run_process(*arguments: str | Path, stdin: str = "", **variables: str) -> Ran:
    """Run the installed command with a clean environment and these variables."""
    ended = subprocess.run(
        [LIANXI, *map(str, arguments)],
        input=stdin.encode(),
        capture_output=True,
        env=clean_environment(**variables),
        timeout=LIMIT_SECONDS,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def clean_environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of Lianxi, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANXI_")}
    return {**kept, **variables}
