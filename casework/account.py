"""Accounts: who may sign in, and in which parts. Rights hold from the grants; here they are only kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from casework.act import Change, act
from casework.actor import DEMO_ADMINISTRATOR, NOBODY, Actor, Role, is_account
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.text import clean, text_errors
from db import audit
from db.dialect import lock
from db.tables.account import Account, AccountGrant, AccountSession
from db.tables.base import new_key
from db.tables.region import Region
from db.tables.unit import Unit

NO_CITY = "000000"
"""The city in whose audit log stands what concerns no city, as accounts do; no region has this code."""
LONGEST_NAME = 100
GIVEN = tuple(role.value for role in Role if role is not Role.PUBLIC)
"""The roles that accounts are given."""
RESERVED = frozenset({NOBODY.id, DEMO_ADMINISTRATOR.id, "demo"})
"""Names in the audit log of who acted without an account."""


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new account, which can do nothing yet. `issuer` and `subject` let it in by an identity provider."""

    name: str
    display_name: str
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class DisableAccount:
    """Nobody gets in by this account any more, or (`disabled` false) again."""

    account: str
    disabled: bool = True


@dataclass(frozen=True, slots=True)
class GrantRole:
    """A role for an account: for a unit, for a region with all below it, or everywhere. The same words take
    a role away."""

    account: str
    role: str
    unit: str | None = None
    region: str | None = None


async def add_account(desk: Desk, actor: Actor, request: AddAccount, key: str | None = None) -> Result[UUID]:
    """Add an account. Answers with its key."""
    display_name = clean(request.display_name) or request.name
    if not is_account(request.name) or request.name in RESERVED:
        return Result(errors=(UserError(ErrorCode.ACCOUNT_MALFORMED, ("name",)),))
    if errors := text_errors(display_name, ("displayName",), LONGEST_NAME):
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        await lock(change.connection, f"account:{request.name}")
        taken = await change.connection.scalar(select(Account.id).where(Account.name == request.name))
        if taken is not None:
            raise Refused(UserError(ErrorCode.ACCOUNT_TAKEN, ("name",), {"account": request.name}))
        account_id = new_key()
        await change.connection.execute(
            insert(Account).values(
                id=account_id,
                name=request.name,
                display_name=display_name,
                issuer=request.issuer,
                subject=request.subject,
                created_at=change.now,
                created_by=change.actor.id,
            )
        )
        await record(change, "add_account", request.name, {"by_provider": request.subject is not None})
        return account_id

    return await act(desk, actor, "add_account", key, asdict(request), work)


async def disable_account(
    desk: Desk, actor: Actor, request: DisableAccount, key: str | None = None
) -> Result[UUID]:
    """Disable an account, or let it in again. Its sessions end; its keys do nothing while it is disabled.
    Answers with its key."""

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, request.account)
        await change.connection.execute(
            update(Account)
            .where(Account.id == account_id)
            .values(disabled_at=change.now if request.disabled else None)
        )
        if request.disabled:
            await end_sessions(change, account_id)
        action = "disable_account" if request.disabled else "enable_account"
        await record(change, action, request.account, {})
        return account_id

    return await act(desk, actor, "disable_account", key, asdict(request), work)


async def grant_role(desk: Desk, actor: Actor, request: GrantRole, key: str | None = None) -> Result[UUID]:
    """Grant a role. Answers with the account's key."""

    async def work(change: Change) -> UUID:
        check_roles((request.role,), "role")
        account_id = await account_named(change, request.account)
        await _check_place(change, request)
        await lock(change.connection, f"account:{request.account}")
        found = select(AccountGrant.id).where(*_is_grant(account_id, request))
        if await change.connection.scalar(found) is not None:
            raise Refused(UserError(ErrorCode.GRANTED_ALREADY, ("role",), {"role": request.role[:64]}))
        await change.connection.execute(
            insert(AccountGrant).values(
                id=new_key(),
                account_id=account_id,
                role=request.role,
                unit_code=request.unit,
                region_code=request.region,
                granted_at=change.now,
                granted_by=change.actor.id,
            )
        )
        await record(change, "grant_role", request.account, _told(request))
        return account_id

    return await act(desk, actor, "grant_role", key, asdict(request), work)


async def withdraw_role(desk: Desk, actor: Actor, request: GrantRole, key: str | None = None) -> Result[UUID]:
    """Take a role away that was granted in the same words. Answers with the account's key."""

    async def work(change: Change) -> UUID:
        account_id = await account_named(change, request.account)
        gone = await change.connection.execute(delete(AccountGrant).where(*_is_grant(account_id, request)))
        if not gone.rowcount:
            raise Refused(UserError(ErrorCode.NOT_GRANTED, ("role",), {"role": request.role[:64]}))
        await record(change, "withdraw_role", request.account, _told(request))
        return account_id

    return await act(desk, actor, "withdraw_role", key, asdict(request), work)


async def account_named(change: Change, name: str, path: tuple[str, ...] = ("account",)) -> UUID:
    """The key of an account. Raises Refused where there is none of this name."""
    found: UUID | None = None
    if is_account(name):
        found = await change.connection.scalar(select(Account.id).where(Account.name == name))
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_ACCOUNT, path, {"account": name[:64]}))
    return found


def check_roles(roles: Iterable[str], field: str) -> None:
    """Raises Refused for a role that there is not, or that nobody is given."""
    for role in roles:
        if role not in GIVEN:
            values = {"role": role[:64], "known": ", ".join(GIVEN)}
            raise Refused(UserError(ErrorCode.UNKNOWN_ROLE, (field,), values))


async def end_sessions(change: Change, account_id: UUID) -> None:
    """Sign an account out wherever it is signed in."""
    await change.connection.execute(delete(AccountSession).where(AccountSession.account_id == account_id))


async def record(change: Change, action: str, account: str, data: Mapping[str, Any]) -> None:
    """One audit record about an account. Write it last."""
    await audit.append(
        change.connection,
        city=NO_CITY,
        actor=change.actor.id,
        action=action,
        subject=f"account/{account}",
        data=data,
        occurred_at=change.now,
    )


async def _check_place(change: Change, request: GrantRole) -> None:
    places = (
        (request.unit, Unit.code, ErrorCode.UNKNOWN_UNIT, "unit"),
        (request.region, Region.code, ErrorCode.UNKNOWN_REGION, "region"),
    )
    for code, column, error, field in places:
        if code is None:
            continue
        # What is not printable may be what the database cannot even be asked about.
        known = code.isprintable() and await change.connection.scalar(select(column).where(column == code))
        if not known:
            raise Refused(UserError(error, (field,), {field: code[:64]}))


def _is_grant(account_id: UUID, request: GrantRole) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountGrant.account_id == account_id,
        AccountGrant.role == request.role,
        AccountGrant.unit_code.is_not_distinct_from(request.unit),
        AccountGrant.region_code.is_not_distinct_from(request.region),
    )


def _told(request: GrantRole) -> dict[str, Any]:
    return {"role": request.role, "unit": request.unit, "region": request.region}
