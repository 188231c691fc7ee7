"""Answers already given, so that a retried mutation acts once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Word


class IdempotencyKey(Base):
    """The first answer to a client's key. `request_hash` tells a retry from another request."""

    __tablename__ = "idempotency_key"

    client: Mapped[str] = mapped_column(Word, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    operation: Mapped[str] = mapped_column(Word)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
