"""Files of policies: one that comes in becomes a draft or the content of one, a text goes out as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from casework.actor import Actor
from casework.desk import Desk
from casework.drafting import CreateDraft, ReplaceDraft, create_draft, replace_draft
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import newest_version
from casework.policy_reference import PolicyReference, draft_text, referred
from casework.policy_text import read_json
from casework.review import prepared
from casework.text import clean
from rules.apart import apart, said_there
from rules.exchange import FileFormat, key_of_model, leaves_out, read_file, write_file
from rules.flaws import Flaw
from rules.model import Policy
from wording.catalogue import Language

READING_SECONDS = 120.0
MOST_FLAWS = 100
"""How many flaws of a file are told."""


@dataclass(frozen=True, slots=True)
class ImportPolicy:
    """A file for a new draft of the policy `policy_key` (None: the key that stands in the file), or with a
    `draft_id` for that draft, of which `expected_version` was seen. `content` is None where it could not
    even be received."""

    content: bytes | None
    file_name: str
    policy_key: str | None = None
    region_code: str | None = None
    draft_id: UUID | None = None
    expected_version: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExportPolicy:
    """A draft or a version in a format; `language` is that of headings."""

    policy: PolicyReference
    format: FileFormat
    language: Language


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy as a file."""

    name: str
    content: bytes


async def import_policy(
    desk: Desk, actor: Actor, request: ImportPolicy, key: str | None = None
) -> Result[UUID]:
    """Make a draft of a file, or give a draft the content of one. Answers with the draft's key. What the
    format has no room for is taken from the draft, else from the newest version of the policy. Nothing is
    stored of a file that has a flaw; every flaw is an error of its own."""
    read = await prepared(_read(desk, request), ("content",))
    if read.value is None:
        return Result(errors=read.errors)
    if request.draft_id is not None:
        wanted = ReplaceDraft(request.draft_id, request.expected_version or 0, read.value)
        return _about_a_draft(await replace_draft(desk, actor, wanted, key))
    create = CreateDraft(
        policy_key=request.policy_key or read.value.key,
        region_code=request.region_code or "",
        content=read.value,
        note=request.note,
    )
    return await create_draft(desk, actor, create, key)


def _about_a_draft(result: Result[UUID]) -> Result[UUID]:
    """The result, with the draft by the name that the request has for it."""
    errors = (replace(each, path=("draftId",)) if each.path == ("id",) else each for each in result.errors)
    return Result(result.value, tuple(errors))


async def _read(desk: Desk, request: ImportPolicy) -> Policy:
    if request.content is None:
        raise Refused(*_flawed(("content",), [Flaw("exchange.not_base64", "", {}, request.file_name)]))
    kept = await _kept(desk, request, request.content)
    async with desk.examinations:
        found = await apart(
            READING_SECONDS,
            read_file,
            request.content,
            request.file_name,
            None if kept is None else said_there(kept),
        )
    if isinstance(found, Policy):
        return found
    raise Refused(*_flawed(("content",), found))


async def _kept(desk: Desk, request: ImportPolicy, content: bytes) -> bytes | None:
    """What the file may leave out, as JSON: the draft, else the newest version; None where there is neither
    and where the file has all of a policy."""
    incomplete = leaves_out(content, request.file_name)
    async with desk.database.read() as connection:
        if request.draft_id is not None:
            draft = await draft_text(connection, request.draft_id)
            if draft is None:
                raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, ("draftId",)))
            return await read_json(connection, *draft) if incomplete else None
        if not incomplete:
            return None
        named = request.policy_key or await asyncio.to_thread(key_of_model, content) or ""
        version = await newest_version(connection, clean(named))
        if version is None:
            return None
        return await read_json(connection, version.text_id, version.policy_key, version.number)


async def export_policy(desk: Desk, request: ExportPolicy) -> Result[PolicyFile]:
    """The file of a draft or a version."""
    return await prepared(_written(desk, request), ("policy",))


async def _written(desk: Desk, request: ExportPolicy) -> PolicyFile:
    async with desk.database.read() as connection:
        text = await referred(connection, request.policy, ("policy",))
    async with desk.examinations:
        found = await apart(
            READING_SECONDS, write_file, said_there(text.json), request.format, request.language
        )
    if not isinstance(found, bytes):
        raise Refused(*_flawed(("format",), found))
    return PolicyFile(f"{text.key}-{text.number}.{request.format}", found)


def _flawed(path: tuple[str, ...], flaws: Sequence[Flaw]) -> list[UserError]:
    return [UserError(ErrorCode.FILE_FLAW, path, {"flaw": flaw}) for flaw in flaws[:MOST_FLAWS]]
