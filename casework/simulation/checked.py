"""The drafts that can be simulated: those whose text has been checked and not been written since."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.desk import Desk
from casework.draft import COLUMNS, Draft, DraftState
from casework.errors import ErrorCode, Refused, UserError
from casework.policy_text import read_document
from casework.review import TRIAL_SECONDS
from casework.simulation.asking import Simulator
from db.tables.policy import PolicyDraft
from rules.apart import apart
from rules.document import policy_from_document
from rules.examination import trial

STEPS_SINCE = {
    DraftState.CHECKED: 0,
    DraftState.SUBMITTED: 1,
    DraftState.APPROVED: 2,
    DraftState.PUBLISHED: 3,
}
"""Steps of review that a draft has taken since its text was checked; none of them writes it."""


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A draft, and the version in which its text was checked."""

    draft: Draft
    version: int


def checked_version(version: int, state: str) -> int | None:
    """The version in which the text of a draft was checked; None where it may have been written since."""
    steps = STEPS_SINCE.get(DraftState(state))
    return None if steps is None else version - steps


async def checked_draft(connection: AsyncConnection, draft_id: UUID) -> CheckedDraft:
    """A draft that can be simulated. Raises Refused for a key that is unknown and for other drafts."""
    found = (await connection.execute(select(*COLUMNS).where(PolicyDraft.id == draft_id))).first()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, ("draftId",)))
    draft = Draft(**found._mapping)
    version = checked_version(draft.version, draft.state)
    if version is None:
        values = {"state": draft.state, "allowed": ", ".join(STEPS_SINCE)}
        raise Refused(UserError(ErrorCode.WRONG_STATE, ("draftId",), values))
    return CheckedDraft(draft, version)


async def compile_draft(desk: Desk, draft_id: UUID, version: int) -> Simulator:
    """The draft as it was checked in a version, compiled while the event loop goes on.

    The rule engine takes it in a process of its own first. Raises Refused for a draft that has changed or
    that the engine does not take, ApartError, and the database's Fault.
    """
    async with desk.database.read() as connection:
        found = await checked_draft(connection, draft_id)
        if found.version != version:
            raise Refused(UserError(ErrorCode.SIMULATION_STALE, ("simulationId",)))
        draft = found.draft
        document = await read_document(connection, draft.text_id, draft.policy_key, draft.base_number + 1)
    async with desk.examinations:
        refusal, _ = await apart(TRIAL_SECONDS, trial, document)
    if refusal is not None:
        raise Refused(UserError(ErrorCode.TRIAL_FAILED, ("draftId",), refusal))
    with desk.policies.while_compiling():
        policy = await asyncio.to_thread(policy_from_document, document)
        return await asyncio.to_thread(Simulator, policy, desk.database.dialect)
