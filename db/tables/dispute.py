"""Disputes, their parties (personal data apart), facts, decisions and assignments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, RegionCode, UnitCode, Word, new_key


class Dispute(Base):
    """One matter. `version` counts its changes and is what compare-and-swap looks at."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("number", "city"),
        Index(None, "received_at", "id"),
        Index(None, "status", "received_at", "id"),
        Index(None, "region_code", "received_at", "id"),
        Index(None, "lead_unit_code", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Word)  # triage, assigned, in_conference, merged, resolved
    severity: Mapped[int]  # 1 (slight) to 5 (grave)
    channel: Mapped[str] = mapped_column(Word)
    received_at: Mapped[datetime]
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    # Null while a person has to decide.
    lead_unit_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))
    territorial_owner_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))
    version: Mapped[int]


class Party(Base):
    """Somebody in a dispute, without a word of who it is."""

    __tablename__ = "party"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(Word)  # complainant, respondent
    anonymous: Mapped[bool]
    reachable: Mapped[bool]  # a real phone or address is known: the revisit depends on it


class PartyIdentity(Base):
    """Personal data of a party (PIPL): its own table, so that rights and retention can differ."""

    __tablename__ = "party_identity"
    __table_args__ = (ForeignKeyConstraint(["party_id", "city"], ["party.id", "party.city"]),)

    party_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(300))


class Fact(Base):
    """One fact of a dispute as its current decision saw it: a word or a number, one row each."""

    __tablename__ = "fact"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "field", "word"),
    )

    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    field: Mapped[str] = mapped_column(Word, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str | None] = mapped_column(String(200))
    number: Mapped[float | None]


class Decision(Base):
    """A decision, whole: facts, policy version and trace, so that it can be replayed exactly.

    `sequence` counts the decisions of a dispute from 1; the highest is the current one.
    """

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        UniqueConstraint("dispute_id", "sequence", "city"),
        Index(None, "policy_version_id", "rule_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    sequence: Mapped[int]
    policy_version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"))
    decided_at: Mapped[datetime]
    rule_id: Mapped[str | None] = mapped_column(Word)
    lead_function: Mapped[str | None] = mapped_column(Word)
    conference_domain: Mapped[str | None] = mapped_column(Word)
    legal_path: Mapped[str | None] = mapped_column(Word)
    triage_reason: Mapped[str | None] = mapped_column(Word)
    confidence: Mapped[float | None]
    co_functions: Mapped[list[Any]]
    flags: Mapped[list[Any]]
    overlay_ids: Mapped[list[Any]]
    candidates: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    matches: Mapped[list[Any]]
    trace: Mapped[dict[str, Any]]
    explanation: Mapped[dict[str, Any]]  # language -> sentences, as given at the time


class Assignment(Base):
    """A unit has a dispute, as lead or co-unit, until `ended_at`.

    A designated assignment (common superior or joint conference) cannot be returned.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
        Index(None, "unit_code", "ended_at"),
        Index(None, "assigned_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    dispute_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))
    role: Mapped[str] = mapped_column(Word)  # lead, co
    origin: Mapped[str] = mapped_column(Word)  # rule, manual, objection, conference, split
    designated: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    decision_id: Mapped[UUID | None]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str] = mapped_column(Word)
    ended_at: Mapped[datetime | None]


class DisputeCounter(Base):
    """The last number given out in a city and year."""

    __tablename__ = "dispute_counter"

    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
