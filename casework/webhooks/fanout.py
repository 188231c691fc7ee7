"""From the feed to deliveries: each message becomes one delivery for each webhook that is to get it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.desk import Desk
from casework.rights import EVERYWHERE
from casework.webhooks.keeper import is_kept, reach_of_account
from casework.webhooks.matching import Filter, matching
from casework.webhooks.reaching import within_reach
from casework.webhooks.state import DeliveryState, WebhookState
from db import feed
from db.tables.base import new_key
from db.tables.webhook import Webhook, WebhookDelivery

BATCH = 500
"""Messages that are looked through in one transaction."""
KEPT = timedelta(days=30)
"""For how long a delivery is remembered that has arrived or was passed over."""


async def fan_out(desk: Desk, webhook_id: UUID, limit: int = BATCH) -> bool:
    """Write the deliveries of the next messages for a webhook, and how far it has come, in one transaction.
    True where there may be more. A webhook that is paused or disabled stays where it is, and goes on from
    there, as does one whose account may not keep it now; one that another process is at is left to it."""
    async with desk.database.write() as connection:
        webhook = (
            await connection.execute(
                select(Webhook.__table__)
                .where(Webhook.id == webhook_id, Webhook.state == WebhookState.ACTIVE, is_kept())
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        messages = await feed.after(connection, webhook.position, limit) if webhook else []
        if webhook is None or not messages:
            return False
        wanted = Filter(str(webhook.id), webhook.city, webhook.types, webhook.region_code, webhook.unit_code)
        directory = await desk.directory.current(connection)
        now = desk.clock()
        reach = EVERYWHERE if webhook.account is None else await reach_of_account(connection, webhook.account)
        asked_for = await matching(connection, directory, wanted, messages)
        withheld = await within_reach(connection, reach, asked_for)
        asked_for = [message for message in asked_for if message.position in withheld]
        busy = await _busy(connection, webhook_id, {message.subject for message in asked_for})
        rows = [
            {
                "id": new_key(),
                "city": webhook.city,
                "webhook_id": webhook.id,
                "message_id": message.id,
                "position": message.position,
                "type": message.type,
                "subject": message.subject,
                "withheld": withheld[message.position],
                "state": _state(message.subject, busy),
                "attempts": 0,
                "next_at": now,
                "created_at": now,
            }
            for message in asked_for
        ]
        if rows:
            await connection.execute(insert(WebhookDelivery), rows)
        await _forget(connection, webhook_id, now - KEPT)
        await connection.execute(
            update(Webhook).where(Webhook.id == webhook_id).values(position=messages[-1].position)
        )
        return len(messages) == limit


async def _forget(connection: AsyncConnection, webhook_id: UUID, before: datetime) -> None:
    """Forget deliveries that were over before a moment."""
    await connection.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state.in_((DeliveryState.DELIVERED, DeliveryState.SKIPPED)),
            WebhookDelivery.next_at < before,
        )
    )


async def _busy(connection: AsyncConnection, webhook_id: UUID, subjects: Collection[str]) -> set[str]:
    """The subjects of which something is on its way already."""
    unfinished = (DeliveryState.BEHIND, DeliveryState.WAITING, DeliveryState.DEAD)
    rows = await connection.scalars(
        select(WebhookDelivery.subject)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.subject.in_(subjects),
            WebhookDelivery.state.in_(unfinished),
        )
        .distinct()
    )
    return set(rows)


def _state(subject: str, busy: set[str]) -> DeliveryState:
    """Where a delivery begins: behind the earlier ones of its subject, among which it is from then on."""
    if subject in busy:
        return DeliveryState.BEHIND
    busy.add(subject)
    return DeliveryState.WAITING
