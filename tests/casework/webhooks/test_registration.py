"""Registering: what is stored of a secret, what the audit log holds, and how many a city may have."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert, select

from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode
from casework.secret import unseal
from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.registration import (
    MOST_WEBHOOKS,
    OLDER_SECRET,
    RegisterWebhook,
    register_webhook,
    rotate_webhook_secret,
)
from db import audit
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.webhook import Webhook
from tests.casework.webhooks.hooks import CITY, KEEPER, URL, registered, webhook_row
from tests.conftest import NOW

KEY = "k" * 40


async def test_a_secret_is_sealed_where_there_is_a_key(desk: Desk) -> None:
    sealing = replace(desk, sealing_key=KEY)
    new = await registered(sealing)
    assert new.secret is not None
    row = await webhook_row(desk, new.webhook_id)
    assert new.secret not in row.secret
    assert unseal(row.secret, KEY) == new.secret
    rotated = await rotate_webhook_secret(sealing, KEEPER, OneWebhook(new.webhook_id))
    assert rotated.value is not None
    after = await webhook_row(desk, new.webhook_id)
    assert unseal(after.secret, KEY) == rotated.value.secret
    assert (after.older_secret, after.older_until) == (row.secret, NOW + OLDER_SECRET)


async def test_without_a_key_it_is_stored_as_it_is(desk: Desk) -> None:
    new = await registered(desk)
    assert (await webhook_row(desk, new.webhook_id)).secret == new.secret


async def test_the_audit_log_holds_no_secret(desk: Desk) -> None:
    new = await registered(desk)
    assert new.secret is not None
    async with desk.database.read() as connection:
        about = AuditRecord.subject == f"webhook/{new.webhook_id}"
        (record,) = (
            await connection.execute(select(AuditRecord.action, AuditRecord.data).where(about))
        ).all()
        assert (await audit.verify(connection)).valid
    assert (record.action, record.data["url"]) == ("register_webhook", URL)
    assert new.secret not in str(record.data)


async def test_a_city_has_so_many_and_no_more(desk: Desk) -> None:
    request = RegisterWebhook(URL, CITY)
    row = await webhook_row(desk, (await registered(desk)).webhook_id)
    others = [{**row._mapping, "id": new_key()} for _ in range(MOST_WEBHOOKS - 2)]
    async with desk.database.write() as connection:
        await connection.execute(insert(Webhook), others)
    assert (await register_webhook(desk, KEEPER, request)).errors == ()
    (error,) = (await register_webhook(desk, KEEPER, request)).errors
    assert error.code is ErrorCode.TOO_MANY_WEBHOOKS


async def test_who_is_no_administrator_registers_nothing(desk: Desk) -> None:
    clerk = Actor.of("clerk-a", "clerk")
    (error,) = (await register_webhook(desk, clerk, RegisterWebhook(URL, CITY))).errors
    assert error.code is ErrorCode.NOT_ALLOWED
