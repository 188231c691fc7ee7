"""Whose a webhook is: the administrators', or an account's own.

To an account's own is sent what the account may know when deliveries are written. While it is disabled, or
has no grant any more by which webhooks are kept, its webhooks stand still, as if they were paused. Only
grants that are stored count: what an identity provider says of somebody is known while they are signed in.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Actor
from casework.rights import WEBHOOK_KEEPERS, Reach, reach_of
from casework.signed_in import grants_of
from db.tables.account import Account, AccountGrant
from db.tables.webhook import Webhook


def is_kept() -> ColumnElement[bool]:
    """Whether a webhook is the administrators', or its account may keep webhooks now."""
    return or_(Webhook.account.is_(None), exists().where(*_keeps(Webhook.account)))


async def may_keep(connection: AsyncConnection, account: str) -> bool:
    """Whether an account may keep webhooks, by the grants that are stored."""
    return bool(await connection.scalar(select(exists().where(*_keeps(account)))))


async def reach_of_account(connection: AsyncConnection, account: str) -> Reach:
    """How far an account gets now, in those parts in which webhooks are kept."""
    account_id = await connection.scalar(select(Account.id).where(Account.name == account))
    grants = await grants_of(connection, account_id) if account_id else ()
    return reach_of(Actor(account, grants), WEBHOOK_KEEPERS)


def _keeps(account: object) -> tuple[ColumnElement[bool], ...]:
    return (
        Account.name == account,
        Account.disabled_at.is_(None),
        AccountGrant.account_id == Account.id,
        or_(*(AccountGrant.role == role.value for role in sorted(WEBHOOK_KEEPERS))),
    )
