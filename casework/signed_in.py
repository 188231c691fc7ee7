"""Who is behind a credential: the account and its grants, as they are in the database now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import NOBODY, Actor, Grant, Role
from db.tables.account import AccountGrant

SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that a session or a key is in use."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has shown who they are. `until` is when the credential is over, None for never; `stale`
    tells that it was last seen long enough ago to be written down."""

    actor: Actor
    display_name: str
    until: datetime | None = None
    stale: bool = False


async def grants_of(connection: AsyncConnection, account_id: UUID) -> tuple[Grant, ...]:
    """The grants of an account, the oldest first: it is known by that one."""
    rows = await connection.execute(
        select(AccountGrant.role, AccountGrant.unit_code, AccountGrant.region_code)
        .where(AccountGrant.account_id == account_id)
        .order_by(AccountGrant.granted_at, AccountGrant.id)
    )
    return tuple(Grant(Role(role), unit, region) for role, unit, region in rows)


def actor_with(name: str, *grants: Grant) -> Actor:
    """An account with its grants. One that has none may do what everybody may."""
    return Actor(name, tuple(dict.fromkeys(grants)) or NOBODY.grants)


def grants_document(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Grants as they are stored with a session."""
    return [{"role": grant.role.value, "unit": grant.unit, "region": grant.region} for grant in grants]


def read_grants(document: Sequence[dict[str, Any]]) -> tuple[Grant, ...]:
    """The grants that were stored."""
    return tuple(Grant(Role(grant["role"]), grant["unit"], grant["region"]) for grant in document)
