"""Accounts of people whom an identity provider knows: entered when they first come."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.account import LONGEST_NAME, RESERVED, record
from casework.act import Change
from casework.actor import Actor, Grant, is_account
from casework.desk import Desk
from casework.session import open_session
from casework.signed_in import SignedIn, actor_with, grants_of
from casework.text import clean
from db.dialect import insert_new
from db.tables.account import Account
from db.tables.base import new_key

LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, 2: `sub` has 255 characters at most."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody as an identity provider tells: known by `issuer` and `subject` alone. `name` is what the
    account is called if nobody else is, `grants` are what the provider gives beside the account's own."""

    issuer: str
    subject: str
    name: str
    display_name: str
    grants: tuple[Grant, ...] = ()


async def signed_in_by_provider(desk: Desk, subject: Subject) -> SignedIn | None:
    """Who has been shown by an identity provider; None where the account is disabled."""
    async with desk.database.read() as connection:
        found = await _found(desk, connection, subject)
    if found is None:
        await _enter(desk, subject)
        async with desk.database.read() as connection:
            found = await _found(desk, connection, subject)
    return found


async def open_session_of(desk: Desk, subject: Subject) -> str | None:
    """A session for somebody who has been shown by an identity provider: the secret of its cookie. None where
    the account is disabled."""
    signed_in = await signed_in_by_provider(desk, subject)
    if signed_in is None:
        return None
    async with desk.database.write() as connection:
        change = Change(desk, connection, signed_in.actor, desk.clock())
        account_id = await connection.scalar(select(Account.id).where(Account.name == signed_in.actor.id))
        assert isinstance(account_id, UUID)  # accounts are never deleted
        secret = await open_session(change, account_id, subject.grants)
        await record(change, "sign_in", signed_in.actor.id, {"by_provider": True})
    return secret


async def _found(desk: Desk, connection: AsyncConnection, subject: Subject) -> SignedIn | None:
    row = (
        await connection.execute(
            select(Account.id, Account.name, Account.display_name, Account.disabled_at).where(
                Account.issuer == subject.issuer, Account.subject == subject.subject
            )
        )
    ).one_or_none()
    if row is None or row.disabled_at is not None:
        return None
    actor = actor_with(row.name, *await grants_of(connection, row.id), *subject.grants)
    return SignedIn(actor, row.display_name)


async def _enter(desk: Desk, subject: Subject) -> None:
    """Add the account, if there is none yet."""
    async with desk.database.write() as connection:
        name = await _free_name(connection, subject)
        change = Change(desk, connection, Actor(name, ()), desk.clock())
        added = await connection.execute(
            insert_new(connection, Account.__table__).values(
                id=new_key(),
                name=name,
                display_name=clean(subject.display_name)[:LONGEST_NAME] or name,
                issuer=subject.issuer,
                subject=subject.subject,
                created_at=change.now,
                created_by=name,
            )
        )
        if added.rowcount:
            await record(change, "add_account", name, {"by_provider": True})


async def _free_name(connection: AsyncConnection, subject: Subject) -> str:
    """What a new account is called. Whoever may choose a name at the provider must not become somebody
    else."""
    if is_account(subject.name) and subject.name not in RESERVED:
        taken = await connection.scalar(select(Account.id).where(Account.name == subject.name))
        if taken is None:
            return subject.name
    known = hashlib.sha256(f"{subject.issuer}\n{subject.subject}".encode()).hexdigest()
    return f"provider-{known[:20]}"
