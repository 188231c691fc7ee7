"""Webhooks, for reading, and the secrets that some verbs show once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import strawberry

from casework.actor import Actor
from casework.desk import Desk
from casework.errors import Result, UserError
from casework.reach import own
from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.registration import NewSecret
from db.tables.webhook import Webhook
from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Relation, Resident, Source
from resolvers.identity import UUID_TEXT, key_of

T = TypeVar("T")

WEBHOOK = Source(
    "Webhook",
    Webhook,
    without=frozenset({"secret", "older_secret", "position"}),
    own=own(Webhook.__table__.c.account),
    roles=WEBHOOK_KEEPERS,
)
"""One webhook, its account's own; nobody reads its secrets."""
WEBHOOKS = Relation(WEBHOOK, many=True, order=(WEBHOOK.columns["key"],))
CHANGED_WEBHOOK = Relation(WEBHOOK, on=(("changed", "key"),))
"""The webhook that a mutation changed."""
REGION_OF_WEBHOOK = Resident("region", "region_code")
UNIT_OF_WEBHOOK = Resident("department", "unit_code")


@dataclass(frozen=True, slots=True)
class DoneWithSecret:
    """As `resolvers.verb.Done`, with a secret that is shown this once."""

    changed: UUID | None
    secret: str | None
    errors: tuple[UserError, ...]
    client_mutation_id: str | None


async def carry_out_with_secret(
    context: Context,
    verb: Callable[[Desk, Actor, T, str | None], Awaitable[Result[NewSecret]]],
    request: T,
    key: str | None,
) -> DoneWithSecret:
    """Carry out a verb that makes a secret."""
    result = await verb(context.desk, context.actor, request, key)
    context.forget()
    if result.value is None:
        return DoneWithSecret(None, None, result.errors, key)
    return DoneWithSecret(result.value.webhook_id, result.value.secret, (), key)


def older_until(context: Context, older_until: datetime | None) -> datetime | None:
    """Until when the older secret signs too; None where it no longer does."""
    return older_until if older_until is not None and context.desk.clock() < older_until else None


def find_webhook(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The webhook with an id."""
    key = key_of(id, "Webhook")
    return Ref("Webhook", ("key",), (key,)) if key is not None and UUID_TEXT(key) else None


OLDER_UNTIL = Computed(older_until)
WEBHOOK_BY_ID = Found(find_webhook, {"Webhook": WEBHOOK})
