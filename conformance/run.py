"""Runs the conformance scripts of this folder, in order, and says how each came out.

A script is `NN_name.mjs`, `.py` or `.sh`. It prints a line for each thing it checks, ends with a line
`N of M` and exits with 0 only if all of them held. Names on the command line choose: `run.py 10 40_clients`.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
RUN_BY = {".mjs": ("node",), ".py": (sys.executable,), ".sh": ("bash",)}
NAME = re.compile(r"\d\d_\w+\.(mjs|py|sh)")
COUNT = re.compile(r"\d+ of \d+")
MOST_SECONDS = 1_200
"""After so long a script is ended: it waits for something that does not come."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a script came out: its last count, or why there is none."""

    name: str
    held: bool
    count: str
    seconds: float


def scripts(chosen: list[str]) -> list[Path]:
    """The scripts to run: all, or those whose names begin with one of the chosen."""
    found = sorted(path for path in HERE.iterdir() if NAME.fullmatch(path.name))
    return [path for path in found if not chosen or path.name.startswith(tuple(chosen))]


def run(script: Path) -> Outcome:
    """Run a script, passing on what it prints."""
    print(f"== {script.stem}", flush=True)
    started = time.perf_counter()
    count = "no count"
    with subprocess.Popen(
        [*RUN_BY[script.suffix], script.name], cwd=HERE, stdout=subprocess.PIPE, text=True
    ) as process:
        limit = threading.Timer(MOST_SECONDS, process.terminate)
        limit.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                if COUNT.fullmatch(line.strip()):
                    count = line.strip()
        except BaseException:
            process.terminate()
            raise
        finally:
            limit.cancel()
    held = process.returncode == 0 and count != "no count"
    return Outcome(script.stem, held, count, time.perf_counter() - started)


def main(chosen: list[str]) -> int:
    """Run what is chosen; print a table of the outcomes."""
    # Whoever is told to end lets the script that runs end first, with all that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcomes = [run(script) for script in scripts(chosen)]
    if not outcomes:
        print("no script has such a name")
        return 2
    print()
    for outcome in outcomes:
        verdict = "held" if outcome.held else "FAILED"
        print(f"{outcome.name:<32} {outcome.count:>12}  {verdict:<6} {outcome.seconds:6.1f} s")
    return 0 if all(outcome.held for outcome in outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("interrupted")
