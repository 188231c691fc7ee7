"""Health: whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from casework.desk import Desk
from db import migrate
from db.faults import Fault
from db.migrate import Standing

log = structlog.stdlib.get_logger("lianxi.health")

PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be in order, and what was found in a word."""

    ok: bool
    found: str


async def readiness(desk: Desk) -> dict[str, Check]:
    """All checks, by name: the database answers, its tables are of this version, decisions can be made."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            standing = (await migrate.state(desk.database)).standing
            if standing is not Standing.CURRENT:
                return {"database": Check(True, "reachable"), "migrations": Check(False, standing)}
    except (Fault, TimeoutError) as fault:
        log.warning("database does not answer", fault=str(fault))
        return {"database": Check(False, getattr(fault, "code", "DATABASE_TIMEOUT"))}
    return {
        "database": Check(True, "reachable"),
        "migrations": Check(True, standing),
    }
