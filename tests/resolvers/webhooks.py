"""A webhook of the city: its deliveries have arrived, are given up, are passed over or wait."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from casework.desk import Desk
from casework.webhooks.fanout import fan_out
from casework.webhooks.registration import RegisterWebhook, register_webhook
from casework.webhooks.state import DeliveryState, Problem
from db import feed
from db.tables.webhook import WebhookDelivery
from tests.casework.webhooks.hooks import KEEPER, URL
from tests.resolvers.city import CITY, NOW

UNIT = "990102-ecology"


async def register(desk: Desk) -> UUID:
    """A webhook for all that is told of disputes of the city."""
    request = RegisterWebhook(URL, CITY, types=("lianxi.dispute.*",), description="生态环境监测平台")
    result = await register_webhook(desk, KEEPER, request)
    assert result.value is not None, result.errors
    other = await register_webhook(desk, KEEPER, RegisterWebhook(URL, CITY, UNIT))
    assert other.value is not None, other.errors
    return result.value.webhook_id


async def deliver(desk: Desk, webhook_id: UUID) -> None:
    """Put all there is in line for the webhook, and settle the first three by hand."""
    while await feed.number(desk.database):
        pass
    while await fan_out(desk, webhook_id):
        pass
    tried = {"last_at": NOW, "attempts": 20, "last_status": 503, "last_problem": Problem.STATUS}
    ends = (
        {"state": DeliveryState.DELIVERED, "delivered_at": NOW, "last_at": NOW, "last_status": 204},
        {"state": DeliveryState.DEAD, "dead_since": NOW, **tried},
        {"state": DeliveryState.SKIPPED, "dead_since": NOW, **tried},
    )
    async with desk.database.write() as connection:
        first = select(WebhookDelivery.id).order_by(WebhookDelivery.position).limit(len(ends))
        for key, end in zip((await connection.scalars(first)).all(), ends, strict=True):
            await connection.execute(update(WebhookDelivery).where(WebhookDelivery.id == key).values(end))
