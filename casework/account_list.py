"""What there is of accounts and keys, for those who keep them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Grant, Role
from db.tables.account import Account, AccountCode, AccountGrant, AccountPassword, ApiKey


@dataclass(frozen=True, slots=True)
class AccountHead:
    """An account: what it is called, its grants, the oldest first, and how it signs in."""

    name: str
    display_name: str
    grants: tuple[Grant, ...]
    subject: str | None
    has_password: bool
    has_code: bool
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyHead:
    """A key, but for its secret."""

    prefix: str
    account: str
    label: str
    roles: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


async def list_accounts(connection: AsyncConnection) -> list[AccountHead]:
    """All accounts, by name."""
    grants: dict[UUID, list[Grant]] = defaultdict(list)
    for row in await connection.execute(
        select(
            AccountGrant.account_id, AccountGrant.role, AccountGrant.unit_code, AccountGrant.region_code
        ).order_by(AccountGrant.granted_at, AccountGrant.id)
    ):
        grants[row.account_id].append(Grant(Role(row.role), row.unit_code, row.region_code))
    rows = await connection.execute(
        select(
            Account.id,
            Account.name,
            Account.display_name,
            Account.subject,
            AccountPassword.changed_at,
            AccountCode.confirmed_at,
            Account.disabled_at,
        )
        .outerjoin(AccountPassword, AccountPassword.account_id == Account.id)
        .outerjoin(AccountCode, AccountCode.account_id == Account.id)
        .order_by(Account.name)
    )
    return [
        AccountHead(
            name,
            display_name,
            tuple(grants[account_id]),
            subject,
            changed_at is not None,
            confirmed_at is not None,
            disabled_at,
        )
        for account_id, name, display_name, subject, changed_at, confirmed_at, disabled_at in rows
    ]


async def list_keys(connection: AsyncConnection, account: str | None = None) -> list[KeyHead]:
    """All keys, or those of an account, the newest first."""
    statement = (
        select(
            ApiKey.prefix,
            Account.name,
            ApiKey.label,
            ApiKey.roles,
            ApiKey.created_at,
            ApiKey.expires_at,
            ApiKey.last_used_at,
            ApiKey.revoked_at,
        )
        .join(Account, Account.id == ApiKey.account_id)
        .order_by(ApiKey.id.desc())
    )
    if account is not None:
        statement = statement.where(Account.name == account)
    rows = await connection.execute(statement)
    return [KeyHead(prefix, name, label, tuple(roles), *rest) for prefix, name, label, roles, *rest in rows]
