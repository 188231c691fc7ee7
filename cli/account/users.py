"""`lianxi user`: accounts, their roles and passwords. Whoever can run this can write to the database, so
nothing is asked for but the name under which it goes into the audit log."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from uuid import UUID

from casework.account import (
    GIVEN,
    AddAccount,
    DisableAccount,
    GrantRole,
    add_account,
    disable_account,
    grant_role,
    withdraw_role,
)
from casework.account_list import AccountHead, list_accounts
from casework.actor import Actor, Grant, Role
from casework.desk import Desk
from casework.errors import Result
from casework.one_time_code import drop_code
from casework.password import SetPassword, set_password
from cli.desk import at_desk
from cli.policy.printing import print_json, print_table
from cli.policy.steps import actor_named, value_of
from cli.settings import usable_settings
from cli.speech import Exit, Stop, tell

COLUMNS = ("account", "display_name", "grants", "signs_in_by", "disabled")


class Place(NamedTuple):
    """Where a role holds; everywhere with neither."""

    unit: str | None
    region: str | None


def add(
    name: str, display_name: str, subject: str | None, role: str | None, place: Place, account: str | None
) -> None:
    """Add an account, with a role if one is named. Raises Stop."""
    granted = None if role is None else role_named(role)
    issuer = usable_settings().oidc_issuer or None
    if subject is not None and issuer is None:
        raise Stop(Exit.USAGE, tell("user.no_issuer"))
    actor = actor_named(account)
    request = AddAccount(name, display_name, issuer if subject else None, subject)

    async def work(desk: Desk) -> None:
        value_of(await add_account(desk, actor, request))
        if granted is not None:
            value_of(await grant_role(desk, actor, GrantRole(name, granted, *place)))

    at_desk(work)
    print(tell("user.added", account=name))


def show(*, as_json: bool) -> None:
    """All accounts."""

    async def work(desk: Desk) -> list[AccountHead]:
        async with desk.database.read() as connection:
            return await list_accounts(connection)

    accounts = at_desk(work)
    if as_json:
        print_json(accounts)
        return
    print_table(COLUMNS, (_row(head) for head in accounts))


def disable(name: str, account: str | None, *, undo: bool) -> None:
    """Let nobody in by an account, or (`undo`) again. Raises Stop."""
    request = DisableAccount(name, disabled=not undo)
    _done(account, lambda desk, actor: disable_account(desk, actor, request))
    print(tell("user.enabled" if undo else "user.disabled", account=name))


def password(name: str, account: str | None, *, drops_code: bool) -> None:
    """Give an account the password that is typed, or comes as a line on standard input. Raises Stop."""
    typed = _typed()
    _done(account, lambda desk, actor: set_password(desk, actor, SetPassword(name, typed)))
    if drops_code:
        _done(account, lambda desk, actor: drop_code(desk, actor, name))
    print(tell("user.password_set", account=name))


def grant(name: str, role: str, place: Place, account: str | None, *, withdraw: bool) -> None:
    """Grant a role, or take it away. Raises Stop."""
    request = GrantRole(name, role_named(role), *place)
    verb = withdraw_role if withdraw else grant_role
    _done(account, lambda desk, actor: verb(desk, actor, request))
    print(tell("user.withdrawn" if withdraw else "user.granted", account=name, role=role))


def role_named(role: str) -> Role:
    """A role of the command line. Raises Stop for one that there is not, or that nobody is given."""
    if role not in GIVEN:
        raise Stop(Exit.USAGE, tell("error.unknown_role", role=role[:40], known=", ".join(GIVEN)))
    return Role(role)


def _done(account: str | None, verb: Callable[[Desk, Actor], Awaitable[Result[UUID]]]) -> None:
    actor = actor_named(account)

    async def work(desk: Desk) -> None:
        value_of(await verb(desk, actor))

    at_desk(work)


def _typed() -> str:
    """A password that nobody sees, twice the same; or the line that another program sends."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(tell("user.type_password"))
    if getpass.getpass(tell("user.type_again")) != first:
        raise Stop(Exit.USAGE, tell("user.not_the_same"))
    return first


def _row(head: AccountHead) -> tuple[object, ...]:
    ways = {"password": head.has_password, "code": head.has_code, "provider": head.subject is not None}
    return (
        head.name,
        head.display_name,
        ", ".join(_grant(grant) for grant in head.grants),
        ", ".join(tell(f"user.way.{way}") for way, has in ways.items() if has),
        head.disabled_at.isoformat(timespec="seconds") if head.disabled_at else None,
    )


def _grant(grant: Grant) -> str:
    place = grant.unit or grant.region
    return f"{grant.role.value} ({place})" if place else grant.role.value
