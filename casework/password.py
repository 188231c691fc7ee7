"""Passwords of local accounts: what is taken, how they are kept, how they are set and changed.

Twelve characters or more, of any kind (NIST SP 800-63B, 3.1.1: length counts, rules of composition do not),
and none that everybody tries first. Kept as Argon2id with the parameters of RFC 9106 for little memory.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from casework import attempts
from casework.account import account_named, end_sessions, record
from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Result, UserError
from db.dialect import upsert
from db.tables.account import Account, AccountPassword

SHORTEST = 12
LONGEST = 200
DIFFERENT = 5
"""Fewer different characters than this are no password."""
EASY = re.compile(
    "(?:p[a@][s5][s5]w[o0]rd|letmein|welcome|iloveyou|woaini|woaiwojia|administrator|admin|root|superuser"
    "|changeme|default|secret|qwerty(?:uiop)?|asdfgh(?:jkl)?|zxcvbn(?:m)?|qazwsx(?:edc)?|abcdef[g-z]*|lianxi"
    "|zhongguo|china|shanghai|beijing|nantong|rugao|huanbao|shengtai|hello|monkey|dragon|sunshine|princess)*"
)
"""What is left of the passwords that everybody tries first, without the digits and signs around it."""
HASHER = PasswordHasher()
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$WOf/2fPQksnScGKxQxzlKQ$HJ+hhKuqf3IZ7Yc6CdpSsy3Lvb0UxELbvmgrSfVGBtY"
"""A hash as HASHER makes them, to compare with where there is no account: that takes as long."""


@dataclass(frozen=True, slots=True)
class SetPassword:
    """A password for an account, given by who keeps the accounts."""

    account: str
    password: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Another password for one's own account, asked for from an address."""

    old: str
    new: str
    address: str = ""


async def set_password(desk: Desk, actor: Actor, request: SetPassword) -> Result[UUID]:
    """Give an account a password; wherever it is signed in, it is signed out. Answers with its key."""
    return await _set(desk, actor, request.account, request.password, "set_password", ("password",))


async def change_password(desk: Desk, actor: Actor, request: ChangePassword) -> Result[UUID]:
    """Change the password of the one who asks; wherever the account is signed in, it is signed out. Answers
    with its key. After some wrong ones there is a pause, in which the right one is not taken either."""
    # Counted apart from attempts to sign in: whoever found a session open keeps nobody from signing in.
    changing = f"{actor.id} changes"
    async with desk.database.write() as connection:
        counting = Change(desk, connection, actor, desk.clock())
        if not await attempts.count(counting, changing, request.address):
            return Result(errors=(UserError(ErrorCode.PASSWORD_WRONG, ("old",)),))
    async with desk.database.read() as connection:
        known = await connection.scalar(
            select(AccountPassword.hash)
            .join(Account, Account.id == AccountPassword.account_id)
            .where(Account.name == actor.id)
        )
    if not await is_password(desk, request.old, known):
        return Result(errors=(UserError(ErrorCode.PASSWORD_WRONG, ("old",)),))
    async with desk.database.write() as connection:
        await attempts.succeed(Change(desk, connection, actor, desk.clock()), changing, request.address)
    return await _set(desk, actor, actor.id, request.new, "change_password", ("new",))


async def is_password(desk: Desk, password: str, hash: str | None) -> bool:
    """Whether a password is the one that was hashed. Never for None, though that takes as long."""
    async with desk.hashing:
        fits = await asyncio.to_thread(_verify, hash or NOBODYS, _folded(password))
    return fits and hash is not None


def password_errors(password: str, account: str, path: tuple[str, ...]) -> tuple[UserError, ...]:
    """What is wrong with a new password."""
    folded = _folded(password)
    if not SHORTEST <= len(folded) <= LONGEST:
        return (UserError(ErrorCode.PASSWORD_LENGTH, path, {"least": SHORTEST, "most": LONGEST}),)
    core = folded.lower().strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")
    if EASY.fullmatch(core) or core == account.lower() or len(set(folded)) < DIFFERENT:
        return (UserError(ErrorCode.PASSWORD_EASY, path),)
    return ()


async def _set(
    desk: Desk, actor: Actor, account: str, password: str, action: str, path: tuple[str, ...]
) -> Result[UUID]:
    if errors := password_errors(password, account, path):
        return Result(errors=errors)
    async with desk.hashing:
        hash = await asyncio.to_thread(HASHER.hash, _folded(password))

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, account)
        await change.connection.execute(
            upsert(change.connection, AccountPassword.__table__).values(
                account_id=account_id, hash=hash, changed_at=change.now
            )
        )
        await end_sessions(change, account_id)
        await record(change, action, account, {})
        return account_id

    # Without a key: a retry sets the same password again, and no trace of it is kept to compare with.
    return await act(desk, actor, action, None, {}, work)


def _verify(hash: str, password: str) -> bool:
    try:
        return HASHER.verify(hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _folded(password: str) -> str:
    """A password as it counts: keyboards write the same letters in several ways, and half a character, which
    no encoding has, counts as a question mark."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()
