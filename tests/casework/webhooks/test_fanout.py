"""Which messages become deliveries, of which webhooks, and that each does so once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.assignment import ReassignDispute, reassign_dispute
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.envelope import envelope
from casework.webhooks.fanout import KEPT, fan_out
from casework.webhooks.kinds import TYPES, is_known, is_wanted
from casework.webhooks.queue import Outcome, settle, take
from casework.webhooks.upkeep import pause_webhook, resume_webhook
from db import outbox
from db.feed import Message
from db.tables.base import new_key
from db.tables.event import Outbox
from tests.casework.webhooks.hooks import (
    CITY,
    DISTRICT,
    KEEPER,
    TOWN,
    Clock,
    at_clock,
    deliveries,
    fanned_out,
    put,
    registered,
)
from tests.conftest import NOW

FUMES = "小区楼下的烧烤店油烟很大，熏得没法开窗。"


async def submitted(desk: Desk, region: str = TOWN) -> UUID:
    """The key of a new dispute."""
    result = await submit_dispute(desk, KEEPER, SubmitDispute(FUMES, region, Channel.HOTLINE))
    assert result.value is not None, result.errors
    return result.value


async def told(desk: Desk, **given: Any) -> Collection[str]:
    """The types of what a webhook would have got of one dispute of a town."""
    new = await registered(desk, **given)
    await submitted(desk)
    await fanned_out(desk, new.webhook_id)
    return [row.type.split(".")[2] for row in await deliveries(desk)]


@pytest.mark.parametrize(
    ("given", "types"),
    [
        ({}, ["submitted", "routed", "assigned"]),
        ({"region_code": DISTRICT}, ["submitted", "routed", "assigned"]),
        ({"region_code": "990103"}, []),
        ({"types": ("lianxi.dispute.assigned.v1",)}, ["assigned"]),
        ({"types": ("lianxi.policy.*",)}, []),
        ({"unit_code": "990100-water"}, []),
    ],
    ids=str,
)
async def test_by_region_type_and_unit(desk: Desk, given: dict[str, Any], types: list[str]) -> None:
    found = await told(desk, **given)
    assert [type_ for type_ in found if type_ in ("submitted", "routed", "assigned")] == types
    assert bool(found) is bool(types)


async def test_who_has_it_is_told_and_who_loses_it_is_told_that(desk: Desk) -> None:
    clock = Clock()
    own = at_clock(desk, clock)
    water = await registered(own, unit_code="990100-water")
    dispute = await submitted(own)
    for unit in ("990100-water", "990100-ecology", "990102-ecology"):
        clock.pass_(timedelta(hours=1))
        request = ReassignDispute(dispute, lead_unit=unit, reason="职责所在")
        assert (await reassign_dispute(own, KEEPER, request)).errors == ()
    await fanned_out(own, water.webhook_id)
    leads = [row.data.get("lead") for row in await deliveries(own) if row.type.endswith("reassigned.v1")]
    assert leads == ["990100-water", "990100-ecology"]


async def test_other_cities_are_not_told(desk: Desk) -> None:
    new = await registered(desk)
    await put(desk, "s", 1)
    async with desk.database.write() as connection:
        await outbox.put(
            connection,
            city="110100",
            type="lianxi.policy.published.v1",
            subject="s",
            data={},
            occurred_at=NOW,
        )
    await fanned_out(desk, new.webhook_id)
    assert [row.data for row in await deliveries(desk)] == [{"sequence": 1}]


async def test_each_message_becomes_one_delivery_whoever_is_at_it(desk: Desk) -> None:
    hooks = [(await registered(desk)).webhook_id for _ in range(2)]
    keys = [await put(desk, f"s{count % 3}", count) for count in range(30)]
    await fanned_out(desk, new_key())  # numbers them, and is no webhook
    await asyncio.gather(*(fan_out(desk, key, 7) for key in hooks * 5))
    for key in hooks:
        await fanned_out(desk, key)
    rows = await deliveries(desk)
    assert sorted((row.webhook_id, row.message_id) for row in rows) == sorted(
        (webhook, message) for webhook in hooks for message in keys
    )


async def test_what_is_long_over_is_forgotten(desk: Desk) -> None:
    clock = Clock()
    own = at_clock(desk, clock)
    new = await registered(own)
    await put(own, "a", 1)
    await put(own, "b", 1)
    await fanned_out(own, new.webhook_id)
    (parcel,) = [each for each in await take(own, new.webhook_id, 8) if each.message.subject == "a"]
    await settle(own, new.webhook_id, [(parcel, Outcome(None, 204))])
    for days, subjects in ((KEPT.days, ["a", "b", "c"]), (1, ["b", "c", "d"])):
        clock.pass_(timedelta(days=days))
        await put(own, subjects[-1], 1)
        await fanned_out(own, new.webhook_id)
        assert [row.subject for row in await deliveries(own)] == subjects


async def test_a_paused_webhook_loses_nothing(desk: Desk) -> None:
    new = await registered(desk)
    one = OneWebhook(new.webhook_id)
    assert (await pause_webhook(desk, KEEPER, one)).value
    await put(desk, "s", 1)
    await fanned_out(desk, new.webhook_id)
    assert await deliveries(desk) == []
    assert (await resume_webhook(desk, KEEPER, one)).value
    await fanned_out(desk, new.webhook_id)
    assert [row.data for row in await deliveries(desk)] == [{"sequence": 1}]


async def test_every_type_that_is_put_out_is_known(desk: Desk) -> None:
    await submitted(desk)
    async with desk.database.read() as connection:
        found = set((await connection.scalars(select(Outbox.type))).all())
    assert found
    assert found <= set(TYPES)


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ("lianxi.dispute.assigned.v1", True),
        ("lianxi.dispute.*", True),
        ("lianxi.*", True),
        ("*", False),
        ("lianxi.dispute.*.v1", False),
        ("lianxi.weather.*", False),
        ("lianxi.dispute.assigned.v2", False),
        ("", False),
    ],
)
def test_types_that_can_be_asked_for(wanted: str, known: bool) -> None:
    assert is_known(wanted) is known
    assert not known or any(is_wanted(type_, [wanted]) for type_ in TYPES)


def test_words_of_a_person_leave_with_stars() -> None:
    said = {"reason": "请联系张某 13812345678", "number": 1}
    message = Message(1, new_key(), CITY, "lianxi.policy.returned.v1", "s", NOW, said)
    assert b"13812345678" not in envelope(message)
