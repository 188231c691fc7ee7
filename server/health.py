"""Health: whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from casework.desk import Desk
from casework.readiness import policies_in_force
from db import migrate
from db.faults import Fault
from db.migrate import Standing
from rules.engine import DEGRADED

log = structlog.stdlib.get_logger("lianxi.health")

PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be in order, and what was found in a word or two."""

    ok: bool
    found: str


async def readiness(desk: Desk) -> dict[str, Check]:
    """All checks, by name. Those that cannot be made because an earlier one failed are left out."""
    checks = {"engine": Check(not DEGRADED, "degraded" if DEGRADED else "durable-rules")}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            standing = (await migrate.state(desk.database)).standing
            checks["database"] = Check(True, "reachable")
            checks["migrations"] = Check(standing is Standing.CURRENT, standing)
            if standing is Standing.CURRENT:
                checks["policy"] = await _policy_check(desk)
    except (Fault, TimeoutError) as fault:
        log.warning("database does not answer", fault=str(fault))
        checks["database"] = Check(False, getattr(fault, "code", "DATABASE_TIMEOUT"))
    return checks


async def _policy_check(desk: Desk) -> Check:
    found = await policies_in_force(desk)
    missing = [city for city, version in found.items() if version is None]
    if missing:
        return Check(False, f"no policy in force for {', '.join(missing)}")
    return Check(bool(found), f"in force for {len(found)} cities" if found else "no cities")
