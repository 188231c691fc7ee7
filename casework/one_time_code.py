"""One-time codes (RFC 6238) as a second proof beside the password: enrolled, confirmed by the first code, and
each taken once."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, insert, select, update

from casework.account import account_named, record
from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.secret import BadSeal, seal, unseal
from db.tables.account import AccountCode

STEP_SECONDS = 30
SKEW_STEPS = 1
"""A clock may be off by one step either way (RFC 6238, 5.2)."""
ISSUER = "Lianxi"
CODE = re.compile("[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The secret for the authenticator, alone and as the URI that it reads from a picture."""

    secret: str
    uri: str


async def enrol_code(desk: Desk, actor: Actor) -> Result[Enrolled]:
    """A new secret for the one who asks. Codes are asked for once `confirm_code` has seen one; until then the
    account is signed in as before. Whoever is asked for codes gets none until `drop_code`: a session that is
    left open must not change what is asked for at the next."""
    if not desk.sealing_key:
        return Result(errors=(UserError(ErrorCode.CODES_UNSEALED),))
    secret = pyotp.random_base32()

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, actor.id)
        found = select(AccountCode.confirmed_at).where(AccountCode.account_id == account_id)
        if await change.connection.scalar(found) is not None:
            raise Refused(UserError(ErrorCode.CODES_ENROLLED))
        await change.connection.execute(delete(AccountCode).where(AccountCode.account_id == account_id))
        await change.connection.execute(
            insert(AccountCode).values(
                account_id=account_id, sealed_secret=seal(secret, desk.sealing_key), enrolled_at=change.now
            )
        )
        await record(change, "enrol_code", actor.id, {})
        return account_id

    result = await act(desk, actor, "enrol_code", None, {}, work)
    if result.errors:
        return Result(errors=result.errors)
    uri = pyotp.TOTP(secret).provisioning_uri(name=actor.id, issuer_name=ISSUER)
    return Result(Enrolled(secret, uri))


async def confirm_code(desk: Desk, actor: Actor, code: str) -> Result[UUID]:
    """From now on codes are asked for: the authenticator of the one who asks has shown a right one."""

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, actor.id)
        if not await take_code(change, account_id, code, confirmed=False):
            raise Refused(UserError(ErrorCode.CODE_WRONG, ("code",)))
        await change.connection.execute(
            update(AccountCode).where(AccountCode.account_id == account_id).values(confirmed_at=change.now)
        )
        await record(change, "confirm_code", actor.id, {})
        return account_id

    return await act(desk, actor, "confirm_code", None, {}, work)


async def drop_code(desk: Desk, actor: Actor, account: str) -> Result[UUID]:
    """Ask an account for no codes any more: its authenticator is lost. For who keeps the accounts."""

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, account)
        await change.connection.execute(delete(AccountCode).where(AccountCode.account_id == account_id))
        await record(change, "drop_code", account, {})
        return account_id

    return await act(desk, actor, "drop_code", None, {}, work)


async def needs_code(change: Change, account_id: UUID) -> bool:
    """Whether an account is asked for codes."""
    found = select(AccountCode.confirmed_at).where(AccountCode.account_id == account_id)
    return await change.connection.scalar(found) is not None


async def take_code(change: Change, account_id: UUID, code: str, *, confirmed: bool = True) -> bool:
    """Whether a code is right and newer than any that was taken; it is taken with that. A secret that the key
    of the settings does not open gives no right codes."""
    row = (
        await change.connection.execute(
            select(AccountCode.sealed_secret, AccountCode.last_step).where(
                AccountCode.account_id == account_id, AccountCode.confirmed_at.is_not(None) == confirmed
            )
        )
    ).one_or_none()
    if row is None:
        return False
    try:
        secret = unseal(row.sealed_secret, change.desk.sealing_key)
    except BadSeal:
        return False
    step = step_of_code(secret, code, change.now)
    if step is None:
        return False
    newer = AccountCode.last_step.is_(None) | (AccountCode.last_step < step)
    taken = await change.connection.execute(
        update(AccountCode).where(AccountCode.account_id == account_id, newer).values(last_step=step)
    )
    return taken.rowcount == 1


def step_of_code(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, among those around now; None for a wrong one."""
    code = "".join(code.split())
    if CODE.fullmatch(code) is None:
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = range(present - SKEW_STEPS, present + SKEW_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)
