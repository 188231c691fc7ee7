"""What the doctor tells of a database: each check found fine, and found otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from casework.account import AddAccount, DisableAccount, GrantRole, add_account, disable_account, grant_role
from casework.actor import Role
from casework.desk import Desk
from casework.password import SetPassword, set_password
from casework.webhooks.registration import RegisterWebhook, register_webhook
from db.database import Database
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.event import Outbox
from db.tables.policy import PolicyVersion
from db.tables.webhook import Webhook
from server.doctor.database import clock, database_findings, version
from server.doctor.finding import Finding, Verdict
from server.settings import Settings
from tests.casework.accounts import KEEPER, PASSWORD, SEALING_KEY, hash_quickly
from tests.conftest import NOW
from wording.catalogue import Language

FINE, DOUBTFUL, WRONG = Verdict
LONG_AGO = NOW - timedelta(hours=1)


async def found(desk: Desk, **settings: Any) -> dict[str, Finding]:
    """What is found, by check, by the clock of the machine."""
    chosen = Settings(**settings)
    now = replace(desk, clock=lambda: datetime.now(UTC))
    return {each.check: each async for each in database_findings(chosen, now)}


async def verdict(desk: Desk, check: str, **settings: Any) -> Verdict:
    """What is found of one check."""
    return (await found(desk, **settings))[check].verdict


async def test_a_city_that_runs_is_fine(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(Outbox).values(position=1))
    findings = await found(desk)
    assert {check: each.verdict for check, each in findings.items()} == dict.fromkeys(findings, FINE)
    checks = {"database", "migrations", "writable", "policy", "engine", "audit", "outbox", "webhooks"}
    assert set(findings) - {"clock"} == {*checks, "sealing_key"}


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("postgresql", (14, 0), FINE),
        ("postgresql", (18, 1), FINE),
        ("postgresql", (13, 22), WRONG),
        ("sqlite", (3, 46, 1), FINE),
        ("sqlite", (3, 24, 0), WRONG),
    ],
    # A name of its own for each: those of the databases are counted (.ci/both_databases.py).
    ids=["postgresql14", "postgresql18", "postgresql13", "sqlite346", "sqlite324"],
)
def test_old_databases_are_refused(name: str, number: tuple[int, ...], expected: Verdict) -> None:
    assert version(name, number).verdict is expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [(0, FINE), (4, FINE), (-5, DOUBTFUL), (299, DOUBTFUL), (-300, WRONG), (90_000, WRONG)],
)
def test_clocks_that_are_apart(apart: int, expected: Verdict) -> None:
    assert clock(NOW + timedelta(seconds=apart), NOW).verdict is expected


async def test_tables_of_another_version_are_wrong_and_nothing_else_is_asked(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'lianxi_0001'"))
    findings = await found(desk)
    assert findings["migrations"].verdict is WRONG
    assert "lianxi migrate" in findings["migrations"].said[Language.EN]
    assert set(findings) <= {"database", "clock", "migrations"}


async def test_what_cannot_be_written_to_is_wrong(desk: Desk) -> None:
    for statement in _write_protecting(desk):
        async with desk.database.write() as connection:
            await connection.execute(text(statement))
    await desk.database.close()  # so that connections are made anew
    assert await verdict(desk, "writable") is WRONG


def _write_protecting(desk: Desk) -> list[str]:
    """On PostgreSQL all is as on a standby; SQLite's outbox becomes a view, which takes no changes either."""
    if desk.database.dialect.name == "postgresql":
        name = desk.database._address.database
        return [f'ALTER DATABASE "{name}" SET default_transaction_read_only = on']
    return ["ALTER TABLE outbox RENAME TO outbox_kept", "CREATE VIEW outbox AS SELECT * FROM outbox_kept"]


async def test_a_table_that_cannot_be_read_is_wrong(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(text("DROP TABLE account_code"))
    assert await verdict(desk, "database") is WRONG


async def test_a_city_without_a_policy_is_doubtful(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(PolicyVersion).values(effective_from=datetime(2999, 1, 1).date()))
    assert await verdict(desk, "policy") is DOUBTFUL


async def test_an_audit_log_that_was_changed_is_wrong(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(AuditRecord).values(action="nothing"))
    assert await verdict(desk, "audit") is WRONG


@pytest.mark.parametrize(("position", "expected"), [(None, DOUBTFUL), (7, FINE)])
async def test_messages_that_nobody_numbers_are_doubtful(
    desk: Desk, position: int | None, expected: Verdict
) -> None:
    async with desk.database.write() as connection:
        await connection.execute(delete(Outbox))
        values = {"id": new_key(), "city": "990100", "type": "t", "subject": "s", "data": {}}
        await connection.execute(insert(Outbox).values(**values, occurred_at=LONG_AGO, position=position))
    assert await verdict(desk, "outbox") is expected


async def _webhook(desk: Desk) -> None:
    request = RegisterWebhook("https://partner.example/events", "990100")
    done = await register_webhook(desk, KEEPER, request)
    assert not done.errors


async def test_webhooks_that_stand_still_are_doubtful(desk: Desk) -> None:
    await _webhook(desk)
    assert await verdict(desk, "webhooks") is FINE
    async with desk.database.write() as connection:
        await connection.execute(update(Webhook).values(state="disabled", disabled_because="failing"))
    assert await verdict(desk, "webhooks") is DOUBTFUL


async def test_secrets_in_clear_are_doubtful(desk: Desk) -> None:
    await _webhook(desk)
    assert await verdict(desk, "sealing_key") is DOUBTFUL


async def test_secrets_that_cannot_be_opened_are_wrong(desk: Desk) -> None:
    await _webhook(replace(desk, sealing_key=SEALING_KEY))
    assert await verdict(desk, "sealing_key", sealing_key=SEALING_KEY) is FINE
    assert await verdict(desk, "sealing_key") is WRONG
    assert await verdict(desk, "sealing_key", sealing_key="another" * 5) is WRONG


async def test_somebody_has_to_be_able_to_administer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
    assert "administrator" not in await found(desk)

    async def stands() -> Verdict:
        return await verdict(desk, "administrator", sign_in="required")

    assert await stands() is WRONG
    await add_account(desk, KEEPER, AddAccount("keeper-b", "Keeper B"))
    await grant_role(desk, KEEPER, GrantRole("keeper-b", Role.ADMINISTRATOR))
    assert await stands() is WRONG, "nobody lets that account in"
    await set_password(desk, KEEPER, SetPassword("keeper-b", PASSWORD))
    assert await stands() is FINE
    await disable_account(desk, KEEPER, DisableAccount("keeper-b"))
    assert await stands() is WRONG


async def test_a_database_that_does_not_answer_is_told_without_its_password() -> None:
    url = "postgresql://lianxi:hunter2@127.0.0.1:1/lianxi"
    desk = Desk(Database.open(url, patience=1))
    findings = await found(desk, database_url=url)
    await desk.close()
    assert {check: each.verdict for check, each in findings.items()} == {"database": WRONG}
    assert "hunter2" not in str(findings)
