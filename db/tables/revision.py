"""Counters that tell every server process when resident data has to be read again."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Word


class Revision(Base):
    """How often a kind of resident data, such as `directory`, has changed."""

    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(Word, primary_key=True)
    number: Mapped[int]
