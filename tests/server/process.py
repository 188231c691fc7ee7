"""A server as a process of its own, on a free port and its own database."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import LIANXI, clean_environment

READY = re.compile(r"http://\S+(?=/graphql)")
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `address` has no path."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def resident_bytes(self) -> int:
        """The memory that the process has now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * 4096


@contextmanager
def started(url: str, folder: Path, *options: str, **variables: str) -> Iterator[Server]:
    """`lianxi serve` on a free port, ready to answer; stopped at the end if it still runs."""
    environment = clean_environment(LIANXI_DATABASE_URL=url, **variables)
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [LIANXI, "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=file,
            env=environment,
            text=True,
        )
    assert process.stdout is not None
    try:
        yield Server(process, _address(process), log)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE_SECONDS)
        process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if found := READY.search(line):
            return found.group()
    raise AssertionError(f"the server ended before it was ready: {said}")
