"""`lianxi webhook`: what is dead is seen, tried again or passed over."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import update

from casework.webhooks.state import DeliveryState
from db.database import Database
from db.tables.webhook import WebhookDelivery
from tests.casework.webhooks.hooks import URL, deliveries, fanned_out, put, registered
from tests.cli.running import InProcess
from tests.conftest import NOW, desk_on


async def _two_dead(url: str) -> UUID:
    """A webhook with two dead deliveries, the first of which has another one behind it."""
    desk = desk_on(Database.open(url))
    webhook = (await registered(desk)).webhook_id
    for subject, sequence in (("a", 1), ("a", 2), ("b", 1)):
        await put(desk, subject, sequence)
    await fanned_out(desk, webhook)
    async with desk.database.write() as connection:
        await connection.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.state == DeliveryState.WAITING)
            .values(state=DeliveryState.DEAD, dead_since=NOW, last_status=503)
        )
    await desk.database.close()
    return webhook


async def _states(url: str) -> list[str]:
    desk = desk_on(Database.open(url))
    found = [row.state for row in await deliveries(desk)]
    await desk.database.close()
    return found


def test_dead_deliveries_are_seen_replayed_and_skipped(
    database_url: str, run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXI_DATABASE_URL", database_url)
    webhook = asyncio.run(_two_dead(database_url))
    (head,) = json.loads(run("webhook", "list", "--json").out)
    assert (head["id"], head["url"], head["waiting"], head["dead"]) == (str(webhook), URL, 1, 2)
    assert head["account"] is None
    assert URL in run("webhook", "list").out
    dead = json.loads(run("webhook", "dead", "--json").out)
    assert [each["subject"] for each in dead] == ["a", "b"]
    assert dead[0]["id"] in run("webhook", "dead", "--most", "1").out
    assert run("webhook", "skip", dead[0]["id"], "--as", "keeper-a").status == 0
    assert asyncio.run(_states(database_url)) == ["skipped", "waiting", "dead"]
    assert run("webhook", "replay", dead[1]["id"]).status == 0
    assert asyncio.run(_states(database_url)) == ["skipped", "waiting", "waiting"]
    assert run("webhook", "replay", "--webhook", str(webhook)).status == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("replay",), 2),
        (("replay", "x"), 2),
        (("replay", "--webhook", "x"), 2),
        (("replay", str(UUID(int=1)), "--webhook", str(UUID(int=1))), 2),
        (("skip", "x"), 2),
        (("skip", str(UUID(int=1))), 1),
        (("replay", "--webhook", str(UUID(int=1))), 1),
        (("dead", "--most", "0"), 2),
    ],
)
def test_what_cannot_be_done(sqlite_url: str, run: InProcess, words: tuple[str, ...], status: int) -> None:
    ran = run("webhook", *words, LIANXI_DATABASE_URL=sqlite_url)
    assert (ran.status, ran.out) == (status, "")
    assert ran.err
