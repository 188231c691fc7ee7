"""The draft a verb works on: found, locked against others, its change counted and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.act import Change
from casework.errors import ErrorCode, Refused, UserError
from casework.text import text_errors
from db import audit, outbox
from db.tables.policy import PolicyDraft
from rules.territory import lineage


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFTING = "drafting"  # being written
    CHECKED = "checked"  # the check found no error
    SUBMITTED = "submitted"  # its cases pass, and it waits for another person
    APPROVED = "approved"  # another person has agreed
    PUBLISHED = "published"  # its text is a version
    DISCARDED = "discarded"  # given up


LONGEST_NOTE = 2_000
OPEN_TO_EDITS = (DraftState.DRAFTING, DraftState.CHECKED)


@dataclass(frozen=True, slots=True)
class Draft:
    """What verbs look at before they change a draft."""

    id: UUID
    city: str
    policy_key: str
    text_id: UUID
    base_number: int
    state: str
    version: int
    authors: list[str]
    report: dict[str, Any] | None
    approved_by: str | None

    @property
    def subject(self) -> str:
        """What the records call it."""
        return f"{self.policy_key}/draft/{self.id}"


COLUMNS = tuple(getattr(PolicyDraft, name) for name in Draft.__slots__)


async def draft_of(change: Change, draft_id: UUID, expected_version: int, *states: DraftState) -> Draft:
    """The draft, its row locked until the transaction ends. Refuses a key that is unknown, a version other
    than the one that the caller has seen, a draft that is in none of the `states`, and whoever may not write
    policies for all of its city."""
    found = await _found(change.connection, _one(draft_id).with_for_update())
    draft = _wanted(found, expected_version, states)
    await check_place(change, draft.city)
    return draft


async def check_place(change: Change, region: str) -> None:
    """Refuse whoever has the role for a part of a region alone: what is written there decides in all of
    it."""
    if change.reach.everything:
        return
    directory = await change.desk.directory.current(change.connection)
    if not change.reach.covers(None, lineage(directory.tree, region)):
        raise Refused(UserError(ErrorCode.NOT_ALLOWED))


async def look_at(
    connection: AsyncConnection, draft_id: UUID, expected_version: int, *states: DraftState
) -> Draft:
    """The same without a lock, for work that is done before the transaction in which it is asked again."""
    return _wanted(await _found(connection, _one(draft_id)), expected_version, states)


def _one(draft_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(PolicyDraft.id == draft_id)


async def _found(connection: AsyncConnection, statement: Select[Any]) -> Draft | None:
    found = (await connection.execute(statement)).first()
    return Draft(**found._mapping) if found else None


def _wanted(draft: Draft | None, expected_version: int, states: tuple[DraftState, ...]) -> Draft:
    if draft is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, ("id",)))
    if expected_version != draft.version:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": draft.version}))
    if draft.state not in states:
        values = {"state": draft.state, "allowed": ", ".join(states)}
        raise Refused(UserError(ErrorCode.WRONG_STATE, ("id",), values))
    return draft


async def changed(change: Change, draft: Draft, *, written: bool = False, **values: Any) -> None:
    """Write `values` and count the change. With `written` the actor becomes one of the authors."""
    if written and change.actor.id not in draft.authors:
        values["authors"] = [*draft.authors, change.actor.id]
    counted = await change.connection.execute(
        update(PolicyDraft)
        .where(PolicyDraft.id == draft.id, PolicyDraft.version == draft.version)
        .values(version=draft.version + 1, changed_at=change.now, **values)
    )
    if counted.rowcount != 1:
        raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": draft.version}))


async def rewritten(change: Change, draft: Draft, **values: Any) -> None:
    """Count an edit: the draft is being written again, by the actor too, and no report is about it."""
    await changed(change, draft, written=True, state=DraftState.DRAFTING, report=None, **values)


def note_errors(note: str) -> tuple[UserError, ...]:
    """What is wrong with a note for whoever approves the draft; an empty one is none."""
    return text_errors(note, ("note",), LONGEST_NOTE) if note else ()


async def record(
    change: Change,
    city: str,
    action: str,
    subject: str,
    data: Mapping[str, Any],
    event: str | None = None,
) -> None:
    """One audit record for the verb and, with an `event`, a message for others. Write it last."""
    if event is not None:
        await outbox.put(
            change.connection,
            city=city,
            type=f"lianxi.policy.{event}.v1",
            subject=subject,
            data=data,
            occurred_at=change.now,
        )
    await audit.append(
        change.connection,
        city=city,
        actor=change.actor.id,
        action=action,
        subject=subject,
        data=data,
        occurred_at=change.now,
    )
