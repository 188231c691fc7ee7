"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine that asks for something. `id` goes into events and the audit log, so it is an
    account, never a name."""

    id: str
    role: str


DEMO_ADMINISTRATOR = Actor(id="demo-administrator", role="administrator")
"""Everybody, until sign-in exists; the server then listens on loopback only."""
