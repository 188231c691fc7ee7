"""A draft or a version of a policy, as a request names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.errors import ErrorCode, Refused, UserError
from casework.policy import PublishedVersion, newest_version, version_numbered
from casework.policy_text import read_document
from casework.text import clean
from db.tables.policy import PolicyDraft


@dataclass(frozen=True, slots=True)
class PolicyReference:
    """A draft by its key, or the version of a policy with a number (None: the newest)."""

    draft_id: UUID | None = None
    policy_key: str | None = None
    number: int | None = None


async def referred(
    connection: AsyncConnection, reference: PolicyReference, path: tuple[str, ...]
) -> dict[str, Any]:
    """The document of the draft or version. Raises Refused where there is none; `path` leads to the
    reference."""
    if reference.draft_id is not None:
        document = await draft_document(connection, reference.draft_id)
        if document is None:
            raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, (*path, "draftId")))
        return document
    version = await _version(connection, clean(reference.policy_key or ""), reference.number, path)
    return await read_document(connection, version.text_id, version.policy_key, version.number)


async def draft_document(connection: AsyncConnection, draft_id: UUID) -> dict[str, Any] | None:
    """What a draft says, under the number that comes after its base; None for a key that nothing has."""
    columns = (PolicyDraft.text_id, PolicyDraft.policy_key, PolicyDraft.base_number)
    draft = (await connection.execute(select(*columns).where(PolicyDraft.id == draft_id))).first()
    if draft is None:
        return None
    return await read_document(connection, draft.text_id, draft.policy_key, draft.base_number + 1)


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
