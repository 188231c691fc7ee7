"""A hub with the demo city, as a process of its own on a free port, for scripts that check it from outside.

`with hub() as address:` in Python. As a command it prints the address and goes on until its input ends, so
that the hub never outlives the script that started it; `hub.mjs` makes use of that.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIANXI = Path(sys.executable).with_name("lianxi")
READY = re.compile(r"http://\S+(?=/graphql)")


@contextmanager
def hub(**settings: str) -> Iterator[str]:
    """The address of a hub, without a path, with a new database; `settings` are `LIANXI_` variables.

    A process that is told to end (SIGTERM) ends the hub first.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LIANXI_")},
            "LIANXI_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/hub.db",
            "LIANXI_LANGUAGE": "en",
            **{f"LIANXI_{name.upper()}": value for name, value in settings.items()},
        }
        with log.open("w") as file:
            process = subprocess.Popen(
                [LIANXI, "serve", "--demo", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=file,
                env=environment,
                text=True,
            )
        assert process.stdout is not None
        try:
            found = next((match for line in process.stdout if (match := READY.search(line))), None)
            if found is None:
                raise SystemExit(f"the hub did not start:\n{log.read_text()}")
            yield found.group()
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()


def partner_key(url: str, region: str) -> str:
    """A key of a partner system that reaches a region, made at the database of a hub where people sign in."""
    environment = {**os.environ, "LIANXI_DATABASE_URL": url, "LIANXI_SIGN_IN": "required"}
    added = ("user", "add", "partner", "--role", "partner_system", "--region", region)
    for words in (added, ("key", "add", "partner", "--label", "conformance")):
        ran = subprocess.run([LIANXI, *words], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


if __name__ == "__main__":
    with hub(**dict(setting.split("=", 1) for setting in sys.argv[1:])) as address:
        print(address, flush=True)
        with suppress(KeyboardInterrupt):
            sys.stdin.read()
