"""Who acts."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine that asks for something. `id` goes into events and the audit log, so it is an
    account, never a name."""

    id: str
    role: str


DEMO_ADMINISTRATOR = Actor(id="demo-administrator", role="administrator")
"""Everybody who does not say otherwise, until sign-in exists; the server then listens on loopback only."""


def administrator(account: str) -> Actor | None:
    """An administrator by account; None for what no account is called: it has 1 to 64 letters, digits and
    `. _ @ -`, and begins with a letter or digit."""
    return Actor(account, DEMO_ADMINISTRATOR.role) if _ACCOUNT.fullmatch(account) else None
