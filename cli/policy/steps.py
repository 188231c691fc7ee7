"""`lianxi policy submit`, `approve`, `return`, `rebase`, `discard`, `publish`, `rollback`: the life cycle."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from uuid import UUID

from casework.actor import Actor, administrator
from casework.content import is_policy_key
from casework.desk import Desk
from casework.drafting import DiscardDraft, discard_draft
from casework.errors import Result
from casework.policy import PublishedVersion, newest_version, version_of
from casework.policy_list import DraftHead, list_drafts
from casework.publication import PublishDraft, RollbackPolicy, publish_draft, rollback_policy
from casework.rebase import RebaseDraft, rebase_draft
from casework.review import (
    ApproveDraft,
    ReturnDraft,
    SubmitDraft,
    approve_draft,
    return_draft,
    submit_draft,
)
from cli.desk import at_desk
from cli.policy.naming import draft_named, label_of
from cli.policy.printing import print_json
from cli.speech import LANGUAGE, Exit, Stop, tell

Verb = Callable[[Desk, Actor, DraftHead, int], Awaitable[Result[UUID]]]
"""A verb of casework on a draft: the draft, and the version of it that was seen."""


def step(name: str, verb: Verb, *, account: str | None, expected: int | None, as_json: bool) -> None:
    """Carry out one step and say what the draft is then. `expected` None takes the draft as it is now.
    Raises Stop, with FINDINGS and what has to be mended when nothing was done."""
    actor = actor_named(account)

    async def work(desk: Desk) -> DraftHead:
        draft = await draft_named(desk, name)
        changed = value_of(await verb(desk, actor, draft, draft.version if expected is None else expected))
        return await head_of(desk, changed)

    draft = at_desk(work)
    if as_json:
        print_json(asdict(draft))
        return
    state = tell(f"policy.state.{draft.state}")
    print(tell("policy.step", draft=label_of(draft), version=draft.version, state=state))


def actor_named(account: str | None) -> Actor:
    """Who acts: the account that was named, else that of the system. Whoever can run this command can write
    to the database, so the name is believed. Raises Stop for a name that no account can have."""
    try:
        named = account or getpass.getuser()
    except (KeyError, OSError):  # an account of the system that has a number and no name
        named = ""
    actor = administrator(named)
    if actor is None:
        raise Stop(Exit.USAGE, tell("policy.bad_account", name=named[:80]))
    return actor


def value_of(result: Result[UUID]) -> UUID:
    """What a verb changed. Raises Stop with what has to be mended first."""
    if result.value is None:
        raise Stop(Exit.FINDINGS, "\n".join(error.message(LANGUAGE) for error in result.errors))
    return result.value


async def head_of(desk: Desk, draft_id: UUID) -> DraftHead:
    """The draft as it is now."""
    async with desk.database.read() as connection:
        (draft,) = await list_drafts(connection, ending=draft_id.hex)
        return draft


def day_of(text: str | None) -> date | None:
    """A day of the command line. Raises Stop."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Stop(Exit.USAGE, tell("policy.not_a_day", text=str(text)[:40])) from None


def submit(name: str, note: str, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Hand a draft to another person. Raises Stop."""

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return submit_draft(desk, actor, SubmitDraft(draft.id, version, note or None))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def approve(name: str, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Agree to a draft of somebody else. Raises Stop."""

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return approve_draft(desk, actor, ApproveDraft(draft.id, version))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def give_back(name: str, reason: str, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Hand a draft back, with the reason. Raises Stop."""

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return return_draft(desk, actor, ReturnDraft(draft.id, version, reason))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def rebase(name: str, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Put a draft's changes onto the newest version. Raises Stop."""

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return rebase_draft(desk, actor, RebaseDraft(draft.id, version))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def discard(name: str, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Give a draft up. Raises Stop."""

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return discard_draft(desk, actor, DiscardDraft(draft.id, version))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def publish(name: str, day: str | None, account: str | None, expected: int | None, *, as_json: bool) -> None:
    """Make an approved draft the next version. Raises Stop."""
    first = day_of(day)

    def verb(desk: Desk, actor: Actor, draft: DraftHead, version: int) -> Awaitable[Result[UUID]]:
        return publish_draft(desk, actor, PublishDraft(draft.id, version, first))

    step(name, verb, account=account, expected=expected, as_json=as_json)


def rollback(
    key: str, number: int, reason: str, account: str | None, expected: int | None, *, as_json: bool
) -> None:
    """Put an earlier version in force again, as a new one. Raises Stop."""
    actor = actor_named(account)
    if not is_policy_key(key):
        raise Stop(Exit.USAGE, tell("policy.nothing_named", name=key[:80]))

    async def work(desk: Desk) -> PublishedVersion:
        newest = expected
        if newest is None:
            async with desk.database.read() as connection:
                found = await newest_version(connection, key)
            newest = found.number if found else 0
        restored = value_of(await rollback_policy(desk, actor, RollbackPolicy(key, number, newest, reason)))
        async with desk.database.read() as connection:
            return await version_of(connection, restored)

    version = at_desk(work)
    name = f"{version.policy_key}@{version.number}"
    if as_json:
        print_json({"name": name, "policy_key": key, "number": version.number, "restored_number": number})
    else:
        print(tell("policy.rolled_back", number=number, name=name))
