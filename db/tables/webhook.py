"""Webhooks: where messages are sent, and how far each one has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, RegionCode, UnitCode, Word, new_key


class Webhook(Base):
    """An endpoint of a partner. `position` is the number in the feed up to which its deliveries are written.
    It is the `account`'s own, and messages are sent within its grants; where there is none, it is the
    administrators'.

    `types` are event types or beginnings of them (`lianxi.dispute.*`); an empty list asks for all. Until
    `older_until` the older secret signs too.
    """

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200))
    types: Mapped[list[Any]]
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    unit_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))
    secret: Mapped[str] = mapped_column(Text)  # sealed where there is a key for it
    older_secret: Mapped[str | None] = mapped_column(Text)
    older_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Word)  # active, paused, disabled
    disabled_because: Mapped[str | None] = mapped_column(Word)  # gone, failing
    failing_since: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Word)
    account: Mapped[str | None] = mapped_column(Word)
    version: Mapped[int]


class WebhookDelivery(Base):
    """A message on its way to an endpoint. `attempts` counts since it was last put in motion. `withheld` are
    members of the message's data that are not sent."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(["webhook_id", "city"], ["webhook.id", "webhook.city"]),
        ForeignKeyConstraint(["message_id", "city"], ["outbox.id", "outbox.city"]),
        UniqueConstraint("webhook_id", "message_id", "city"),
        Index(None, "webhook_id", "state", "next_at"),
        Index(None, "webhook_id", "subject", "position"),
        Index(None, "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    webhook_id: Mapped[UUID]
    message_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(BigInteger)  # of the message in the feed
    type: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    withheld: Mapped[list[Any] | None]
    state: Mapped[str] = mapped_column(Word)  # behind, waiting, delivered, dead, skipped
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]  # until then, one worker tries
    last_at: Mapped[datetime | None]
    last_status: Mapped[int | None]  # of HTTP, where there was an answer
    last_problem: Mapped[str | None] = mapped_column(Word)
    delivered_at: Mapped[datetime | None]
    dead_since: Mapped[datetime | None]
    created_at: Mapped[datetime]


_FIRST = WebhookDelivery.state.in_(("waiting", "dead"))
# What is sent next of a subject is one, whatever goes wrong: order is the database's to keep.
Index(
    "uq_webhook_delivery_first",
    WebhookDelivery.webhook_id,
    WebhookDelivery.subject,
    WebhookDelivery.city,
    unique=True,
    sqlite_where=_FIRST,
    postgresql_where=_FIRST,
)
