"""One verb, one transaction: idempotency first, then the work, then its record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.rights import NOWHERE, VERBS, Reach, may, plays, reach_of
from casework.text import clean
from db import idempotency
from db.dialect import lock

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Change:
    """What a verb works with while its transaction is open. `reach` is how far the actor gets with it."""

    desk: Desk
    connection: AsyncConnection
    actor: Actor
    now: datetime
    reach: Reach = NOWHERE


async def act(
    desk: Desk,
    actor: Actor,
    operation: str,
    key: str | None,
    request: Mapping[str, Any],
    work: Callable[[Change], Awaitable[UUID]],
) -> Result[UUID]:
    """Run `work` in a write transaction and answer with the key of what it changed.

    With an idempotency `key`, a second call with the same `request` gives the first answer and does
    nothing; with another request it is refused. Refusals leave nothing behind, not even the key. A key of
    nothing but control characters and spaces is none. An actor in none of the parts by which the verb may be
    done is refused.
    """
    if operation in VERBS and not plays(actor, VERBS[operation]):
        return Result(errors=(UserError(ErrorCode.NOT_ALLOWED),))
    key = clean(key or "") or None
    if key is not None and len(key) > LONGEST_KEY:
        error = UserError(ErrorCode.KEY_TOO_LONG, ("clientMutationId",), {"most": LONGEST_KEY})
        return Result(errors=(error,))
    try:
        async with desk.database.write() as connection:
            change = Change(desk, connection, actor, desk.clock(), reach_of(actor, may(operation)))
            if key is None:
                return Result(await work(change))
            return Result(await _once(change, operation, key, request, work))
    except Refused as refused:
        return Result(errors=refused.errors)


async def _once(
    change: Change,
    operation: str,
    key: str,
    request: Mapping[str, Any],
    work: Callable[[Change], Awaitable[UUID]],
) -> UUID:
    # The twin of a request in flight waits here and then finds its answer.
    await lock(change.connection, f"idempotency:{change.actor.id}:{key}")
    request_hash = _digest(operation, request)
    earlier = await idempotency.find(change.connection, client=change.actor.id, key=key)
    if earlier is not None:
        if earlier.request_hash != request_hash:
            raise Refused(UserError(ErrorCode.KEY_REUSED, ("clientMutationId",)))
        return UUID(earlier.answer["id"])
    changed = await work(change)
    await idempotency.store(
        change.connection,
        client=change.actor.id,
        key=key,
        operation=operation,
        request_hash=request_hash,
        answer={"id": str(changed)},
        created_at=change.now,
    )
    return changed


def _digest(operation: str, request: Mapping[str, Any]) -> str:
    canonical = json.dumps([operation, request], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
