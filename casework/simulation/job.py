"""Simulations as jobs: started, cancelled, and where one stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.draft import record
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.simulation.checked import checked_draft
from casework.simulation.running import Job, run
from casework.simulation.scope import EVERYTHING, Scope, scope_errors
from db.tables.base import new_key
from db.tables.policy import PolicyDraft
from db.tables.simulation import PolicySimulation

SILENCE = timedelta(seconds=60)
"""A process that has said nothing of its simulation for so long has died, or lost the database."""


class SimulationState(StrEnum):
    """Where a simulation stands."""

    RUNNING = "running"  # it counts, or waits for another one
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"  # by a person, or because the server stopped
    INTERRUPTED = "interrupted"  # the process that ran it says nothing any more; never stored


@dataclass(frozen=True, slots=True)
class StartSimulation:
    """Try a draft on the disputes of a scope. With `reread` its lexicon reads their texts again."""

    draft_id: UUID
    scope: Scope = EVERYTHING
    reread: bool = False


@dataclass(frozen=True, slots=True)
class CancelSimulation:
    """Stop a simulation."""

    simulation_id: UUID


def state_of(state: str, beat_at: datetime, now: datetime) -> SimulationState:
    """Where a simulation stands, from what is stored of it. No clock ever writes that it was interrupted."""
    if state == SimulationState.RUNNING and now - beat_at >= SILENCE:
        return SimulationState.INTERRUPTED
    return SimulationState(state)


async def start_simulation(
    desk: Desk, actor: Actor, request: StartSimulation, key: str | None = None
) -> Result[UUID]:
    """Start a simulation of a draft that has been checked. Answers with its key at once; the work goes on in
    this process until it is over, is cancelled, or the desk is closed."""
    begun: list[Job] = []

    async def work(change: Change) -> UUID:
        job = await _begun(change, request)
        begun.append(job)
        return job.id

    result = await act(desk, actor, "start_simulation", key, asdict(request), work)
    if result.value is not None:  # a request that was answered before begins nothing
        for job in begun:
            desk.simulations.take_on(job.id, run(desk, job))
    return result


async def _begun(change: Change, request: StartSimulation) -> Job:
    if change.desk.simulations.full:
        raise Refused(UserError(ErrorCode.SIMULATIONS_WAIT))
    directory = await change.desk.directory.current(change.connection)
    if errors := tuple(scope_errors(request.scope, directory)):
        raise Refused(*errors)
    found = await checked_draft(change.connection, request.draft_id)
    draft, scope = found.draft, request.scope.document()
    job = Job(new_key(), draft.id, found.version, request.scope, request.reread)
    await change.connection.execute(
        insert(PolicySimulation).values(
            id=job.id,
            city=draft.city,
            draft_id=draft.id,
            draft_version=found.version,
            scope=scope,
            reread=request.reread,
            state=SimulationState.RUNNING,
            done=0,
            total=0,
            started_at=change.now,
            started_by=change.actor.id,
            beat_at=change.now,
        )
    )
    data = {"simulation": str(job.id), "scope": scope, "reread": request.reread}
    await record(change, draft.city, "start_simulation", draft.subject, data)
    return job


async def cancel_simulation(
    desk: Desk, actor: Actor, request: CancelSimulation, key: str | None = None
) -> Result[UUID]:
    """Stop a simulation, whichever process runs it. Answers with its key."""

    async def work(change: Change) -> UUID:
        return await _cancelled(change, request.simulation_id)

    result = await act(desk, actor, "cancel_simulation", key, asdict(request), work)
    if result.value is not None:
        desk.simulations.stop(result.value)
    return result


async def _cancelled(change: Change, simulation_id: UUID) -> UUID:
    simulations = PolicySimulation.__table__
    found = (
        await change.connection.execute(
            select(simulations.c.city, simulations.c.state, PolicyDraft.policy_key, PolicyDraft.id)
            .join(PolicyDraft, PolicyDraft.id == simulations.c.draft_id)
            .where(simulations.c.id == simulation_id)
            .with_for_update(of=simulations)
        )
    ).first()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_SIMULATION, ("id",)))
    if found.state != SimulationState.RUNNING:
        values = {"state": found.state, "allowed": SimulationState.RUNNING.value}
        raise Refused(UserError(ErrorCode.SIMULATION_STATE, ("id",), values))
    await change.connection.execute(
        update(PolicySimulation)
        .where(PolicySimulation.id == simulation_id)
        .values(state=SimulationState.CANCELLED, finished_at=change.now)
    )
    subject = f"{found.policy_key}/draft/{found.id}"
    data = {"simulation": str(simulation_id)}
    await record(change, found.city, "cancel_simulation", subject, data)
    return simulation_id
