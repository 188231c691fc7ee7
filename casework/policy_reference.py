"""A draft or a version of a policy, as a request names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.errors import ErrorCode, Refused, UserError
from casework.policy import PublishedVersion, newest_version, version_numbered
from casework.policy_text import read_json
from casework.text import clean
from db.tables.policy import PolicyDraft


@dataclass(frozen=True, slots=True)
class PolicyReference:
    """A draft by its key, or the version of a policy with a number (None: the newest)."""

    draft_id: UUID | None = None
    policy_key: str | None = None
    number: int | None = None


class Text(NamedTuple):
    """Which text, and the key and the number of the policy that it is of."""

    text_id: UUID
    key: str
    number: int


class TextAsJson(NamedTuple):
    """The JSON of a policy's document, with its key and its number."""

    key: str
    number: int
    json: bytes


async def referred(
    connection: AsyncConnection, reference: PolicyReference, path: tuple[str, ...]
) -> TextAsJson:
    """What the draft or version says. Raises Refused where there is none; `path` leads to the reference."""
    if reference.draft_id is not None:
        text = await draft_text(connection, reference.draft_id)
        if text is None:
            raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, (*path, "draftId")))
    else:
        version = await _version(connection, clean(reference.policy_key or ""), reference.number, path)
        text = Text(version.text_id, version.policy_key, version.number)
    return TextAsJson(text.key, text.number, await read_json(connection, *text))


async def draft_text(connection: AsyncConnection, draft_id: UUID) -> Text | None:
    """Where the text of a draft is, under the number that comes after its base; None for a key that nothing
    has."""
    columns = (PolicyDraft.text_id, PolicyDraft.policy_key, PolicyDraft.base_number)
    draft = (await connection.execute(select(*columns).where(PolicyDraft.id == draft_id))).first()
    return None if draft is None else Text(draft.text_id, draft.policy_key, draft.base_number + 1)


async def _version(
    connection: AsyncConnection, key: str, number: int | None, path: tuple[str, ...]
) -> PublishedVersion:
    newest = await newest_version(connection, key)
    if newest is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_POLICY, (*path, "policyKey"), {"policy": key}))
    if number is None:
        return newest
    version = await version_numbered(connection, key, number)
    if version is None:
        values = {"policy": key, "version": number}
        raise Refused(UserError(ErrorCode.UNKNOWN_VERSION, (*path, "number"), values))
    return version
