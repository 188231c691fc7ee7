"""The work of a simulation, from its first beat to what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from casework.desk import Desk
from casework.errors import ErrorCode, Refused, UserError
from casework.simulation.checked import compile_draft
from casework.simulation.report import Simulation
from casework.simulation.run import simulate
from casework.simulation.scope import Scope
from db.faults import Fault
from db.tables.simulation import PolicySimulation
from rules.apart import ApartError
from wording.catalogue import Language, say

BEAT_SECONDS = 0.5
"""Between two looks at how far the work is."""
QUIET_BEATS = 20
"""Looks after which something is written although nothing is new."""
MOST_KEPT = 1_000
"""Flows, and rules, that a report keeps: those of most weight come first."""

_log = logging.getLogger("lianxi.simulation")

Said = Mapping[str, str]
"""A sentence by language."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done: `draft_version` is the one in which the draft's text was checked."""

    id: UUID
    draft_id: UUID
    draft_version: int
    scope: Scope
    reread: bool


@dataclass(slots=True)
class _Progress:
    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        """Called by the work."""
        self.done, self.total = done, total


async def run(desk: Desk, job: Job) -> None:
    """Do the work of a simulation and keep what came of it. Raises nothing but CancelledError."""
    progress = _Progress()
    working = asyncio.current_task()
    assert working is not None  # a coroutine runs in one
    beating = asyncio.create_task(_beat(desk, job.id, progress, working))
    try:
        found = await _simulated(desk, job, progress)
    except asyncio.CancelledError:
        # Cancelled by a person it has its end already, and this changes nothing.
        with suppress(Fault):
            await _end(desk, job.id, "cancelled", reason=_in_all("simulation.stopped"))
        raise
    except Exception as error:
        with suppress(Fault):
            await _end(desk, job.id, "failed", reason=_reason(error))
    else:
        stretches = [[str(each.last), each.changed] for each in found.stretches]
        with suppress(Fault):
            await _end(
                desk,
                job.id,
                "finished",
                report=_report(found),
                stretches=stretches,
                done=progress.done,
                total=progress.done,
            )
    finally:
        beating.cancel()


async def _simulated(desk: Desk, job: Job, progress: _Progress) -> Simulation:
    draft = (job.draft_id, job.draft_version)
    async with (
        desk.simulations.turn,
        desk.simulations.using(draft, lambda: compile_draft(desk, *draft)) as simulator,
    ):
        scope = job.scope.filter()
        return await simulate(desk, simulator, scope, reread=job.reread, progress=progress.tell)


async def _beat(desk: Desk, job: UUID, progress: _Progress, working: asyncio.Task[Any]) -> None:
    """Say again and again how far the work is, and cancel it when the simulation is over for others."""
    said, quiet = (0, 0), 0
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        now, quiet = (progress.done, progress.total), quiet + 1
        if now == said and quiet < QUIET_BEATS:
            continue
        with suppress(Fault):  # the next beat tries again
            if not await _written(desk, job, done=now[0], total=now[1]):
                working.cancel()
                return
            said, quiet = now, 0


async def _end(desk: Desk, job: UUID, state: str, **values: Any) -> None:
    await _written(desk, job, state=state, finished_at=desk.clock(), **values)


async def _written(desk: Desk, job: UUID, **values: Any) -> bool:
    """Write something of a simulation that is running; False where it no longer is."""
    async with desk.database.write() as connection:
        written = await connection.execute(
            update(PolicySimulation)
            .where(PolicySimulation.id == job, PolicySimulation.state == "running")
            .values(beat_at=desk.clock(), **values)
        )
        return written.rowcount == 1


def _report(found: Simulation) -> dict[str, Any]:
    document = found.document()
    return {**document, **{name: document[name][:MOST_KEPT] for name in ("flows", "rules")}}


def _reason(error: Exception) -> Said:
    match error:
        case Refused(errors=errors):
            return {language: " ".join(each.message(language) for each in errors) for language in Language}
        case ApartError():
            failed = UserError(ErrorCode.CHECK_FAILED, values={"reason": str(error)})
            return {language: failed.message(language) for language in Language}
        case Fault():
            return {language: error.message(language) for language in Language}
    _log.error("a simulation failed", exc_info=error)
    return _in_all("simulation.failed")


def _in_all(key: str) -> Said:
    return {language: say(key, language) for language in Language}
