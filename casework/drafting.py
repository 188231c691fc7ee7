"""Drafting a policy: made from nothing, from a version or from a file, replaced whole, given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from casework.act import Change, act
from casework.actor import Actor
from casework.content import MOST_ERRORS, content_errors, is_policy_key
from casework.desk import Desk
from casework.draft import (
    OPEN_TO_EDITS,
    DraftState,
    changed,
    check_place,
    draft_of,
    note_errors,
    record,
    rewritten,
)
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.input_path import of_input
from casework.policy import newest_version, version_numbered
from casework.policy_text import (
    PARTS,
    Document,
    copy_text,
    overwrite_text,
    write_head,
    write_text,
)
from casework.text import clean, text_errors
from db.tables.base import new_key
from db.tables.policy import PolicyDraft
from rules.checksum import checksums
from rules.document import policy_document
from rules.lexicon import Lexicon
from rules.model import Policy
from rules.pack import pack_fields

MODEL_PACK = "municipal"
"""A policy from nothing may ask about what this shipped one asks about."""


@dataclass(frozen=True, slots=True)
class CreateDraft:
    """A new draft: of `content`, else of the version `from_version`, else empty.

    `region_code` is any region of the city whose audit log tells of it. `title` and `title_en` replace those
    of the content or version; an empty policy needs a title.
    """

    policy_key: str
    region_code: str
    title: str | None = None
    title_en: str | None = None
    from_version: int | None = None
    content: Policy | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReplaceDraft:
    """Another content for a draft, whole."""

    draft_id: UUID
    expected_version: int
    content: Policy


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Give a draft up."""

    draft_id: UUID
    expected_version: int


async def create_draft(
    desk: Desk, actor: Actor, request: CreateDraft, key: str | None = None
) -> Result[UUID]:
    """Begin a draft. Answers with its key. It may be published while no newer version than now appears."""
    titles = {name: clean(title) for name in ("title", "title_en") if (title := getattr(request, name))}
    policy_key, note = clean(request.policy_key), clean(request.note)
    document = None
    if request.content is not None or request.from_version is None:
        document = await asyncio.to_thread(_document, request)
    errors = [*note_errors(note)]
    if not is_policy_key(policy_key):
        errors.append(UserError(ErrorCode.POLICY_KEY_MALFORMED, ("policyKey",)))
    if document is not None:
        found = await asyncio.to_thread(_errors, document, ("content",) if request.content else ())
        errors += found if request.content else of_input(found)
    else:
        for name, title in titles.items():
            errors += text_errors(title, (name,), 200)

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        return await begin_draft(change, request, policy_key, note, titles, document)

    said = {
        "policy_key": policy_key,
        "region_code": request.region_code,
        "from_version": request.from_version,
        "content": checksums(document).whole if key and document else None,
        "note": note,
        **titles,
    }
    return await act(desk, actor, "create_draft", key, said, work)


def _document(request: CreateDraft) -> dict[str, Any]:
    content = request.content
    if content is None:
        content = Policy(request.policy_key, 1, "", "", pack_fields(MODEL_PACK), (), Lexicon())
    document = {**policy_document(content), "key": clean(request.policy_key)}
    title = document["title"] = clean(request.title or content.title)
    document["title_en"] = clean(request.title_en or content.title_en) or title
    return document


def _errors(document: Document, path: tuple[str, ...]) -> list[UserError]:
    return list(islice(content_errors(document, path), MOST_ERRORS))


async def begin_draft(
    change: Change,
    request: CreateDraft,
    policy_key: str,
    note: str,
    titles: Mapping[str, str],
    document: Document | None,
) -> UUID:
    """Store a draft of a `document`, else of the version that the request names. Key, note, titles and
    document have been checked. Answers with the draft's key."""
    directory = await change.desk.directory.current(change.connection)
    city = directory.city_of(request.region_code)
    if city is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code}))
    await check_place(change, city)
    newest = await newest_version(change.connection, policy_key)
    if document is not None:
        text_id = await write_text(change.connection, document, change.now)
    else:
        text_id = await _text_of_version(change, policy_key, request.from_version or 0)
        if titles:
            await write_head(change.connection, text_id, **titles)
    draft_id = new_key()
    await change.connection.execute(
        insert(PolicyDraft).values(
            id=draft_id,
            city=city,
            policy_key=policy_key,
            text_id=text_id,
            base_number=newest.number if newest else 0,
            state=DraftState.DRAFTING,
            version=1,
            note=note,
            authors=[change.actor.id],
            created_at=change.now,
            created_by=change.actor.id,
            changed_at=change.now,
        )
    )
    data = {"from_version": request.from_version, "base": newest.number if newest else 0}
    await record(change, city, "create_draft", f"{policy_key}/draft/{draft_id}", data)
    return draft_id


async def _text_of_version(change: Change, policy_key: str, number: int) -> UUID:
    version = await version_numbered(change.connection, policy_key, number)
    if version is None:
        values = {"policy": policy_key, "version": number}
        raise Refused(UserError(ErrorCode.UNKNOWN_VERSION, ("fromVersion",), values))
    return await copy_text(change.connection, version.text_id, change.now)


async def replace_draft(
    desk: Desk, actor: Actor, request: ReplaceDraft, key: str | None = None
) -> Result[UUID]:
    """Let a draft say what a policy says; of the policy its key and number do not count. Answers with the
    draft's key."""
    document = await asyncio.to_thread(policy_document, request.content)
    errors = await asyncio.to_thread(_errors, document, ("content",))

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        await overwrite_text(change.connection, draft.text_id, document)
        await rewritten(change, draft)
        data = {part.entry: len(document[part.entry]) for part in PARTS}
        await record(change, draft.city, "replace_draft", draft.subject, data)
        return draft.id

    said = {
        "draft": str(request.draft_id),
        "version": request.expected_version,
        "content": checksums(document).whole if key else None,
    }
    return await act(desk, actor, "replace_draft", key, said, work)


async def discard_draft(
    desk: Desk, actor: Actor, request: DiscardDraft, key: str | None = None
) -> Result[UUID]:
    """Give a draft up for good. Answers with its key."""

    async def work(change: Change) -> UUID:
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        await changed(change, draft, state=DraftState.DISCARDED)
        await record(change, draft.city, "discard_draft", draft.subject, {})
        return draft.id

    said = {"draft": str(request.draft_id), "version": request.expected_version}
    return await act(desk, actor, "discard_draft", key, said, work)
