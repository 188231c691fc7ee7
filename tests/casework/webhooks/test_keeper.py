"""Webhooks of accounts: what they are sent, when they stand still, and how many there may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, update

from casework.account import DisableAccount, GrantRole, disable_account, grant_role, withdraw_role
from casework.actor import Actor, Grant, Role
from casework.desk import Desk
from casework.errors import ErrorCode
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.envelope import envelope
from casework.webhooks.fanout import fan_out
from casework.webhooks.kinds import POLICY_EVENTS, PUBLIC
from casework.webhooks.queue import due, take
from casework.webhooks.registration import MOST_OF_ACCOUNT, RegisterWebhook, register_webhook
from casework.webhooks.upkeep import send_test_event
from db import feed, outbox
from db.migrate import downgrade, upgrade
from db.tables.base import new_key
from db.tables.dispute import Dispute
from db.tables.webhook import Webhook, WebhookDelivery
from tests.casework.webhooks.hooks import (
    CITY,
    DISTRICT,
    KEEPER,
    TOWN,
    URL,
    deliveries,
    fanned_out,
    partner,
    put,
    registered,
    webhook_row,
)

FUMES, WATER = "小区楼下的烧烤店油烟很大，熏得没法开窗。", "化工厂夜里向河里偷排废水，河水发黑发臭。"
LEAD_OF_FUMES = {"unit": "990102-urban-management"}


async def submitted(desk: Desk, text: str) -> str:
    """The number of a new dispute of a town."""
    result = await submit_dispute(desk, KEEPER, SubmitDispute(text, TOWN, Channel.HOTLINE))
    assert result.value is not None, result.errors
    async with desk.database.read() as connection:
        number = await connection.scalar(select(Dispute.number).where(Dispute.id == result.value))
    assert number is not None
    return number


async def withdraw(desk: Desk, account: str, **place: str) -> None:
    """Take the role of a partner's system away from an account."""
    request = GrantRole(account, Role.PARTNER_SYSTEM, **place)
    assert (await withdraw_role(desk, KEEPER, request)).errors == ()


@pytest.mark.parametrize(
    ("places", "told"),
    [
        (({},), {"fumes", "water"}),
        ((LEAD_OF_FUMES,), {"fumes"}),
        (({"region": DISTRICT},), {"fumes", "water"}),
        (({"region": "990103"},), set()),
        (({"region": "990103"}, LEAD_OF_FUMES), {"fumes"}),
        (({"unit": "990100-water"},), set()),
    ],
    ids=["everywhere", "a unit", "its region", "another region", "both", "another unit"],
)
async def test_it_is_told_what_is_within_its_grants(
    desk: Desk, places: tuple[Mapping[str, str], ...], told: set[str]
) -> None:
    actor = await partner(desk, "partner-a", *places)
    # What somebody may do as clerk is not done as a partner's system.
    assert (await grant_role(desk, KEEPER, GrantRole("partner-a", Role.CLERK))).errors == ()
    hook = await registered(desk, keeper=actor)
    numbers = {await submitted(desk, FUMES): "fumes", await submitted(desk, WATER): "water"}
    await fanned_out(desk, hook.webhook_id)
    assert {numbers[row.subject] for row in await deliveries(desk)} == told


async def test_of_policies_it_is_told_what_subscribers_are(desk: Desk) -> None:
    own = await registered(desk, keeper=await partner(desk, "partner-a", {}))
    citys = await registered(desk)
    assert (await webhook_row(desk, own.webhook_id)).account == "partner-a"
    assert (await webhook_row(desk, citys.webhook_id)).account is None
    for number, event in enumerate(POLICY_EVENTS):
        await put(desk, "municipal/2", number, f"lianxi.policy.{event}.v1")
    for hook in (own, citys):
        await fanned_out(desk, hook.webhook_id)
    rows = await deliveries(desk)
    assert {row.type for row in rows if row.webhook_id == own.webhook_id} == PUBLIC
    assert len([row for row in rows if row.webhook_id == citys.webhook_id]) == len(POLICY_EVENTS)


async def test_of_others_out_of_reach_not_even_the_number_is_told(desk: Desk) -> None:
    hook = await registered(desk, keeper=await partner(desk, "partner-a", LEAD_OF_FUMES))
    citys = await registered(desk)
    own, other = await submitted(desk, FUMES), await submitted(desk, WATER)
    said: Mapping[str, Any] = {
        "disputes_merged": {"duplicates": [own, other]},
        "merged": {"main": other, "repeats": ["signs"]},
        "split": {"main": own},
        "repeat_confirmed": {"earlier": other},
    }
    async with desk.database.write() as connection:
        for sequence, (event, data) in enumerate(said.items(), 100):
            await outbox.put(
                connection,
                city=CITY,
                type=f"lianxi.dispute.{event}.v1",
                subject=own,
                data={"sequence": sequence, **data},
                occurred_at=desk.clock(),
            )
    for each in (hook, citys):
        await fanned_out(desk, each.webhook_id)
    withheld = {
        "disputes_merged": ["duplicates"],
        "merged": ["main"],
        "split": [],
        "repeat_confirmed": ["earlier"],
    }
    rows = [row for row in await deliveries(desk) if row.data.get("sequence", 0) >= 100]
    for webhook, wanted in ((hook, withheld), (citys, {event: [] for event in said})):
        of_it = [row for row in rows if row.webhook_id == webhook.webhook_id]
        assert {row.type.split(".")[2]: row.withheld for row in of_it} == wanted
    async with desk.database.write() as connection:
        merged = WebhookDelivery.type == "lianxi.dispute.merged.v1"
        await connection.execute(update(WebhookDelivery).where(~merged).values(state="delivered"))
        await connection.execute(update(WebhookDelivery).where(merged).values(state="waiting"))
    (parcel,) = await take(desk, hook.webhook_id, 8)
    assert orjson.loads(envelope(parcel.message))["data"] == {"sequence": 101, "repeats": ["signs"]}


async def test_while_its_account_may_not_keep_it_it_stands_still(desk: Desk) -> None:
    actor = await partner(desk, "partner-a", LEAD_OF_FUMES, {"region": DISTRICT})
    hook = (await registered(desk, keeper=actor)).webhook_id
    first = await submitted(desk, FUMES)
    await fanned_out(desk, hook)
    assert (await disable_account(desk, KEEPER, DisableAccount("partner-a"))).errors == ()
    written = len(await deliveries(desk))
    await submitted(desk, WATER)
    await fanned_out(desk, hook)
    assert (await due(desk), await take(desk, hook, 8), len(await deliveries(desk))) == ([], [], written)
    assert (await disable_account(desk, KEEPER, DisableAccount("partner-a", False))).errors == ()
    await withdraw(desk, "partner-a", **LEAD_OF_FUMES)
    await withdraw(desk, "partner-a", region=DISTRICT)
    await fanned_out(desk, hook)
    assert (await due(desk), await take(desk, hook, 8), len(await deliveries(desk))) == ([], [], written)
    # It goes on from there, with what it may know now.
    granted = GrantRole("partner-a", Role.PARTNER_SYSTEM, **LEAD_OF_FUMES)
    assert (await grant_role(desk, KEEPER, granted)).errors == ()
    assert [each.webhook_id for each in await due(desk)] == [hook]
    await fanned_out(desk, hook)
    assert {row.subject for row in await deliveries(desk)} == {first}
    assert [parcel.message.subject for parcel in await take(desk, hook, 8)] == [first]


async def test_a_grant_that_is_withdrawn_narrows_what_is_sent(desk: Desk) -> None:
    actor = await partner(desk, "partner-a", LEAD_OF_FUMES, {"region": DISTRICT})
    hook = (await registered(desk, keeper=actor)).webhook_id
    numbers = [await submitted(desk, FUMES), await submitted(desk, WATER)]
    await withdraw(desk, "partner-a", region=DISTRICT)
    await fanned_out(desk, hook)
    assert {row.subject for row in await deliveries(desk)} == set(numbers[:1])


async def test_a_test_event_is_sent_to_it(desk: Desk) -> None:
    actor = await partner(desk, "partner-a", LEAD_OF_FUMES)
    hook = (await registered(desk, keeper=actor)).webhook_id
    assert (await send_test_event(desk, actor, OneWebhook(hook))).errors == ()
    await fanned_out(desk, hook)
    (row,) = await deliveries(desk)
    assert row.data == {"webhook": str(hook)}


async def test_an_account_has_so_many_and_no_more(desk: Desk) -> None:
    actor, other = await partner(desk, "partner-a", {}), await partner(desk, "partner-b", {})
    row = await webhook_row(desk, (await registered(desk, keeper=actor)).webhook_id)
    request = RegisterWebhook(URL, CITY)
    more = [{**row._mapping, "id": new_key()} for _ in range(MOST_OF_ACCOUNT - 2)]
    async with desk.database.write() as connection:
        await connection.execute(insert(Webhook), more)
    assert (await register_webhook(desk, actor, request)).errors == ()
    (error,) = (await register_webhook(desk, actor, request)).errors
    assert (error.code, error.values) == (ErrorCode.TOO_MANY_OWN_WEBHOOKS, {"most": MOST_OF_ACCOUNT})
    for somebody in (other, KEEPER):
        assert (await register_webhook(desk, somebody, request)).errors == ()


@pytest.mark.parametrize("role", sorted(WEBHOOK_KEEPERS))
async def test_grants_that_nobody_stored_keep_none(desk: Desk, role: Role) -> None:
    """As an identity provider gives them for a session; nobody could tell when they are over."""
    actor = Actor("lead-a", (Grant(role, region=DISTRICT),))
    (error,) = (await register_webhook(desk, actor, RegisterWebhook(URL, CITY))).errors
    assert error.code is ErrorCode.NOT_ALLOWED


async def test_on_the_way_back_those_of_accounts_are_forgotten(desk: Desk) -> None:
    own = (await registered(desk, keeper=await partner(desk, "partner-a", {}))).webhook_id
    citys = (await registered(desk)).webhook_id
    await submitted(desk, FUMES)
    while await feed.number(desk.database):
        pass
    for hook in (own, citys):
        while await fan_out(desk, hook):
            pass
    async with desk.database.read() as connection:
        before = set(await connection.scalars(select(WebhookDelivery.webhook_id)))
    assert before == {own, citys}
    await downgrade(desk.database, "lianxi_0012")
    await upgrade(desk.database)
    assert await webhook_row(desk, own) is None
    assert (await webhook_row(desk, citys)).account is None
    assert {row.webhook_id for row in await deliveries(desk)} == {citys}
