"""Routing policies, their versions, rules and lexicon terms. A published version never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Word, new_key


class RoutingPolicy(Base):
    """A responsibility split (职责分工规则集), known by its key."""

    __tablename__ = "routing_policy"

    key: Mapped[str] = mapped_column(Word, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))


class PolicyVersion(Base):
    """One version, numbered from 1 without gaps. `checksum` is SHA-256 of its canonical document."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_key", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    policy_key: Mapped[str] = mapped_column(Word, ForeignKey("routing_policy.key"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(Word)  # published, superseded
    fields: Mapped[list[Any]]
    triage_below: Mapped[float]
    checksum: Mapped[str] = mapped_column(String(64))
    effective_from: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(Word)


class PolicyRule(Base):
    """One row of the decision table."""

    __tablename__ = "policy_rule"
    __table_args__ = (Index(None, "version_id", "position"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(Word, primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Word)
    priority: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    conditions: Mapped[list[Any]]
    outcome: Mapped[dict[str, Any]]
    legal_basis: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class LexiconTerm(Base):
    """One term of the lexicon that a version was written against."""

    __tablename__ = "lexicon_term"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Word)
    document: Mapped[dict[str, Any]]


class LexiconReading(Base):
    """What several marks of terms mean together, in the lexicon of a version."""

    __tablename__ = "lexicon_reading"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[str] = mapped_column(Word)
    document: Mapped[dict[str, Any]]
