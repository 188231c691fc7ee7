"""How much there is to deliver: what whoever watches the servers is told."""

from __future__ import annotations

from sqlalchemy import func, select

from casework.desk import Desk
from casework.tally import Backlog
from casework.webhooks.keeper import is_kept
from casework.webhooks.state import DeliveryState, WebhookState
from db.tables.webhook import Webhook, WebhookDelivery


async def backlog(desk: Desk) -> Backlog:
    """The deliveries that wait for an attempt, or behind others, of webhooks that are served: what stands
    still because somebody wants it to is no delay. Raises the database's Fault."""
    waiting = (
        select(func.count(), func.min(WebhookDelivery.created_at))
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(
            WebhookDelivery.state.in_((DeliveryState.WAITING, DeliveryState.BEHIND)),
            Webhook.state == WebhookState.ACTIVE,
            is_kept(),
        )
    )
    async with desk.database.read() as connection:
        return Backlog(*(await connection.execute(waiting)).one())
