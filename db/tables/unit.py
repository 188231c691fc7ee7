"""Functions and the units that carry them, with validity and name aliases."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, RegionCode, UnitCode, Word


class Function(Base):
    """A function (职能) such as `ecology`."""

    __tablename__ = "function"

    code: Mapped[str] = mapped_column(Word, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]


class Unit(Base):
    """A department of one region. A dissolved unit has `valid_to` and, where known, its successor."""

    __tablename__ = "unit"
    __table_args__ = (Index(None, "region_code"),)

    code: Mapped[str] = mapped_column(UnitCode, primary_key=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))


class UnitFunction(Base):
    """A unit carries a function for a time; the days are inclusive."""

    __tablename__ = "unit_function"
    __table_args__ = (Index(None, "function_code"),)

    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"), primary_key=True)
    function_code: Mapped[str] = mapped_column(Word, ForeignKey("function.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class UnitAlias(Base):
    """Another name of a unit: old, short or popular."""

    __tablename__ = "unit_alias"
    __table_args__ = (Index(None, "alias"),)

    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"), primary_key=True)
    alias: Mapped[str] = mapped_column(String(100), primary_key=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
