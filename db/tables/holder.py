"""Which units have a dispute now: told by other tables, kept together so that lists are quick."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, UnitCode


class Holder(Base):
    """A unit that has a dispute: it leads, joins or owns it, objects to it, or has the one that it was merged
    into. `received_at` is the dispute's, so that an index leads to the newest disputes of a unit."""

    __tablename__ = "holder"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "unit_code", "received_at", "dispute_id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"), primary_key=True)
    received_at: Mapped[datetime]
