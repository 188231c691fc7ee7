"""API keys: how programs say who they are. A key is shown once, when it is made; afterwards only its prefix
is known.

To rotate a key is to make another one for the same account, with the same roles; the old one goes on for some
days, so that nothing stands still while it is exchanged.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from casework.account import account_named, check_roles, record
from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.secret import LENGTH, digest_of, is_secret, new_secret
from casework.signed_in import SEEN_EVERY, SignedIn, actor_with, grants_of
from casework.text import clean, text_errors
from db.tables.account import Account, ApiKey
from db.tables.base import new_key

MARK = "lx_"
"""How every key begins, so that one that got lost is recognised."""
PREFIX = re.compile("[a-z2-7]{8}")
KEY = re.compile(rf"{MARK}({PREFIX.pattern})_([A-Za-z0-9_-]{{{LENGTH}}})")
LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class IssueApiKey:
    """A key for an account, with those of its grants that are of these roles. `expires_at` None: never."""

    account: str
    label: str
    roles: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RotateApiKey:
    """Another key in the place of one; the old one goes on for `overlap`."""

    prefix: str
    overlap: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """A key is taken no more."""

    prefix: str


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was made. `secret` is all of it; None when a retry asks for a key that was shown already."""

    id: UUID
    secret: str | None


async def issue_api_key(
    desk: Desk, actor: Actor, request: IssueApiKey, key: str | None = None
) -> Result[IssuedKey]:
    """Make a key."""
    label = clean(request.label)
    if errors := text_errors(label, ("label",), LONGEST_LABEL):
        return Result(errors=errors)
    if request.expires_at is not None and request.expires_at <= desk.clock():
        return Result(errors=(UserError(ErrorCode.EXPIRES_IN_PAST, ("expiresAt",)),))
    made: list[str] = []

    async def work(change: Change) -> UUID:
        check_roles(request.roles, "roles")
        account_id = await account_named(change, request.account)
        await _check_held(change, account_id, request.roles)
        key_id = new_key()
        prefix = await _make(
            change,
            made,
            id=key_id,
            account_id=account_id,
            label=label,
            roles=list(request.roles),
            expires_at=request.expires_at,
        )
        await record(change, "issue_api_key", request.account, {"key": prefix, "roles": list(request.roles)})
        return key_id

    return _issued(await act(desk, actor, "issue_api_key", key, asdict(request), work), made)


async def _check_held(change: Change, account_id: UUID, roles: Sequence[str]) -> None:
    """Refuse a role that the account does not have: a key has never more than its account."""
    held = {grant.role.value for grant in await grants_of(change.connection, account_id)}
    if missing := [role for role in roles if role not in held]:
        raise Refused(UserError(ErrorCode.ROLE_NOT_HELD, ("roles",), {"role": missing[0]}))


async def rotate_api_key(
    desk: Desk, actor: Actor, request: RotateApiKey, key: str | None = None
) -> Result[IssuedKey]:
    """Make another key for the account and the roles of one that is not over."""
    made: list[str] = []

    async def work(change: Change) -> UUID:
        old = await _key_of(change, request.prefix)
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= change.now):
            raise Refused(UserError(ErrorCode.API_KEY_OVER, ("prefix",), {"prefix": old.prefix}))
        end = change.now + request.overlap
        await change.connection.execute(
            update(ApiKey)
            .where(ApiKey.id == old.id, or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > end))
            .values(expires_at=end)
        )
        length = None if old.expires_at is None else old.expires_at - old.created_at
        key_id = new_key()
        prefix = await _make(
            change,
            made,
            id=key_id,
            account_id=old.account_id,
            label=old.label,
            roles=old.roles,
            replaces=old.id,
            expires_at=None if length is None else change.now + length,
        )
        await record(change, "rotate_api_key", old.name, {"key": prefix, "replaces": old.prefix})
        return key_id

    return _issued(await act(desk, actor, "rotate_api_key", key, asdict(request), work), made)


async def revoke_api_key(
    desk: Desk, actor: Actor, request: RevokeApiKey, key: str | None = None
) -> Result[UUID]:
    """Take a key no more. Revoking one twice keeps the first time. Answers with its key in the database."""

    async def work(change: Change) -> UUID:
        found = await _key_of(change, request.prefix)
        await change.connection.execute(
            update(ApiKey)
            .where(ApiKey.id == found.id, ApiKey.revoked_at.is_(None))
            .values(revoked_at=change.now)
        )
        await record(change, "revoke_api_key", found.name, {"key": found.prefix})
        return UUID(str(found.id))

    return await act(desk, actor, "revoke_api_key", key, asdict(request), work)


async def signed_in_by_key(desk: Desk, text: str) -> SignedIn | None:
    """Who a program is by its key; None for a key that is wrong or over."""
    read = KEY.fullmatch(text)
    if read is None:
        return None
    prefix, secret = read.groups()
    now = desk.clock()
    async with desk.database.read() as connection:
        row = (
            await connection.execute(
                select(ApiKey, Account.name, Account.display_name, Account.disabled_at)
                .join(Account, Account.id == ApiKey.account_id)
                .where(ApiKey.prefix == prefix)
            )
        ).one_or_none()
        if row is None or not is_secret(secret, row.digest):
            return None
        over = row.expires_at is not None and row.expires_at <= now
        if over or row.revoked_at is not None or row.disabled_at is not None:
            return None
        roles = set(row.roles)
        grants = await grants_of(connection, row.account_id)
    stale = row.last_used_at is None or row.last_used_at <= now - SEEN_EVERY
    actor = actor_with(row.name, *(grant for grant in grants if grant.role.value in roles))
    return SignedIn(actor, row.display_name, row.expires_at, stale)


async def see_key(desk: Desk, text: str) -> None:
    """Write down that a key is in use, once a minute."""
    now = desk.clock()
    async with desk.database.write() as connection:
        await connection.execute(
            update(ApiKey)
            .where(
                ApiKey.prefix == text[len(MARK) :].partition("_")[0],
                or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - SEEN_EVERY),
            )
            .values(last_used_at=now)
        )


async def _make(change: Change, made: list[str], **values: Any) -> str:
    """Store a new key and put all of it into `made`. Answers with its prefix."""
    prefix = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    secret = new_secret()
    await change.connection.execute(
        insert(ApiKey).values(
            prefix=prefix,
            digest=digest_of(secret),
            created_at=change.now,
            created_by=change.actor.id,
            **values,
        )
    )
    made.append(f"{MARK}{prefix}_{secret}")
    return prefix


def _issued(result: Result[UUID], made: Sequence[str]) -> Result[IssuedKey]:
    if result.value is None:
        return Result(errors=result.errors)
    return Result(IssuedKey(result.value, made[0] if made else None))


async def _key_of(change: Change, prefix: str) -> Any:
    """A key with the name of its account, by its prefix or by all that comes before its secret."""
    short = prefix.removeprefix(MARK)
    found = None
    if PREFIX.fullmatch(short):
        rows = await change.connection.execute(
            select(ApiKey, Account.name)
            .join(Account, Account.id == ApiKey.account_id)
            .where(ApiKey.prefix == short)
            .with_for_update(of=ApiKey)
        )
        found = rows.one_or_none()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_API_KEY, ("prefix",), {"prefix": prefix[:16]}))
    return found
