"""Regions: the tree from city to town and sub-district (GB/T 2260, GB/T 10114)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, RegionCode, Word


class Region(Base):
    """One region. `path` lists the codes from the city down to this region, joined by `/`."""

    __tablename__ = "region"
    __table_args__ = (Index(None, "parent_code"), Index(None, "city"))

    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
    city: Mapped[str] = mapped_column(CityCode)
    parent_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("region.code"))
    level: Mapped[str] = mapped_column(Word)  # city, district, town
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(String(64))
    # None: the policy of the nearest region above.
    policy_key: Mapped[str | None] = mapped_column(Word, ForeignKey("routing_policy.key"))
