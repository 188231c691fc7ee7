"""What makes several disputes one matter: traits they are found by, mergers (并单), repeats."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, RegionCode, UnitCode, Word, new_key


class Trait(Base):
    """Something that disputes about one matter have in common: a name, a kind, a piece of the wording, as a
    checksum of 64 bits. Keys sort by time, so that an index leads to the newest disputes with a trait."""

    __tablename__ = "trait"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "region_code", "trait", "dispute_id"),
    )

    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    trait: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(RegionCode)


class Merger(Base):
    """A dispute was merged into another one, and perhaps split from it again: all three columns of the split
    are set then. Both are of one city; a dispute has at most one merger that stands. The units are those that
    had it before, and get it back when it is split."""

    __tablename__ = "merger"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        ForeignKeyConstraint(["main_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
        Index(None, "main_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    main_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[datetime]
    merged_by: Mapped[str] = mapped_column(Word)
    lead_unit_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))
    co_unit_codes: Mapped[list[Any]]
    split_at: Mapped[datetime | None]
    split_by: Mapped[str | None] = mapped_column(Word)
    split_reason: Mapped[str | None] = mapped_column(Text)


class RepeatTag(Base):
    """A person has confirmed that a dispute repeats an earlier one, in one of three senses of the word."""

    __tablename__ = "repeat_tag"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        ForeignKeyConstraint(["earlier_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
    )

    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    earlier_id: Mapped[UUID] = mapped_column(primary_key=True)
    repeat: Mapped[str] = mapped_column(Word, primary_key=True)  # accepted, reviewed, nothing_new
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(Word)


class WithdrawnRepeat(Base):
    """A repeat that was confirmed and no longer holds: a person took it back and said why, or (no reason) a
    later word about the same two disputes took its place."""

    __tablename__ = "withdrawn_repeat"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        ForeignKeyConstraint(["earlier_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    earlier_id: Mapped[UUID]
    repeat: Mapped[str] = mapped_column(Word)
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(Word)
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[str] = mapped_column(Word)
    reason: Mapped[str | None] = mapped_column(Text)
