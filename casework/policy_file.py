"""Files of policies: one that comes in becomes a draft or the content of one, a text goes out as a file."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from casework.actor import Actor
from casework.desk import Desk
from casework.drafting import CreateDraft, ReplaceDraft, create_draft, replace_draft
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import newest_version, read_draft, read_policy
from casework.policy_list import list_drafts
from casework.policy_reference import PolicyReference, referred
from casework.review import prepared
from rules.apart import apart
from rules.exchange import FileFormat, read_policy_file, write_policy
from rules.flaws import Flaw, PackError
from rules.model import Policy
from wording.catalogue import Language

READING_SECONDS = 120.0
MOST_FLAWS = 100
"""How many flaws of a file are told."""


@dataclass(frozen=True, slots=True)
class ImportPolicy:
    """A file for a new draft of the policy `policy_key` (None: the key that stands in the file), or with a
    `draft_id` for that draft, of which `expected_version` was seen."""

    content: bytes
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
    read = await prepared(_read(desk, request))
    if read.value is None:
        return Result(errors=read.errors)
    if request.draft_id is not None:
        replace = ReplaceDraft(request.draft_id, request.expected_version or 0, read.value)
        return await replace_draft(desk, actor, replace, key)
    create = CreateDraft(
        policy_key=request.policy_key or read.value.key,
        region_code=request.region_code or "",
        content=read.value,
        note=request.note,
    )
    return await create_draft(desk, actor, create, key)


async def _read(desk: Desk, request: ImportPolicy) -> Policy:
    kept = await _kept(desk, request)
    async with desk.examinations:
        found = await apart(READING_SECONDS, read_file, request.content, request.file_name, kept)
    if isinstance(found, Policy):
        return found
    raise Refused(*(UserError(ErrorCode.FILE_FLAW, ("file",), {"flaw": flaw}) for flaw in found[:MOST_FLAWS]))


async def _kept(desk: Desk, request: ImportPolicy) -> Policy | None:
    async with desk.database.read() as connection:
        if request.draft_id is not None:
            drafts = await list_drafts(connection, ending=request.draft_id.hex)
            return await read_draft(connection, request.draft_id) if drafts else None
        version = await newest_version(connection, request.policy_key) if request.policy_key else None
        return await read_policy(connection, version) if version else None


def read_file(content: bytes, name: str, kept: Policy | None) -> Policy | tuple[Flaw, ...]:
    """The policy of a file, or every flaw of it."""
    try:
        return read_policy_file(content, name, kept)
    except PackError as error:
        return error.flaws


async def export_policy(desk: Desk, request: ExportPolicy) -> Result[PolicyFile]:
    """The file of a draft or a version."""
    named = await prepared(_named(desk, request.policy))
    if named.value is None:
        return Result(errors=named.errors)
    policy = named.value
    async with desk.examinations:
        found = await apart(READING_SECONDS, write_file, policy, request.format, request.language)
    if isinstance(found, bytes):
        return Result(PolicyFile(f"{policy.key}-{policy.version}.{request.format}", found))
    flaws = found[:MOST_FLAWS]
    return Result(errors=tuple(UserError(ErrorCode.FILE_FLAW, ("format",), {"flaw": flaw}) for flaw in flaws))


async def _named(desk: Desk, reference: PolicyReference) -> Policy:
    async with desk.database.read() as connection:
        return await referred(connection, reference, ("policy",))


def write_file(policy: Policy, format_: FileFormat, language: Language) -> bytes | tuple[Flaw, ...]:
    """The file of a policy, or what the format cannot hold."""
    try:
        return write_policy(policy, format_, language)
    except PackError as error:
        return error.flaws
