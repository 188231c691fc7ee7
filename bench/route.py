"""How many complaints a second `lianxi route` takes from text to explained decision, on one core.

    python -m bench.route [--json] [--lines 15000] [--rounds 5]

The command runs as anybody would run it, in a process of its own that is held to one core, on the sample
complaints over and over. `texts_per_s` counts the whole process, start included; `steady_texts_per_s` leaves
out what a file of one line takes. Both are medians over the rounds: other work on the machine shows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "db" / "reference" / "sample" / "complaints.jsonl"
BAR = 3000
"""Texts a second that one core has to take."""


def run(lines: int, rounds: int) -> dict[str, Any]:
    """All figures as plain data."""
    sample = SAMPLE.read_bytes().splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder, "one.jsonl"), Path(folder, "many.jsonl")
        one.write_bytes(sample[0])
        many.write_bytes(b"".join(islice(cycle(sample), lines)))
        seconds: list[float] = []
        starts: list[float] = []
        for at in range(1, rounds + 1):
            print(f"[{at}/{rounds}] {lines} lines", file=sys.stderr)
            starts.append(_seconds(one, Path(folder, "out.jsonl")))
            seconds.append(_seconds(many, Path(folder, "out.jsonl")))
    whole, start = statistics.median(seconds), statistics.median(starts)
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "lines": lines,
        "start_s": round(start, 3),
        "texts_per_s": round(lines / whole),
        "steady_texts_per_s": round((lines - 1) / (whole - start)),
        "best_texts_per_s": round(lines / min(seconds)),
        "bar": BAR,
        "within_bar": lines / whole >= BAR,
    }


def _seconds(source: Path, target: Path) -> float:
    command = [sys.executable, "-c", "from cli.main import main; main()", "route", str(source)]
    begun = perf_counter()
    subprocess.run(
        [*command, "--output", str(target)],
        check=True,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        preexec_fn=_one_core,
    )
    seconds = perf_counter() - begun
    if target.read_bytes().count(b"\n") != source.read_bytes().count(b"\n"):
        raise SystemExit("not every complaint was decided: the figures would mean nothing")
    return seconds


def _one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when the bar is reached, else 1."""
    parser = argparse.ArgumentParser(prog="bench.route", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--lines", type=int, default=15_000, help="complaints in the file")
    parser.add_argument("--rounds", type=int, default=5, help="how often it is routed")
    options = parser.parse_args(arguments)
    figures = run(options.lines, options.rounds)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value}")
    return 0 if figures["within_bar"] else 1


if __name__ == "__main__":
    sys.exit(main())
