"""Deliveries that are due: taken for a while by one worker, and settled by what came of them.

A worker that dies leaves its lease to run out, and the delivery to the next: it is sent again under the same
id. Of the deliveries of one subject to one webhook only the first waits for an attempt, the others stay
behind it until it has arrived or a person has passed over it: a receiver never sees a later state of a
dispute before an earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Dialect, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from casework.desk import Desk
from casework.tally import Attempt
from casework.webhooks.keeper import is_kept
from casework.webhooks.schedule import SCHEDULE, Schedule
from casework.webhooks.state import Because, DeliveryState, Problem, WebhookState
from db import audit, feed
from db.feed import Message
from db.query import Query, compile_query
from db.reading import Steps
from db.tables.base import Instant
from db.tables.event import Outbox
from db.tables.revision import Revision
from db.tables.webhook import Webhook, WebhookDelivery

WORKER = "webhooks"
"""Who the audit log says has disabled a webhook."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery to send now. `secrets` are those that sign, as stored; `attempts` counts this one."""

    delivery_id: UUID
    webhook_id: UUID
    attempts: int
    url: str
    secrets: tuple[str, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: it arrived where there is no `problem`."""

    problem: Problem | None
    status: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook that there is something to do for: it is `behind` the feed, or a delivery is due."""

    webhook_id: UUID
    behind: bool


async def due(desk: Desk) -> list[Due]:
    """The webhooks that there is something to do for now: those that are active, and whose account keeps
    them still."""
    query, values = _due(desk.database.dialect), {"now": desk.clock()}

    def steps() -> Steps[list[Due]]:
        rows = yield query, query.bind(values)
        # Drivers have a UUID as a UUID, or as text; a truth as one, or as a number.
        return [Due(UUID(str(row[0])), bool(row[1])) for row in rows]

    return await desk.database.fetch(steps, several=False)


@lru_cache(maxsize=16)
def _due(dialect: Dialect) -> Query:
    head = select(Revision.number).where(Revision.name == feed.FEED).scalar_subquery()
    behind = Webhook.position < head
    ready = exists().where(
        WebhookDelivery.webhook_id == Webhook.id, *_ready(bindparam("now", type_=Instant()))
    )
    return compile_query(
        select(Webhook.id, behind).where(Webhook.state == WebhookState.ACTIVE, or_(behind, ready), is_kept()),
        dialect,
    )


async def take(desk: Desk, webhook_id: UUID, limit: int, schedule: Schedule = SCHEDULE) -> list[Parcel]:
    """Take up to `limit` due deliveries of a webhook, oldest first, that no other worker holds."""
    now = desk.clock()
    async with desk.database.write() as connection:
        rows = (
            await connection.execute(
                select(
                    WebhookDelivery.id.label("delivery_id"),
                    WebhookDelivery.attempts,
                    Webhook.url,
                    Webhook.secret,
                    Webhook.older_secret,
                    Webhook.older_until,
                    WebhookDelivery.position,
                    WebhookDelivery.withheld,
                    Outbox.id,
                    Outbox.city,
                    Outbox.type,
                    Outbox.subject,
                    Outbox.occurred_at,
                    Outbox.data,
                )
                .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
                .join(Outbox, Outbox.id == WebhookDelivery.message_id)
                .where(
                    Webhook.id == webhook_id, Webhook.state == WebhookState.ACTIVE, is_kept(), *_ready(now)
                )
                .order_by(WebhookDelivery.position)
                .limit(limit)
                # SQLite has one writer and no such clause; PostgreSQL goes past what others are taking.
                .with_for_update(of=WebhookDelivery, skip_locked=True)
            )
        ).all()
        if rows:
            await connection.execute(
                update(WebhookDelivery)
                .where(WebhookDelivery.id.in_([row.delivery_id for row in rows]))
                .values(attempts=WebhookDelivery.attempts + 1, leased_until=now + schedule.lease)
            )
        return [
            Parcel(
                row.delivery_id,
                webhook_id,
                row.attempts + 1,
                row.url,
                _live_secrets(row, now),
                Message(row.position, row.id, row.city, row.type, row.subject, row.occurred_at, _told(row)),
            )
            for row in rows
        ]


async def settle(
    desk: Desk, webhook_id: UUID, found: Sequence[tuple[Parcel, Outcome]], schedule: Schedule = SCHEDULE
) -> None:
    """Store what came of attempts at deliveries of a webhook, in one transaction."""
    now = desk.clock()
    async with desk.database.write() as connection:
        webhook = (
            await connection.execute(
                select(Webhook.__table__).where(Webhook.id == webhook_id).with_for_update()
            )
        ).one_or_none()
        if webhook is None:  # deleted meanwhile
            return
        await connection.execute(
            _SETTLE, [_after(parcel, outcome, now, schedule) for parcel, outcome in found]
        )
        arrived = {parcel.message.subject for parcel, outcome in found if outcome.problem is None}
        await move_up(connection, webhook_id, arrived, now)
        await _judge(connection, webhook, [outcome for _, outcome in found], now, schedule)
    desk.tally.attempts.update(_attempt(parcel, outcome, schedule) for parcel, outcome in found)


async def move_up(
    connection: AsyncConnection, webhook_id: UUID, subjects: Collection[str], now: datetime
) -> None:
    """Let the next delivery of each of these subjects wait for an attempt, where nothing is before it. The
    webhook's row has to be locked."""
    if not subjects:
        return
    first = aliased(WebhookDelivery)
    following = (
        select(func.min(WebhookDelivery.position).label("position"))
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.subject.in_(subjects),
            WebhookDelivery.state == DeliveryState.BEHIND,
            ~exists().where(
                first.webhook_id == webhook_id,
                first.subject == WebhookDelivery.subject,
                first.state.in_((DeliveryState.WAITING, DeliveryState.DEAD)),
            ),
        )
        .group_by(WebhookDelivery.subject)
    )
    positions = (await connection.scalars(following)).all()
    await connection.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.position.in_(positions))
        .values(state=DeliveryState.WAITING, next_at=now)
    )


def _ready(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        WebhookDelivery.state == DeliveryState.WAITING,
        WebhookDelivery.next_at <= now,
        or_(WebhookDelivery.leased_until.is_(None), WebhookDelivery.leased_until <= now),
    )


def _told(row: Any) -> dict[str, Any]:
    """The data of a message, without what was withheld when its delivery was written."""
    return {name: value for name, value in row.data.items() if name not in (row.withheld or ())}


def _live_secrets(row: Any, now: datetime) -> tuple[str, ...]:
    if row.older_secret is not None and row.older_until is not None and now < row.older_until:
        return (row.secret, row.older_secret)
    return (row.secret,)


_CHANGED = ("state", "next_at", "last_at", "last_status", "last_problem", "delivered_at", "dead_since")
_SETTLE = (
    update(WebhookDelivery)
    .where(
        WebhookDelivery.id == bindparam("delivery"),
        WebhookDelivery.state == DeliveryState.WAITING,
        # Whoever came too late, and finds it taken by another, has no say but that it arrived.
        or_(
            WebhookDelivery.attempts == bindparam("tried"), bindparam("new_state") == DeliveryState.DELIVERED
        ),
    )
    .values(leased_until=None, **{name: bindparam(f"new_{name}") for name in _CHANGED})
)


_STATES = {
    Attempt.DELIVERED: DeliveryState.DELIVERED,
    Attempt.FAILED: DeliveryState.WAITING,
    Attempt.DEAD: DeliveryState.DEAD,
}


def _attempt(parcel: Parcel, outcome: Outcome, schedule: Schedule) -> Attempt:
    if outcome.problem is None:
        return Attempt.DELIVERED
    return Attempt.DEAD if parcel.attempts >= schedule.attempts else Attempt.FAILED


def _after(parcel: Parcel, outcome: Outcome, now: datetime, schedule: Schedule) -> dict[str, Any]:
    """What is stored of a delivery after an attempt, for `_SETTLE`."""
    state, next_at = _STATES[_attempt(parcel, outcome, schedule)], now
    if state is DeliveryState.WAITING:
        next_at += schedule.pause(parcel.delivery_id, parcel.attempts, outcome.retry_after)
    return {
        "delivery": parcel.delivery_id,
        "tried": parcel.attempts,
        "new_state": state,
        "new_next_at": next_at,
        "new_last_at": now,
        "new_last_status": outcome.status,
        "new_last_problem": outcome.problem,
        "new_delivered_at": now if state is DeliveryState.DELIVERED else None,
        "new_dead_since": now if state is DeliveryState.DEAD else None,
    }


async def _judge(
    connection: AsyncConnection, webhook: Any, outcomes: Sequence[Outcome], now: datetime, schedule: Schedule
) -> None:
    """Note since when nothing arrives, and disable a webhook that is gone or has failed for too long."""
    gone = any(outcome.status == 410 for outcome in outcomes)
    arrived = any(outcome.problem is None for outcome in outcomes)
    since = None if arrived else webhook.failing_since or now
    because = None
    if gone:
        because = Because.GONE
    elif since is not None and now - since >= schedule.patience:
        because = Because.FAILING
    values: dict[str, Any] = {} if since == webhook.failing_since else {"failing_since": since}
    if because and webhook.state == WebhookState.ACTIVE:
        values |= {"state": WebhookState.DISABLED, "disabled_because": because}
    if values:
        await connection.execute(update(Webhook).where(Webhook.id == webhook.id).values(**values))
    if "state" in values:
        await audit.append(
            connection,
            city=webhook.city,
            actor=WORKER,
            action="disable_webhook",
            subject=f"webhook/{webhook.id}",
            data={"because": because},
            occurred_at=now,
        )
