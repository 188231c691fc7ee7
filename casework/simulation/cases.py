"""The disputes that a finished simulation counted as changed, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.review import prepared
from casework.rights import Reach
from casework.simulation.checked import checked_version, compile_draft
from casework.simulation.report import ChangedCases, Stretch
from casework.simulation.run import changed_cases
from casework.simulation.scope import Scope, scope_from_document
from db.tables.policy import PolicyDraft
from db.tables.simulation import PolicySimulation
from rules.simulation import Change


@dataclass(frozen=True, slots=True)
class AskChangedCases:
    """Which disputes would change in one of the `wanted` ways: the `first` ones that come `after` a key."""

    simulation_id: UUID
    wanted: frozenset[Change] = frozenset(Change)
    after: UUID | None = None
    first: int = 20


@dataclass(frozen=True, slots=True)
class _Finished:
    draft_id: UUID
    draft_version: int
    scope: Scope
    reread: bool
    stretches: tuple[Stretch, ...]


async def ask_changed_cases(desk: Desk, reach: Reach, request: AskChangedCases) -> Result[ChangedCases]:
    """A page of the disputes within reach. The draft is asked again, so one that has changed since is
    refused; compiling it takes seconds where this process has not just had it."""
    return await prepared(_page(desk, reach, request))


async def _page(desk: Desk, reach: Reach, request: AskChangedCases) -> ChangedCases:
    found = await _finished(desk, request.simulation_id)
    draft = (found.draft_id, found.draft_version)
    async with (
        desk.simulations.page,
        desk.simulations.using(draft, lambda: compile_draft(desk, *draft)) as simulator,
    ):
        return await changed_cases(
            desk,
            simulator,
            found.scope.filter(),
            reread=found.reread,
            wanted=request.wanted,
            after=request.after,
            first=request.first,
            stretches=found.stretches,
            reach=reach,
        )


async def _finished(desk: Desk, simulation_id: UUID) -> _Finished:
    simulations = PolicySimulation.__table__
    async with desk.database.read() as connection:
        row = (
            await connection.execute(
                select(simulations, PolicyDraft.version, PolicyDraft.state.label("draft_state"))
                .join(PolicyDraft, PolicyDraft.id == simulations.c.draft_id)
                .where(simulations.c.id == simulation_id)
            )
        ).first()
    if row is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_SIMULATION, ("simulationId",)))
    if row.stretches is None:
        values = {"state": row.state, "allowed": "finished"}
        raise Refused(UserError(ErrorCode.SIMULATION_STATE, ("simulationId",), values))
    if checked_version(row.version, row.draft_state) != row.draft_version:
        raise Refused(UserError(ErrorCode.SIMULATION_STALE, ("simulationId",)))
    return _Finished(
        row.draft_id,
        row.draft_version,
        scope_from_document(row.scope),
        row.reread,
        tuple(Stretch(UUID(last), changed) for last, changed in row.stretches),
    )
