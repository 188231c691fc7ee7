"""A draft or a version of a policy, as a request names it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.errors import ErrorCode, Refused, UserError
from casework.policy import newest_version, read_draft, read_policy, version_numbered
from casework.policy_list import list_drafts
from rules.model import Policy


@dataclass(frozen=True, slots=True)
class PolicyReference:
    """A draft by its key, or the version of a policy with a number (None: the newest)."""

    draft_id: UUID | None = None
    policy_key: str | None = None
    number: int | None = None


async def referred(connection: AsyncConnection, reference: PolicyReference, path: tuple[str, ...]) -> Policy:
    """What the draft or version says. Raises Refused where there is none; `path` leads to the reference."""
    if reference.draft_id is not None:
        if not await list_drafts(connection, ending=reference.draft_id.hex):
            raise Refused(UserError(ErrorCode.UNKNOWN_DRAFT, (*path, "draftId")))
        return await read_draft(connection, reference.draft_id)
    key = reference.policy_key or ""
    if reference.number is None:
        version = await newest_version(connection, key)
    else:
        version = await version_numbered(connection, key, reference.number)
    if version is None:
        values = {"policy": key, "version": reference.number or "-"}
        raise Refused(UserError(ErrorCode.UNKNOWN_VERSION, (*path, "policyKey"), values))
    return await read_policy(connection, version)
