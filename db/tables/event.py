"""What happened to a dispute, and the outbox that tells others."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, Word, new_key


class Event(Base):
    """One step in the life of a dispute; `sequence` counts from 1 within it. Holds no personal data."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        UniqueConstraint("dispute_id", "sequence", "city"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    sequence: Mapped[int]
    type: Mapped[str] = mapped_column(Word)  # submitted, routed, assigned, conference_proposed ...
    actor: Mapped[str] = mapped_column(Word)
    occurred_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class Outbox(Base):
    """A message that must leave; written with the change it tells of, numbered and sent afterwards."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "position", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    type: Mapped[str] = mapped_column(String(100))  # CloudEvents type
    subject: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    position: Mapped[int | None] = mapped_column(BigInteger)  # in the feed; none until it is numbered
