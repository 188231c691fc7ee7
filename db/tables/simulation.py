"""Simulations: drafts that were tried on stored disputes, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, Word, new_key


class PolicySimulation(Base):
    """One run of a draft over stored disputes.

    `draft_version` is the version of the draft that had the simulated text first; review counts on without
    writing it. `reason` has sentences by language. `beat_at` is when the process that runs it last said so.
    """

    __tablename__ = "policy_simulation"
    __table_args__ = (Index(None, "draft_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("policy_draft.id"))
    draft_version: Mapped[int]
    scope: Mapped[dict[str, Any]]
    reread: Mapped[bool]
    state: Mapped[str] = mapped_column(Word)  # running, finished, failed, cancelled
    done: Mapped[int]
    total: Mapped[int]
    report: Mapped[dict[str, Any] | None]
    stretches: Mapped[list[Any] | None]
    reason: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(Word)
    beat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
