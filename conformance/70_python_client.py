"""The Python client: made from the schema with its own pinned tools, type-checked, run against a hub
where people sign in, with an API key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from hub import hub, partner_key

CLIENT = Path(__file__).parents[1] / "examples" / "python-client"
PYTHON = CLIENT / ".venv" / "bin" / "python"
REGION = "990102"
"""Where the client's complaint comes from."""
STEPS = {
    "its tools install from the lock": (
        *("-m", "pip", "--quiet", "--disable-pip-version-check"),
        *("install", "--require-hashes", "-r", "requirements.lock"),
    ),
    "ariadne-codegen takes the schema": ("-m", "ariadne_codegen"),
    "mypy --strict": ("-m", "mypy", "complaint.py"),
    "it talks to a hub": ("complaint.py",),
}


def main() -> int:
    """Run the steps; one that fails ends it."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", CLIENT / ".venv"], check=True)
    held = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        hub(sign_in="required", database_url=(url := f"sqlite+aiosqlite:///{folder}/hub.db")) as address,
    ):
        key = partner_key(url, REGION)
        for name, words in STEPS.items():
            # A client is found beside itself alone, not in the hub's own environment.
            environment = {**os.environ, "HUB": address, "LIANXI_KEY": key, "PYTHONPATH": ""}
            ran = subprocess.run(
                [PYTHON, *words], cwd=CLIENT, env=environment, capture_output=True, text=True
            )
            if ran.returncode:
                print(f"NOT OK  {name}: {ran.stdout}{ran.stderr}")
                break
            print(f"ok      {name}")
            held += 1
    made = len(STEPS) + 1
    if held == len(STEPS):
        told = re.match(r"\S+: \S+\n", ran.stdout) and re.search(r"^\d+ wait for a person$", ran.stdout, re.M)
        print("ok      it says who leads" if told else f"NOT OK  it says who leads: {ran.stdout}")
        held += bool(told)
    print(f"{held} of {made}")
    return 0 if held == made else 1


if __name__ == "__main__":
    sys.exit(main())
