"""Objections (职责异议) of units to having been assigned a dispute."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, UnitCode, Word, new_key


class Objection(Base):
    """A lead unit holds that the dispute is not its duty (信访工作条例, article 23).

    `decision_id` is the decision that gave it the dispute, None where a person did. What is not open has
    been decided: all four columns of the decision are set.
    """

    __tablename__ = "objection"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        ForeignKeyConstraint(["assignment_id", "city"], ["assignment.id", "assignment.city"]),
        ForeignKeyConstraint(["decision_id", "city"], ["decision.id", "decision.city"]),
        Index(None, "dispute_id"),
        Index(None, "decision_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    decision_id: Mapped[UUID | None]
    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))
    proposed_unit_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Word)  # open, accepted, upheld
    raised_at: Mapped[datetime]
    raised_by: Mapped[str] = mapped_column(Word)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Word)
    decided_reason: Mapped[str | None] = mapped_column(Text)
