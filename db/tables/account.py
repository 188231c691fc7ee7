"""Accounts: who may sign in, in which parts, and by what they prove who they are.

No secret is here in clear: passwords are hashed with Argon2id, keys and sessions, which are drawn at random,
with SHA-256, and what has to be read again is sealed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, RegionCode, UnitCode, Word, new_key

Digest = String(64)
"""A SHA-256 in hexadecimal digits."""


class Account(Base):
    """A person or a program. `name` goes into events and the audit log and is never given to another one.
    Who signs in by an identity provider is known by the provider's `issuer` and `subject`."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("issuer", "subject"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    name: Mapped[str] = mapped_column(Word)
    display_name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str | None] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Word)
    disabled_at: Mapped[datetime | None]


class AccountGrant(Base):
    """A role of an account, for a unit, for a region with all below it, or everywhere."""

    __tablename__ = "account_grant"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(Word)
    unit_code: Mapped[str | None] = mapped_column(UnitCode, ForeignKey("unit.code"))
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("region.code"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[str] = mapped_column(Word)


class AccountPassword(Base):
    """The password of a local account, as Argon2id writes it: with its parameters and salt."""

    __tablename__ = "account_password"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class AccountCode(Base):
    """The secret of an account's one-time codes (RFC 6238), sealed. Codes are asked for from `confirmed_at`
    on; `last_step` is the time step of the newest one that was taken, so that none is taken twice."""

    __tablename__ = "account_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class AccountSession(Base):
    """Somebody signed in at the console. `digest` is that of the cookie; `grants` are those that an identity
    provider gave for this session, beside the account's own. `seen_at` is at most a minute old."""

    __tablename__ = "account_session"
    __table_args__ = (Index(None, "account_id"), Index(None, "expires_at"))

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    grants: Mapped[list[Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key of a program. `prefix` is shown and finds it, `digest` is that of the rest. It carries those of
    the account's grants whose role is among `roles`. `replaces` is the key that it was rotated from."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("prefix"), Index(None, "account_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(Digest)
    label: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[Any]]
    replaces: Mapped[UUID | None] = mapped_column(ForeignKey("api_key.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Word)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SignInAttempts(Base):
    """Failed attempts to sign in, by account name (whether there is such an account or not) and by address.
    Nobody is let in until `locked_until`."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "last_at"),)

    who: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
