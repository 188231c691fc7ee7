"""Replies (答复): what the complainants of a dispute were told when it was resolved."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, Word, new_key


class Reply(Base):
    """A reply under the number of a dispute. Those that were merged into another one have its reply, each
    under its own number, and keep it when they are split off."""

    __tablename__ = "reply"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    replied_at: Mapped[datetime]
    replied_by: Mapped[str] = mapped_column(Word)
