"""What every verb needs: the database, the resident data, the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from casework.directory import DirectoryShelf
from casework.shelf import PolicyShelf
from casework.simulation.at_work import Simulations
from casework.tally import Tally
from casework.webhooks.address import Network
from db.database import Database
from rules.vote import Vote

EXAMINATIONS = 2
"""How many drafts are checked at a time."""
HASHES = 2
"""How many passwords are hashed at a time; each takes 64 MiB meanwhile."""


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """One server process's means of work. `clock` gives aware datetimes; tests set it.

    `objection_days` is how many working days a unit has to object to an assignment. `examinations` keeps
    checks of drafts, each a process of its own, from taking all of the machine; `simulations` are those at
    work here. `vote` is the statistical vote that is shown beside decisions, if there is one. With
    `sealing_key` secrets are sealed that have to be read again; where it is empty none is kept.
    A session of the console ends when nothing is asked for `session_idle`, and after `session_length`.
    Units are warned `warning` before a term is over. Webhooks may lead to public addresses, and to those in
    `webhook_networks`.
    """

    database: Database
    directory: DirectoryShelf = field(default_factory=DirectoryShelf)
    policies: PolicyShelf = field(default_factory=PolicyShelf)
    tally: Tally = field(default_factory=Tally)
    clock: Callable[[], datetime] = utc_now
    objection_days: int = 5
    warning: timedelta = timedelta(hours=24)
    examinations: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EXAMINATIONS))
    simulations: Simulations = field(default_factory=Simulations)
    vote: Vote | None = None
    webhook_networks: tuple[Network, ...] = ()
    sealing_key: str = ""
    session_idle: timedelta = timedelta(minutes=30)
    session_length: timedelta = timedelta(hours=12)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES))

    async def close(self) -> None:
        """Stop the simulations and free the connections."""
        await self.simulations.close()
        await self.database.close()
