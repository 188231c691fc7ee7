"""`lianxi key`: the keys of programs. A secret is printed once, when it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from casework.account_list import KeyHead, list_accounts, list_keys
from casework.actor import Actor, Role
from casework.api_key import (
    IssueApiKey,
    IssuedKey,
    RevokeApiKey,
    RotateApiKey,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
)
from casework.civil import CHINA
from casework.desk import Desk
from casework.errors import Result
from cli.account.users import role_named
from cli.desk import at_desk
from cli.policy.printing import print_json, print_table
from cli.policy.steps import actor_named, day_of, value_of
from cli.speech import LANGUAGE, Exit, Stop, tell

COLUMNS = ("prefix", "account", "label", "roles", "expires", "last_used", "revoked")


def add(name: str, label: str, roles: Sequence[str], expires: str | None, account: str | None) -> None:
    """Make a key, with all roles of the account where none is named. Raises Stop."""
    named = tuple(role_named(role) for role in roles)
    day = day_of(expires)
    end = None if day is None else datetime.combine(day, time.max, CHINA)

    async def verb(desk: Desk, actor: Actor) -> Result[IssuedKey]:
        chosen = named or await _roles_of(desk, name)
        return await issue_api_key(desk, actor, IssueApiKey(name, label, chosen, end))

    _print_secret(_done(account, verb))


def show(name: str | None, *, as_json: bool) -> None:
    """All keys, or those of an account."""

    async def work(desk: Desk) -> list[KeyHead]:
        async with desk.database.read() as connection:
            return await list_keys(connection, name)

    keys = at_desk(work)
    if as_json:
        print_json(keys)
        return
    print_table(COLUMNS, (_row(head) for head in keys))


def rotate(prefix: str, overlap: int, account: str | None) -> None:
    """Make another key in the place of one, which goes on for some days. Raises Stop."""
    request = RotateApiKey(prefix, timedelta(days=overlap))
    _print_secret(_done(account, lambda desk, actor: rotate_api_key(desk, actor, request)))
    print(tell("key.overlap", prefix=prefix, days=overlap))


def revoke(prefix: str, account: str | None) -> None:
    """Take a key no more. Raises Stop."""
    actor = actor_named(account)

    async def work(desk: Desk) -> UUID:
        return value_of(await revoke_api_key(desk, actor, RevokeApiKey(prefix)))

    at_desk(work)
    print(tell("key.revoked", prefix=prefix))


def _done(account: str | None, verb: Callable[[Desk, Actor], Awaitable[Result[IssuedKey]]]) -> IssuedKey:
    actor = actor_named(account)

    async def work(desk: Desk) -> Result[IssuedKey]:
        return await verb(desk, actor)

    result = at_desk(work)
    if result.value is None:
        raise Stop(Exit.FINDINGS, "\n".join(error.message(LANGUAGE) for error in result.errors))
    return result.value


def _print_secret(issued: IssuedKey) -> None:
    assert issued.secret is not None, "without an idempotency key it is made now"
    print(issued.secret)


async def _roles_of(desk: Desk, name: str) -> tuple[Role, ...]:
    async with desk.database.read() as connection:
        accounts = await list_accounts(connection)
    found = (grant.role for head in accounts if head.name == name for grant in head.grants)
    return tuple(dict.fromkeys(found))


def _row(head: KeyHead) -> tuple[object, ...]:
    moments = head.expires_at, head.last_used_at, head.revoked_at
    shown = (moment.isoformat(timespec="seconds") if moment else None for moment in moments)
    return (head.prefix, head.account, head.label, ", ".join(head.roles), *shown)
