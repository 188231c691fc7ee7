"""Joint conferences (联席会议): standing bodies, their members, sessions and resolutions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, UnitCode, Word, new_key


class JointConference(Base):
    """The standing body of one domain in one city, with its lead and its office."""

    __tablename__ = "joint_conference"
    __table_args__ = (UniqueConstraint("domain", "city"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    domain: Mapped[str] = mapped_column(Word)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    lead_unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))
    office_unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))


class ConferenceMember(Base):
    """A member of a standing body. The lead is not repeated here."""

    __tablename__ = "conference_member"
    __table_args__ = (
        ForeignKeyConstraint(["conference_id", "city"], ["joint_conference.id", "joint_conference.city"]),
    )

    conference_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"), primary_key=True)
    position: Mapped[int]


class ConferenceSession(Base):
    """One meeting about one dispute: proposed by a rule, or convened by hand."""

    __tablename__ = "conference_session"
    __table_args__ = (
        ForeignKeyConstraint(["conference_id", "city"], ["joint_conference.id", "joint_conference.city"]),
        ForeignKeyConstraint(["dispute_id", "city"], ["dispute.id", "dispute.city"]),
        Index(None, "dispute_id"),
        Index(None, "conference_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    conference_id: Mapped[UUID]
    dispute_id: Mapped[UUID]
    topic: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(Word)  # proposed, convened, resolved
    reason: Mapped[str | None] = mapped_column(Text)
    rule_id: Mapped[str | None] = mapped_column(Word)  # the rule that proposed it
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Word)
    scheduled_at: Mapped[datetime | None]


class Participant(Base):
    """A unit invited to a session."""

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "city"], ["conference_session.id", "conference_session.city"]),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"), primary_key=True)
    role: Mapped[str] = mapped_column(Word)  # chair, member, territorial_owner
    position: Mapped[int]


class Resolution(Base):
    """What a session resolved: the lead, which becomes a designated assignment, and the words of it."""

    __tablename__ = "resolution"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "city"], ["conference_session.id", "conference_session.city"]),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(CityCode, primary_key=True)
    lead_unit_code: Mapped[str] = mapped_column(UnitCode, ForeignKey("unit.code"))
    text: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime]
    resolved_by: Mapped[str] = mapped_column(Word)
