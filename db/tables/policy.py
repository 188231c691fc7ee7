"""Routing policies: texts (rules, lexicon, cases), and the drafts and versions that point to them.

A text is written row by row while it is a draft's, and never again once a version points to it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, CityCode, Word, new_key


class RoutingPolicy(Base):
    """A responsibility split (职责分工规则集), known by its key, with the titles of its newest version."""

    __tablename__ = "routing_policy"

    key: Mapped[str] = mapped_column(Word, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))


class PolicyText(Base):
    """What a draft or a version says, but for its rows. The checksums are SHA-256 of the canonical documents
    of the whole and of terms and readings; they are taken when the text is submitted."""

    __tablename__ = "policy_text"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[Any]]
    triage_below: Mapped[float]
    checksum: Mapped[str | None] = mapped_column(String(64))
    lexicon_checksum: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class PolicyVersion(Base):
    """One published version, numbered from 1 without gaps.

    `city` is the city whose audit log tells of it. It may decide from `effective_from` until the day before
    `superseded_from`, the first day of a newer one. A version that restores an earlier one has its text;
    `reason` says why it was restored.
    """

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_key", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode)
    policy_key: Mapped[str] = mapped_column(Word, ForeignKey("routing_policy.key"))
    number: Mapped[int]
    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"))
    effective_from: Mapped[date]
    superseded_from: Mapped[date | None]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(Word)
    approved_by: Mapped[str | None] = mapped_column(Word)
    restored_number: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    rolled_back_at: Mapped[datetime | None]


class PolicyDraft(Base):
    """A text on its way to publication.

    `version` counts its changes; `base_number` is the newest version that was known when it was made or
    rebased (0: none); `authors` are the accounts that edited or submitted it.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (Index(None, "policy_key", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    city: Mapped[str] = mapped_column(CityCode)
    policy_key: Mapped[str] = mapped_column(Word)  # of a policy that may not exist yet
    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"))
    base_number: Mapped[int]
    state: Mapped[str] = mapped_column(Word)  # drafting, checked, submitted, approved, published, discarded
    version: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    authors: Mapped[list[Any]]
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Word)
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(Word)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(Word)
    returned_reason: Mapped[str | None] = mapped_column(Text)
    published_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_version.id"))


class PolicyRule(Base):
    """One row of the decision table; positions of a text count from 0 without gaps."""

    __tablename__ = "policy_rule"
    __table_args__ = (Index(None, "text_id", "position"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"), primary_key=True)
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
    """One term of the lexicon."""

    __tablename__ = "lexicon_term"
    __table_args__ = (Index(None, "text_id", "position"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Word)
    document: Mapped[dict[str, Any]]


class LexiconReading(Base):
    """What several marks of terms mean together."""

    __tablename__ = "lexicon_reading"
    __table_args__ = (Index(None, "text_id", "position"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"), primary_key=True)
    reading_id: Mapped[str] = mapped_column(Word, primary_key=True)
    position: Mapped[int]
    document: Mapped[dict[str, Any]]


class PolicyCase(Base):
    """A named test that is kept with the text."""

    __tablename__ = "policy_case"
    __table_args__ = (Index(None, "text_id", "position"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("policy_text.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    document: Mapped[dict[str, Any]]
