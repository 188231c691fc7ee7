"""Runs the command: in this process where that is all the same, as a process of its own where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main

LIANXI = Path(sys.executable).with_name("lianxi")
LIMIT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


class InProcess:
    """Runs commands that touch neither signals nor logging."""

    def __init__(self, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capture = capture
        self.monkeypatch = monkeypatch

    def __call__(self, *arguments: str | Path) -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["lianxi", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
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
