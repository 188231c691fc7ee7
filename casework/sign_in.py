"""Signing in to a local account: account, password and, where one is asked for, a one-time code.

Whatever is wrong, the answer and the work are the same: a hash is compared also where there is no account, so
that nobody learns from words or time which accounts there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from casework import attempts
from casework.account import record
from casework.act import Change
from casework.actor import Actor, is_account
from casework.desk import Desk
from casework.one_time_code import needs_code, take_code
from casework.password import is_password
from casework.session import open_session
from db.tables.account import Account, AccountPassword


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to be let in, and from which address."""

    account: str
    password: str
    code: str = ""
    address: str = ""


async def sign_in(desk: Desk, proof: Proof) -> str | None:
    """Open a session. Answers with the secret of its cookie; None for anything that is wrong, and while there
    is a pause after too many failures."""
    actor = Actor(proof.account, ())
    async with desk.database.write() as connection:
        if not await attempts.count(
            Change(desk, connection, actor, desk.clock()), proof.account, proof.address
        ):
            return None
    # What no account can be called is not even looked for: it may hold what the database cannot.
    account_id, hash = await _password_of(desk, proof.account if is_account(proof.account) else "")
    if not await is_password(desk, proof.password, hash) or account_id is None:
        return None
    async with desk.database.write() as connection:
        change = Change(desk, connection, actor, desk.clock())
        if await needs_code(change, account_id) and not await take_code(change, account_id, proof.code):
            return None
        # Between the two transactions the password may have been changed, or the account disabled.
        newest: str | None = await change.connection.scalar(_hash_of(proof.account))
        if newest != hash:
            return None
        await attempts.succeed(change, proof.account, proof.address)
        secret = await open_session(change, account_id)
        await record(change, "sign_in", proof.account, {})
    return secret


async def _password_of(desk: Desk, account: str) -> tuple[UUID | None, str | None]:
    async with desk.database.read() as connection:
        row = (await connection.execute(_hash_of(account).add_columns(Account.id))).one_or_none()
    return (None, None) if row is None else (row.id, row.hash)


def _hash_of(account: str) -> Select[str]:
    return (
        select(AccountPassword.hash)
        .join(Account, Account.id == AccountPassword.account_id)
        .where(Account.name == account, Account.disabled_at.is_(None))
    )
