"""Webhooks with what waits and what is dead, and dead deliveries, for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.webhooks.state import DeliveryState
from db.tables.webhook import Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class WebhookHead:
    """A webhook, and how many of its deliveries wait and are dead. Without an `account` it is the
    administrators'."""

    id: UUID
    account: str | None
    url: str
    state: str
    failing_since: datetime | None
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadHead:
    """A delivery that was given up."""

    id: UUID
    webhook_id: UUID
    message_id: UUID
    type: str
    subject: str
    dead_since: datetime | None
    last_status: int | None
    last_problem: str | None


async def list_webhooks(connection: AsyncConnection) -> list[WebhookHead]:
    """All webhooks, the oldest first."""
    counted = await connection.execute(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.state.in_((DeliveryState.WAITING, DeliveryState.BEHIND, DeliveryState.DEAD)))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    counts: dict[tuple[UUID, str], int] = {(row[0], row[1]): row[2] for row in counted}
    columns = (Webhook.id, Webhook.account, Webhook.url, Webhook.state, Webhook.failing_since)
    return [
        WebhookHead(
            *row,
            waiting=sum(
                counts.get((row.id, each), 0) for each in (DeliveryState.WAITING, DeliveryState.BEHIND)
            ),
            dead=counts.get((row.id, DeliveryState.DEAD), 0),
        )
        for row in await connection.execute(select(*columns).order_by(Webhook.id))
    ]


async def list_dead(connection: AsyncConnection, limit: int) -> list[DeadHead]:
    """Dead deliveries, those first that were given up first."""
    columns = (
        WebhookDelivery.id,
        WebhookDelivery.webhook_id,
        WebhookDelivery.message_id,
        WebhookDelivery.type,
        WebhookDelivery.subject,
        WebhookDelivery.dead_since,
        WebhookDelivery.last_status,
        WebhookDelivery.last_problem,
    )
    rows = await connection.execute(
        select(*columns)
        .where(WebhookDelivery.state == DeliveryState.DEAD)
        .order_by(WebhookDelivery.dead_since, WebhookDelivery.id)
        .limit(limit)
    )
    return [DeadHead(*row) for row in rows]
