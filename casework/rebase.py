"""Rebasing a draft: what it changed is put onto the newest version, so that it can be published."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.draft import OPEN_TO_EDITS, Draft, draft_of, look_at, record, rewritten
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import newest_version, version_numbered
from casework.policy_text import Document, overwrite_text, read_document
from casework.review import UNDER_REVIEW, prepared
from rules.apart import apart
from rules.difference import Conflict, merge_documents
from rules.document import policy_document
from rules.lexicon import Lexicon
from rules.model import Policy

MERGE_SECONDS = 600.0
MOST_NAMED = 20
"""How many conflicts are named."""
OPEN_TO_REBASE = (*OPEN_TO_EDITS, *UNDER_REVIEW)


@dataclass(frozen=True, slots=True)
class RebaseDraft:
    """Put a draft onto the newest version of its policy."""

    draft_id: UUID
    expected_version: int


@dataclass(frozen=True, slots=True)
class _Merged:
    """A draft's text as it would be, or none where there is nothing to do, and the version it follows."""

    document: Document | None
    number: int


async def rebase_draft(
    desk: Desk, actor: Actor, request: RebaseDraft, key: str | None = None
) -> Result[UUID]:
    """Rebase a draft; it has to be checked and approved again then. Answers with its key.

    Refused with one REBASE_CONFLICT for each row, term or setting that both the draft and the versions since
    have changed.
    """
    merged = await prepared(_merge(desk, request))

    async def work(change: Change) -> UUID:
        if merged.value is None:
            raise Refused(*merged.errors)
        document, number = merged.value.document, merged.value.number
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_REBASE)
        newest = await newest_version(change.connection, draft.policy_key)
        if newest is not None and newest.number != number:
            raise Refused(UserError(ErrorCode.CONFLICT, ("id",), {"version": newest.number}))
        if document is not None:
            await overwrite_text(change.connection, draft.text_id, document)
            await rewritten(change, draft, base_number=number, approved_at=None, approved_by=None)
            data = {"from": draft.base_number, "to": number}
            await record(change, draft.city, "rebase_draft", draft.subject, data)
        return draft.id

    return await act(desk, actor, "rebase_draft", key, asdict(request), work)


async def _merge(desk: Desk, request: RebaseDraft) -> _Merged:
    async with desk.database.read() as connection:
        draft = await look_at(connection, request.draft_id, request.expected_version, *OPEN_TO_REBASE)
        newest = await newest_version(connection, draft.policy_key)
        if newest is None or newest.number == draft.base_number:
            return _Merged(None, draft.base_number)
        base = await version_numbered(connection, draft.policy_key, draft.base_number)
        texts = [base.text_id if base else None, draft.text_id, newest.text_id]
        documents = [await _document(connection, draft, text_id) for text_id in texts]
    async with desk.examinations:
        document, conflicts = await apart(MERGE_SECONDS, merge_documents, *documents)
    if conflicts:
        raise Refused(*(_named(conflict, newest.number) for conflict in conflicts[:MOST_NAMED]))
    return _Merged(document, newest.number)


async def _document(connection: AsyncConnection, draft: Draft, text_id: UUID | None) -> dict[str, Any]:
    """The document of a text; where a draft was made from nothing, that of a policy that says nothing."""
    if text_id is None:
        return policy_document(Policy(draft.policy_key, 1, "-", "-", (), (), Lexicon()))
    return await read_document(connection, text_id, draft.policy_key, draft.base_number + 1)


def _named(conflict: Conflict, number: int) -> UserError:
    name = f"{conflict.part}.{conflict.name}" if conflict.name else conflict.part
    return UserError(ErrorCode.REBASE_CONFLICT, ("id",), {"name": name, "version": number})
