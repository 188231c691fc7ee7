"""Somebody who types commands about policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.running import InProcess, Ran


class Administrator:
    """Types commands about the policies of one database."""

    def __init__(self, run: InProcess, url: str) -> None:
        self.run = run
        self.url = url

    def __call__(self, *arguments: str | Path) -> Ran:
        return self.run("policy", *arguments, LIANXI_DATABASE_URL=self.url)

    def json(self, *arguments: str | Path) -> Any:
        """What a command prints as JSON; it has to end well."""
        ran = self(*arguments, "--json")
        assert (ran.status, ran.err) == (0, "")
        return json.loads(ran.out)
