"""The audit log: append-only, one hash chain a city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, Word


class AuditRecord(Base):
    """One record. `hash` covers `previous_hash` and the canonical JSON of all the rest; a fork of the chain
    breaks the unique constraint. Holds no personal data."""

    __tablename__ = "audit_record"
    __table_args__ = (UniqueConstraint("previous_hash", "city"),)

    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Word)
    action: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]]
    algorithm: Mapped[str] = mapped_column(String(20))
    previous_hash: Mapped[str] = mapped_column(String(128))
    hash: Mapped[str] = mapped_column(String(128))
