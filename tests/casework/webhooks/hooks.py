"""Webhooks for tests: a desk whose clock can be moved, a webhook on it, and messages in the outbox."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casework.account import AddAccount, GrantRole, add_account, grant_role
from casework.actor import Actor, Grant, Role
from casework.desk import Desk
from casework.webhooks.fanout import fan_out
from casework.webhooks.registration import NewSecret, RegisterWebhook, register_webhook
from db import feed, outbox
from db.tables.event import Outbox
from db.tables.webhook import Webhook, WebhookDelivery
from tests.conftest import NOW

CITY, DISTRICT, TOWN = "990100", "990102", "990102001"
KEEPER = Actor.of("keeper-a", "administrator")
LOOPBACK = (ip_network("127.0.0.0/8"),)
URL = "https://partner.example/events"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


def at_clock(desk: Desk, clock: Clock, **settings: Any) -> Desk:
    """The same desk by another clock."""
    return replace(desk, clock=clock, **settings)


async def registered(desk: Desk, url: str = URL, keeper: Actor = KEEPER, **given: Any) -> NewSecret:
    """A webhook of the whole city, which gets nothing of what was before."""
    while await feed.number(desk.database):
        pass
    result = await register_webhook(desk, keeper, RegisterWebhook(url, **{"region_code": CITY, **given}))
    assert result.value is not None, result.errors
    return result.value


async def partner(desk: Desk, name: str, *places: Mapping[str, str]) -> Actor:
    """An account of a partner's system, with its role in each of these places; everywhere in one without a
    word."""
    assert (await add_account(desk, KEEPER, AddAccount(name, ""))).errors == ()
    for place in places:
        granted = await grant_role(desk, KEEPER, GrantRole(name, Role.PARTNER_SYSTEM, **place))
        assert granted.errors == ()
    return Actor(name, tuple(Grant(Role.PARTNER_SYSTEM, **place) for place in places))


async def put(desk: Desk, subject: str, sequence: int, type_: str = "lianxi.policy.published.v1") -> UUID:
    """A message about anything but a dispute, so that it needs none."""
    async with desk.database.write() as connection:
        return await outbox.put(
            connection,
            city=CITY,
            type=type_,
            subject=subject,
            data={"sequence": sequence},
            occurred_at=desk.clock(),
        )


async def fanned_out(desk: Desk, webhook_id: UUID) -> None:
    """Write the deliveries of all there is."""
    while await feed.number(desk.database):
        pass
    while await fan_out(desk, webhook_id):
        pass


async def webhook_row(desk: Desk, webhook_id: UUID) -> Any:
    """The webhook as it is stored; None where it is not."""
    async with desk.database.read() as connection:
        found = select(Webhook.__table__).where(Webhook.id == webhook_id)
        return (await connection.execute(found)).one_or_none()


async def deliveries(desk: Desk) -> list[Any]:
    """All deliveries in the order of the feed, with the data of their messages."""
    async with desk.database.read() as connection:
        found = (
            select(WebhookDelivery.__table__, Outbox.data)
            .join(Outbox, Outbox.id == WebhookDelivery.message_id)
            .order_by(WebhookDelivery.position, WebhookDelivery.id)
        )
        return list((await connection.execute(found)).all())


def verified(secret: str, headers: Any, body: bytes) -> bool:
    """Whether one of the signatures is that of a secret, by the words of Standard Webhooks."""
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret[len("whsec_") :])
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split(" ")
