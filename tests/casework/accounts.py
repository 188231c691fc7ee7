"""Accounts for the tests: a desk whose clock can be moved, and somebody who keeps the accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from casework import password as passwords
from casework.account import NO_CITY, AddAccount, GrantRole, add_account, grant_role
from casework.actor import Actor, Role
from casework.desk import Desk
from casework.password import SetPassword, set_password
from db.database import Database
from db.tables.audit import AuditRecord
from tests.conftest import NOW, desk_on

KEEPER = Actor.of("keeper-a", Role.ADMINISTRATOR)
PASSWORD = "blue horse, seven lanterns"
SEALING_KEY = "of the tests, and of nobody else at all"


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes as fast as can be, and as easy to guess."""


def hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the least that Argon2id can do: what is tested is not how long it takes."""
    monkeypatch.setattr(passwords, "HASHER", QUICK)
    monkeypatch.setattr(passwords, "NOBODYS", QUICK.hash("nobody"))


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        """Let some time go by."""
        self.now += time


def desk_with(database: Database, clock: Clock) -> Desk:
    """A desk that can seal."""
    return replace(desk_on(database), clock=clock, sealing_key=SEALING_KEY)


async def add(desk: Desk, name: str, *roles: Role, password: str | None = None) -> None:
    """An account with some roles, everywhere."""
    assert (await add_account(desk, KEEPER, AddAccount(name, ""))).errors == ()
    for role in roles:
        assert (await grant_role(desk, KEEPER, GrantRole(name, role))).errors == ()
    if password is not None:
        assert (await set_password(desk, KEEPER, SetPassword(name, password))).errors == ()


async def audited(desk: Desk) -> list[tuple[str, str, str, Any]]:
    """What the audit log has about accounts: actor, action, subject, data."""
    async with desk.database.read() as connection:
        rows = await connection.execute(
            select(AuditRecord.actor, AuditRecord.action, AuditRecord.subject, AuditRecord.data)
            .where(AuditRecord.city == NO_CITY)
            .order_by(AuditRecord.sequence)
        )
        return [tuple(row) for row in rows]


async def everything_stored(desk: Desk) -> str:
    """All that the tables of accounts hold, and the audit log, as one text."""
    from db.tables import Base

    names = ("account", "api_key", "sign_in", "audit", "idempotency")
    texts = []
    async with desk.database.read() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith(names):
                texts += [str(row) for row in await connection.execute(select(table))]
    return "\n".join(texts)
