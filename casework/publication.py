"""Publication: the text of a draft becomes the next version of its policy, now or from a later day on; and
the way back. A published version never changes."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.act import Change, act
from casework.actor import Actor
from casework.civil import civil_day
from casework.content import is_policy_key
from casework.desk import Desk
from casework.draft import DraftState, changed, check_place, draft_of, record
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.policy import PublishedVersion, newest_version, version_numbered, version_of
from casework.policy_text import write_text
from casework.text import clean, text_errors
from casework.watch import POLICIES, catch_up
from db import revision
from db.dialect import insert_new, lock
from db.tables.base import new_key
from db.tables.conference import JointConference
from db.tables.policy import PolicyText, PolicyVersion, RoutingPolicy
from db.tables.unit import Function
from rules.checksum import checksums
from rules.document import check_policy, policy_document
from rules.flaws import Flaw
from rules.model import Policy
from rules.trial import trial_compile

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class PublishDraft:
    """Make a draft the next version, from a day on: today (None) or a later one."""

    draft_id: UUID
    expected_version: int
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class RollbackPolicy:
    """Put an earlier version in the place of the newest, from today on. `expected_newest` is the number of
    the newest version that the caller has seen."""

    policy_key: str
    to_number: int
    expected_newest: int
    reason: str


async def publish_draft(
    desk: Desk, actor: Actor, request: PublishDraft, key: str | None = None
) -> Result[UUID]:
    """Publish an approved draft. Answers with the draft's key, as all its verbs do.

    Refused with CONFLICT, and the number of the newest version, when that is not the one that the draft was
    made from: the draft has to be rebased first.
    """

    async def work(change: Change) -> UUID:
        today = civil_day(change.now)
        day = request.effective_from or today
        draft = await draft_of(change, request.draft_id, request.expected_version, DraftState.APPROVED)
        if day < today:
            raise Refused(UserError(ErrorCode.EFFECTIVE_IN_PAST, ("effectiveFrom",), {"today": today}))
        newest = await _newest_number(change.connection, draft.policy_key)
        if newest != draft.base_number:
            raise Refused(UserError(ErrorCode.CONFLICT, ("id",), {"version": newest}))
        version_id = await _publish(
            change,
            draft.policy_key,
            newest + 1,
            draft.text_id,
            day,
            draft.city,
            approved_by=draft.approved_by,
        )
        await changed(change, draft, state=DraftState.PUBLISHED, published_version_id=version_id)
        data = {"draft": str(draft.id), "effective_from": day.isoformat()}
        event = "published" if day == today else "scheduled"
        subject = f"{draft.policy_key}/{newest + 1}"
        await record(change, draft.city, "publish_draft", subject, data, event)
        return draft.id

    said = {
        "draft": str(request.draft_id),
        "version": request.expected_version,
        "day": request.effective_from,
    }
    published = await act(desk, actor, "publish_draft", key, said, work)
    await catch_up(desk)
    return published


async def rollback_policy(
    desk: Desk, actor: Actor, request: RollbackPolicy, key: str | None = None
) -> Result[UUID]:
    """Publish the text of an earlier version as a new one, from today on; those in between are marked as
    rolled back. Answers with the key of the new version."""
    reason = clean(request.reason)
    errors = text_errors(reason, ("reason",), LONGEST_REASON) if reason else ()
    if not reason:
        errors = (UserError(ErrorCode.REASON_REQUIRED, ("reason",)),)

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        known = is_policy_key(request.policy_key)
        newest = await _newest_number(change.connection, request.policy_key) if known else 0
        if newest != request.expected_newest:
            raise Refused(UserError(ErrorCode.CONFLICT, ("expectedNewest",), {"version": newest}))
        earlier = (
            await version_numbered(change.connection, request.policy_key, request.to_number)
            if newest
            else None
        )
        if earlier is not None:
            await check_place(change, earlier.city)
        if earlier is None or earlier.number == newest:
            values = {"policy": request.policy_key, "version": request.to_number}
            raise Refused(UserError(ErrorCode.UNKNOWN_VERSION, ("toNumber",), values))
        return await _roll_back(change, earlier, newest, reason)

    restored = await act(desk, actor, "rollback_policy", key, asdict(request), work)
    await catch_up(desk)
    return restored


async def _roll_back(change: Change, earlier: PublishedVersion, newest: int, reason: str) -> UUID:
    key, today = earlier.policy_key, civil_day(change.now)
    await change.connection.execute(
        update(PolicyVersion)
        .where(
            PolicyVersion.policy_key == key,
            PolicyVersion.number > earlier.number,
            PolicyVersion.rolled_back_at.is_(None),
        )
        .values(rolled_back_at=change.now)
    )
    version_id = await _publish(
        change,
        key,
        newest + 1,
        earlier.text_id,
        today,
        earlier.city,
        restored_number=earlier.number,
        reason=reason,
    )
    data = {"to": earlier.number, "from": newest, "reason": reason}
    await record(change, earlier.city, "rollback_policy", f"{key}/{newest + 1}", data, "rolled_back")
    return version_id


async def _newest_number(connection: AsyncConnection, key: str) -> int:
    """The number of the newest version, 0 for none. Nobody else publishes this policy until the transaction
    ends."""
    await lock(connection, f"policy:{key}")
    newest = await newest_version(connection, key)
    return newest.number if newest else 0


async def _publish(
    change: Change, key: str, number: int, text_id: UUID, effective_from: date, city: str, **values: Any
) -> UUID:
    """Let a text be a version. The caller holds the policy and knows that `number` is the next one."""
    connection, version_id = change.connection, new_key()
    titles = (
        await connection.execute(
            select(PolicyText.title, PolicyText.title_en).where(PolicyText.id == text_id)
        )
    ).one()
    await connection.execute(
        insert_new(connection, RoutingPolicy.__table__).values(key=key, **titles._mapping)
    )
    await connection.execute(update(RoutingPolicy).where(RoutingPolicy.key == key).values(**titles._mapping))
    await connection.execute(
        update(PolicyVersion)
        .where(
            PolicyVersion.policy_key == key,
            or_(PolicyVersion.superseded_from.is_(None), PolicyVersion.superseded_from > effective_from),
        )
        .values(superseded_from=effective_from)
    )
    await connection.execute(
        insert(PolicyVersion).values(
            id=version_id,
            city=city,
            policy_key=key,
            number=number,
            text_id=text_id,
            effective_from=effective_from,
            published_at=change.now,
            published_by=change.actor.id,
            **values,
        )
    )
    await revision.bump(connection, POLICIES)
    return version_id


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing a shipped policy answers. With `findings` nothing was written; `new` is false when the
    newest version says the same already."""

    version: PublishedVersion | None
    new: bool = False
    findings: tuple[Flaw, ...] = ()


async def publish_policy(desk: Desk, actor: Actor, policy: Policy, city: str) -> Publication:
    """Publish a policy that comes with the product as the next version of its key, in force from today.

    It is checked against the city's functions and conferences and tried in a process of its own first; what
    people write goes by way of a draft. `city` is the city whose audit log tells of it.
    """
    document = policy_document(policy)
    sums = checksums(document)
    async with desk.database.read() as connection:
        if (same := await _same(connection, policy.key, sums.whole)) is not None:
            return Publication(same)
        functions, domains = await known_names(connection, city)
    findings = await asyncio.to_thread(_findings, policy, functions, domains)
    if findings:
        return Publication(None, findings=tuple(findings))
    async with desk.database.write() as connection:
        change = Change(desk, connection, actor, desk.clock())
        number = await _newest_number(connection, policy.key) + 1
        if (same := await _same(connection, policy.key, sums.whole)) is not None:
            return Publication(same)
        text_id = await write_text(connection, document, change.now, sums)
        version_id = await _publish(change, policy.key, number, text_id, civil_day(change.now), city)
        data = {"checksum": sums.whole, "rules": len(policy.rules)}
        await record(change, city, "publish_policy", f"{policy.key}/{number}", data, "published")
        published = await version_of(connection, version_id)
    await catch_up(desk)
    return Publication(published, new=True)


async def _same(connection: AsyncConnection, key: str, checksum: str) -> PublishedVersion | None:
    """The newest version of the policy, if that is what it adds up to."""
    newest = await newest_version(connection, key)
    if newest is None:
        return None
    found = await connection.scalar(select(PolicyText.checksum).where(PolicyText.id == newest.text_id))
    return newest if found == checksum else None


def _findings(policy: Policy, functions: frozenset[str], domains: frozenset[str]) -> list[Flaw]:
    flaws = check_policy(policy, functions, domains)
    return flaws or [
        Flaw(f"check.{finding.code}", finding.where, finding.params) for finding in trial_compile(policy)
    ]


async def known_names(connection: AsyncConnection, city: str) -> tuple[frozenset[str], frozenset[str]]:
    """The functions that there are, and the domains of the city's joint conferences."""
    functions = await connection.scalars(select(Function.code))
    domains = await connection.scalars(select(JointConference.domain).where(JointConference.city == city))
    return frozenset(functions), frozenset(domains)
