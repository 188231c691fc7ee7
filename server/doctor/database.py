"""The database as the server would find it: its version and rights, and whether what it holds is in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from sqlalchemy import false, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.account_list import list_accounts
from casework.actor import Grant, Role
from casework.desk import Desk
from casework.secret import BadSeal, unseal
from casework.webhooks.signature import PREFIX as CLEAR
from casework.webhooks.state import WebhookState
from casework.webhooks.webhook_list import list_webhooks
from db import audit, migrate
from db.dialect import POSTGRESQL, SQLITE, instant_of
from db.faults import Fault, SchemaMismatch
from db.tables.account import AccountCode
from db.tables.event import Outbox
from db.tables.webhook import Webhook
from server.doctor.finding import Finding, Verdict, finding, told
from server.health import readiness
from server.settings import Settings
from server.sign_in.grants import BadGrants, group_grants

LEAST_VERSIONS = {POSTGRESQL: (14,), SQLITE: (3, 25)}
"""PostgreSQL is tested from 14 on; SQLite has had window functions since 3.25."""
APART, FAR_APART = timedelta(seconds=5), timedelta(minutes=5)
"""Clocks that are so far apart are doubtful, and wrong."""
LAG = timedelta(minutes=1)
"""A message that waits longer to be numbered is waiting for a server."""
EVERYWHERE = Grant(Role.ADMINISTRATOR, None, None)


async def database_findings(settings: Settings, desk: Desk) -> AsyncIterator[Finding]:
    """What is found of the database, and as far as it is of this version, of what is in it."""
    try:
        async with desk.database.read() as connection:
            numbers = connection.dialect.server_version_info or ()
            yield version(connection.dialect.name, tuple(part for part in numbers if isinstance(part, int)))
            if connection.dialect.name == POSTGRESQL:
                yield clock(instant_of(await connection.scalar(select(func.now()))), desk.clock())
        try:
            await migrate.require_current(desk.database)
        except SchemaMismatch as mismatch:
            yield told("migrations", Verdict.WRONG, mismatch.message)
            return
        yield finding("migrations", Verdict.FINE, "doctor.migrations")
        yield await _writable(desk)
        ready = await readiness(desk)
        yield _ready("policy", ok="policy" in ready and ready["policy"].ok)
        yield _ready("engine", ok=ready["engine"].ok)
        async with desk.database.read() as connection:
            yield await _audit(connection)
            yield await _outbox(connection, desk.clock())
            yield await _webhooks(connection)
            yield await _sealing(connection, settings.sealing_key)
            if settings.signs_in:
                yield await _administrator(connection, settings)
    except Fault as fault:
        yield told("database", Verdict.WRONG, fault.message)
    except DBAPIError:
        yield finding("database", Verdict.WRONG, "doctor.database.unreadable")


def version(name: str, found: tuple[int, ...]) -> Finding:
    """Whether the database's own version is new enough."""
    told_as = ".".join(map(str, found))
    least = LEAST_VERSIONS[name]
    if found < least:
        needed = ".".join(map(str, least))
        values = {"name": name, "version": told_as, "needed": needed}
        return finding("database", Verdict.WRONG, "doctor.database.old", **values)
    return finding("database", Verdict.FINE, "doctor.database", name=name, version=told_as)


def clock(theirs: datetime, ours: datetime) -> Finding:
    """Whether the clocks of the database and of this machine are together."""
    apart = abs(theirs - ours)
    if apart < APART:
        return finding("clock", Verdict.FINE, "doctor.clock")
    verdict = Verdict.WRONG if apart >= FAR_APART else Verdict.DOUBTFUL
    return finding("clock", verdict, "doctor.clock.apart", seconds=round(apart.total_seconds()))


async def _writable(desk: Desk) -> Finding:
    """Whether something could be written; nothing is."""
    try:
        async with desk.database.write() as connection:
            await connection.execute(update(Outbox).where(false()).values(position=None))
    except DBAPIError:
        return finding("writable", Verdict.WRONG, "doctor.writable.not")
    except Fault as fault:
        return told("writable", Verdict.WRONG, fault.message)
    return finding("writable", Verdict.FINE, "doctor.writable")


def _ready(name: str, *, ok: bool) -> Finding:
    key = f"doctor.{name}" if ok else f"doctor.{name}.not"
    return finding(name, Verdict.FINE if ok else Verdict.DOUBTFUL, key)


async def _audit(connection: AsyncConnection) -> Finding:
    found = await audit.verify_newest(connection)
    if found.first_bad is not None:
        bad = found.first_bad
        return finding("audit", Verdict.WRONG, "doctor.audit.broken", city=bad.city, sequence=bad.sequence)
    return finding("audit", Verdict.FINE, "doctor.audit", records=found.records)


async def _outbox(connection: AsyncConnection, now: datetime) -> Finding:
    waiting = await connection.execute(
        select(func.count(), func.min(Outbox.occurred_at)).where(Outbox.position.is_(None))
    )
    count, oldest = waiting.one()
    if oldest is not None and now - oldest > LAG:
        minutes = int((now - oldest).total_seconds() // 60)
        return finding("outbox", Verdict.DOUBTFUL, "doctor.outbox.waiting", count=count, minutes=minutes)
    return finding("outbox", Verdict.FINE, "doctor.outbox")


async def _webhooks(connection: AsyncConnection) -> Finding:
    webhooks = await list_webhooks(connection)
    disabled = sum(each.state == WebhookState.DISABLED for each in webhooks)
    dead = sum(each.dead for each in webhooks)
    if disabled or dead:
        return finding("webhooks", Verdict.DOUBTFUL, "doctor.webhooks.stuck", disabled=disabled, dead=dead)
    return finding("webhooks", Verdict.FINE, "doctor.webhooks", count=len(webhooks))


async def _sealing(connection: AsyncConnection, key: str) -> Finding:
    """Whether the secrets that are kept sealed can be opened, and whether all are sealed."""
    secrets = [
        *await connection.scalars(select(Webhook.secret)),
        *await connection.scalars(select(AccountCode.sealed_secret)),
    ]
    sealed = [secret for secret in secrets if not secret.startswith(CLEAR)]
    if sealed and not key:
        return finding("sealing_key", Verdict.WRONG, "doctor.sealing.missing", count=len(sealed))
    try:
        for secret in sealed:
            unseal(secret, key)
    except BadSeal:
        return finding("sealing_key", Verdict.WRONG, "doctor.sealing.other")
    clear = len(secrets) - len(sealed)
    if clear:
        return finding("sealing_key", Verdict.DOUBTFUL, "doctor.sealing.clear", count=clear)
    return finding("sealing_key", Verdict.FINE, "doctor.sealing", count=len(sealed))


async def _administrator(connection: AsyncConnection, settings: Settings) -> Finding:
    accounts = [
        account
        for account in await list_accounts(connection)
        if account.disabled_at is None and EVERYWHERE in account.grants
    ]
    try:
        by_group = any(EVERYWHERE in grants for grants in group_grants(settings).values())
    except BadGrants:  # told of among the files
        by_group = False
    if any(account.has_password or account.subject for account in accounts) or by_group:
        return finding("administrator", Verdict.FINE, "doctor.administrator")
    key = "doctor.administrator.locked" if accounts else "doctor.administrator.none"
    return finding("administrator", Verdict.WRONG, key)
