"""The review of a draft: checked, submitted, approved by another person, or returned with a reason."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.act import Change, act
from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import CityDirectory
from casework.draft import (
    OPEN_TO_EDITS,
    Draft,
    DraftState,
    changed,
    draft_of,
    look_at,
    note_errors,
    record,
)
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy_text import keep_checksums, read_json
from casework.publication import known_names
from casework.text import clean, text_errors
from rules.apart import ApartError, apart, said_there
from rules.checksum import Checksums
from rules.examination import Surroundings, examination, failing, trial

T = TypeVar("T")

UNDER_REVIEW = (DraftState.SUBMITTED, DraftState.APPROVED)
LONGEST_REASON = 2_000
CHECK_SECONDS = TRIAL_SECONDS = 600.0
MOST_NAMED = 5
"""How many failing cases an error names."""


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """Look for errors and findings, and run the cases."""

    draft_id: UUID
    expected_version: int


@dataclass(frozen=True, slots=True)
class SubmitDraft:
    """Hand a checked draft to another person. A `note` takes the place of the draft's own."""

    draft_id: UUID
    expected_version: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveDraft:
    """Agree with a submitted draft."""

    draft_id: UUID
    expected_version: int


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """Give a submitted or approved draft back to be written again."""

    draft_id: UUID
    expected_version: int
    reason: str


async def check_draft(desk: Desk, actor: Actor, request: CheckDraft, key: str | None = None) -> Result[UUID]:
    """Check a draft in a process of its own and keep the report with it; without an error it is checked
    then. Answers with its key. Takes up to a minute for fifty thousand rules, and holds nothing meanwhile."""
    checked = await prepared(_report(desk, request))

    async def work(change: Change) -> UUID:
        # Only now, because a request that was answered before gets its first answer again.
        report = checked.value
        if report is None:
            raise Refused(*checked.errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        state = DraftState.DRAFTING if report["errors"] else DraftState.CHECKED
        await changed(change, draft, state=state, report=report)
        await record(change, draft.city, "check_draft", draft.subject, report["counts"])
        return draft.id

    return await act(desk, actor, "check_draft", key, asdict(request), work)


async def prepared(work: Awaitable[T], path: tuple[str, ...] = ("id",)) -> Result[T]:
    """What is worked out before the transaction, or why it could not be; `path` leads to what it is about."""
    try:
        return Result(await work)
    except Refused as refused:
        return Result(errors=refused.errors)
    except ApartError as failed:
        return Result(errors=(UserError(ErrorCode.CHECK_FAILED, path, {"reason": str(failed)}),))


async def _report(desk: Desk, request: CheckDraft) -> dict[str, Any]:
    async with desk.database.read() as connection:
        draft = await look_at(connection, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        text = await _json(connection, draft)
        surroundings = await surroundings_of(desk, connection, draft.policy_key, draft.city)
    async with desk.examinations:
        return await apart(CHECK_SECONDS, examination, said_there(text), surroundings)


async def _json(connection: AsyncConnection, draft: Draft) -> bytes:
    return await read_json(connection, draft.text_id, draft.policy_key, draft.base_number + 1)


async def surroundings_of(
    desk: Desk, connection: AsyncConnection, policy_key: str, city: str
) -> Surroundings:
    """What a policy of a city is checked against today."""
    functions, domains = await known_names(connection, city)
    directory = await desk.directory.current(connection)
    regions = _regions(directory, policy_key, city)
    return Surroundings(functions, domains, directory.tree, regions, civil_day(desk.clock()))


def _regions(directory: CityDirectory, policy_key: str, city: str) -> tuple[str, ...]:
    """Where the policy decides: the regions that carry or inherit it, or all of the city where none does."""
    of_city = [code for code, each in directory.cities.items() if each == city]
    own = [code for code in of_city if directory.policy_of(code) == policy_key]
    return tuple(own or of_city)


async def submit_draft(
    desk: Desk, actor: Actor, request: SubmitDraft, key: str | None = None
) -> Result[UUID]:
    """Submit a checked draft whose cases all passed, once the rule engine has taken it in a process of its
    own. Answers with its key."""
    note = None if request.note is None else clean(request.note)
    tried = await prepared(_try(desk, request, note))

    async def work(change: Change) -> UUID:
        if tried.value is None:
            raise Refused(*tried.errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, DraftState.CHECKED)
        await keep_checksums(change.connection, draft.text_id, tried.value)
        values = {} if note is None else {"note": note}
        await changed(
            change,
            draft,
            written=True,
            state=DraftState.SUBMITTED,
            submitted_at=change.now,
            submitted_by=change.actor.id,
            returned_reason=None,
            **values,
        )
        data = {"checksum": tried.value.whole}
        await record(change, draft.city, "submit_draft", draft.subject, data, "submitted")
        return draft.id

    return await act(desk, actor, "submit_draft", key, asdict(request), work)


async def _try(desk: Desk, request: SubmitDraft, note: str | None) -> Checksums:
    """What the draft adds up to. Refuses it while cases fail, and when the rule engine does."""
    if note and (errors := note_errors(note)):
        raise Refused(*errors)
    async with desk.database.read() as connection:
        draft = await look_at(connection, request.draft_id, request.expected_version, DraftState.CHECKED)
        names = failing(draft.report or {"cases": ()})
        if names:
            values = {"count": len(names), "names": ", ".join(names[:MOST_NAMED])}
            raise Refused(UserError(ErrorCode.CASES_FAIL, ("id",), values))
        text = await _json(connection, draft)
    async with desk.examinations:
        refusal, sums = await apart(TRIAL_SECONDS, trial, said_there(text))
    if refusal is not None:
        raise Refused(UserError(ErrorCode.TRIAL_FAILED, ("id",), refusal))
    return sums


async def approve_draft(
    desk: Desk, actor: Actor, request: ApproveDraft, key: str | None = None
) -> Result[UUID]:
    """Approve a submitted draft; nobody who has edited or submitted it can. Answers with its key."""

    async def work(change: Change) -> UUID:
        draft = await draft_of(change, request.draft_id, request.expected_version, DraftState.SUBMITTED)
        if change.actor.id in draft.authors:
            raise Refused(UserError(ErrorCode.SAME_PERSON, ("id",)))
        await changed(
            change,
            draft,
            state=DraftState.APPROVED,
            approved_at=change.now,
            approved_by=change.actor.id,
        )
        await record(change, draft.city, "approve_draft", draft.subject, {}, "approved")
        return draft.id

    return await act(desk, actor, "approve_draft", key, asdict(request), work)


async def return_draft(
    desk: Desk, actor: Actor, request: ReturnDraft, key: str | None = None
) -> Result[UUID]:
    """Give a submitted or approved draft back, with the reason. Answers with its key."""
    reason = clean(request.reason)
    errors = text_errors(reason, ("reason",), LONGEST_REASON)
    if not reason:
        errors = (UserError(ErrorCode.REASON_REQUIRED, ("reason",)),)

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, *UNDER_REVIEW)
        await changed(
            change,
            draft,
            state=DraftState.DRAFTING,
            report=None,
            returned_reason=reason,
            approved_at=None,
            approved_by=None,
        )
        await record(change, draft.city, "return_draft", draft.subject, {"reason": reason}, "returned")
        return draft.id

    return await act(desk, actor, "return_draft", key, asdict(request), work)
