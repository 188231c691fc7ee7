"""`lianxi bench`: the measurements of bench/, which print one JSON object with `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from cli.speech import Exit, Stop, tell


def bench(name: str, arguments: Sequence[str]) -> None:
    """Measure `name`. Raises Stop, with FINDINGS when a bar is missed or answers differ."""
    try:
        measurement = import_module(f"bench.{name}")
        status = measurement.main(arguments)
    except ModuleNotFoundError as missing:
        raise Stop(Exit.USAGE, tell("bench.missing", name=missing.name)) from None
    if status:
        raise Stop(Exit.FINDINGS, tell("bench.missed"))
