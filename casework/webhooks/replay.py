"""What is done about dead deliveries: sent once more, or passed over, so that those behind them can go on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.reach import own, values_of
from casework.webhooks.endpoint import OneWebhook, record, webhook_of
from casework.webhooks.queue import move_up
from casework.webhooks.state import DeliveryState
from db.tables.webhook import Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class OneDelivery:
    """A dead delivery that something is done about."""

    delivery_id: UUID


async def replay_delivery(
    desk: Desk, actor: Actor, request: OneDelivery, key: str | None = None
) -> Result[UUID]:
    """Try a dead delivery again, from the first attempt. Answers with its key."""
    return await _on_dead(desk, actor, request, key, "replay_delivery")


async def skip_delivery(
    desk: Desk, actor: Actor, request: OneDelivery, key: str | None = None
) -> Result[UUID]:
    """Pass over a dead delivery: it is never sent, and those behind it go on. Answers with its key."""
    return await _on_dead(desk, actor, request, key, "skip_delivery")


async def replay_deliveries(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Try all dead deliveries of a webhook again. Answers with the webhook's key."""

    async def work(change: Change) -> UUID:
        webhook = await webhook_of(change, request.webhook_id, ("webhookId",))
        replayed = await change.connection.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == DeliveryState.DEAD)
            .values(_again(change))
        )
        await record(change, webhook.city, "replay_deliveries", webhook.id, {"deliveries": replayed.rowcount})
        return request.webhook_id

    return await act(desk, actor, "replay_deliveries", key, asdict(request), work)


async def _on_dead(
    desk: Desk, actor: Actor, request: OneDelivery, key: str | None, action: str
) -> Result[UUID]:
    async def work(change: Change) -> UUID:
        delivery = await _dead(change, request.delivery_id)
        replayed = action == "replay_delivery"
        await change.connection.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery.id)
            .values(_again(change) if replayed else {"state": DeliveryState.SKIPPED, "next_at": change.now})
        )
        if not replayed:
            await move_up(change.connection, delivery.webhook_id, {delivery.subject}, change.now)
        data = {"delivery": str(delivery.id), "message": str(delivery.message_id)}
        await record(change, delivery.city, action, delivery.webhook_id, data)
        return request.delivery_id

    return await act(desk, actor, action, key, asdict(request), work)


async def _dead(change: Change, delivery_id: UUID) -> Any:
    """The row of a dead delivery; its webhook's is locked, as by whoever moves deliveries. Raises Refused."""
    found = (
        select(WebhookDelivery.__table__)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.id == delivery_id, own(Webhook.__table__.c.account))
    )
    delivery = (await change.connection.execute(found, values_of(change.reach))).one_or_none()
    if delivery is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_DELIVERY, ("id",)))
    await webhook_of(change, delivery.webhook_id)
    delivery = (await change.connection.execute(found, values_of(change.reach))).one()
    if delivery.state != DeliveryState.DEAD:
        values = {"state": delivery.state, "allowed": DeliveryState.DEAD.value}
        raise Refused(UserError(ErrorCode.DELIVERY_STATE, ("id",), values))
    return delivery


def _again(change: Change) -> dict[str, Any]:
    return {
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_at": change.now,
        "leased_until": None,
        "dead_since": None,
    }
