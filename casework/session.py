"""Sessions of the console: a random cookie, of which the hash is kept. One ends when nothing is asked for a
while, when its time is up, when its owner signs out or changes the password, and when the account is
disabled."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, insert, or_, select, update

from casework.act import Change
from casework.actor import Grant
from casework.desk import Desk
from casework.secret import digest_of, new_secret
from casework.signed_in import SEEN_EVERY, SignedIn, actor_with, grants_document, grants_of, read_grants
from db.tables.account import Account, AccountSession


async def open_session(change: Change, account_id: UUID, grants: Iterable[Grant] = ()) -> str:
    """A new session; `grants` are those that an identity provider gives. Answers with the cookie's secret,
    which is nowhere else. Sessions that are over go."""
    secret = new_secret()
    over = or_(
        AccountSession.expires_at <= change.now,
        AccountSession.seen_at <= change.now - change.desk.session_idle - SEEN_EVERY,
    )
    await change.connection.execute(delete(AccountSession).where(over))
    await change.connection.execute(
        insert(AccountSession).values(
            digest=digest_of(secret),
            account_id=account_id,
            grants=grants_document(grants),
            created_at=change.now,
            seen_at=change.now,
            expires_at=change.now + change.desk.session_length,
        )
    )
    return secret


async def signed_in_by_session(desk: Desk, secret: str) -> SignedIn | None:
    """Who is signed in by a cookie; None where the session is over or there never was one."""
    now = desk.clock()
    async with desk.database.read() as connection:
        row = (
            await connection.execute(
                select(
                    AccountSession.grants,
                    AccountSession.seen_at,
                    AccountSession.expires_at,
                    Account.id,
                    Account.name,
                    Account.display_name,
                )
                .join(Account, Account.id == AccountSession.account_id)
                .where(AccountSession.digest == digest_of(secret), Account.disabled_at.is_(None))
            )
        ).one_or_none()
        if row is None:
            return None
        # What is written down may be a minute behind.
        until = min(row.expires_at, row.seen_at + desk.session_idle + SEEN_EVERY)
        if until <= now:
            return None
        actor = actor_with(row.name, *await grants_of(connection, row.id), *read_grants(row.grants))
    return SignedIn(actor, row.display_name, until, stale=row.seen_at <= now - SEEN_EVERY)


async def see_session(desk: Desk, secret: str) -> None:
    """Write down that a session is in use."""
    now = desk.clock()
    async with desk.database.write() as connection:
        await connection.execute(
            update(AccountSession)
            .where(AccountSession.digest == digest_of(secret), AccountSession.seen_at <= now - SEEN_EVERY)
            .values(seen_at=now)
        )


async def close_session(desk: Desk, secret: str) -> None:
    """Sign out."""
    async with desk.database.write() as connection:
        await connection.execute(delete(AccountSession).where(AccountSession.digest == digest_of(secret)))
