"""Webhooks of accounts through the API: their own alone, and another's as one that is not there."""

from __future__ import annotations

from copy import copy
from typing import Any

from casework.actor import Actor, Grant, Role
from db.tables.base import new_key
from resolvers.identity import global_id
from resolvers.node import KINDS
from tests.casework.webhooks.hooks import partner
from tests.resolvers.api import Api
from tests.resolvers.city import CITY
from tests.resolvers.matrix import KINDS as VARIABLES
from tests.resolvers.matrix import cells
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.test_reach import sources
from tests.resolvers.test_webhook import URL, dead, do

READS = """query ($webhook: ID!, $delivery: ID!) {
  webhook(id: $webhook) { id url account }
  node(id: $webhook) { id }
  nodes(ids: [$webhook, $delivery]) { id }
  webhooks { id }
  webhookDeliveries(webhookId: $webhook) { nodes { id } edges { cursor } totalCount pageInfo { endCursor } }
  all: webhookDeliveries { nodes { id } totalCount }
}"""
ROOTS = ("webhook", "webhooks", "webhookDeliveries")
GIVEN = {"url": URL, "regionCode": CITY, "types": ["lianxi.webhook.test.v1"]}
EVERYWHERE = Grant(Role.PARTNER_SYSTEM)


def as_actor(api: Api, actor: Actor) -> Api:
    """The same API, asked by somebody else; both keep the same statements."""
    other = copy(api)
    other.actor = actor
    return other


async def keeper(api: Api, *places: dict[str, str]) -> Api:
    """The same API, asked by a new account of a partner's system."""
    return as_actor(api, await partner(api.desk, f"partner-{new_key().hex[-12:]}", *places))


async def test_an_account_keeps_its_own(busy: Api) -> None:
    own = await keeper(busy, {"unit": "990102-ecology"})
    made = await do(own, "registerWebhook", **GIVEN)
    webhook = made["webhook"]["id"]
    assert made["secret"]
    changed = await do(own, "changeWebhook", id=webhook, expectedVersion=1, description="监测平台")
    assert changed["webhook"]["version"] == 2
    assert (await do(own, "rotateWebhookSecret", id=webhook))["secret"] != made["secret"]
    await do(own, "pauseWebhook", id=webhook)
    await do(own, "resumeWebhook", id=webhook)
    delivery = await dead(own, webhook)
    await do(own, "replayDelivery", id=delivery)
    await do(own, "replayDeliveries", webhookId=webhook)
    told = await own.ask(READS, webhook=webhook, delivery=delivery)
    assert told == {
        "webhook": {"id": webhook, "url": URL, "account": own.actor.id},
        "node": {"id": webhook},
        "nodes": [{"id": webhook}, {"id": delivery}],
        "webhooks": [{"id": webhook}],
        "webhookDeliveries": {**told["all"], **told["webhookDeliveries"]},
        "all": {"nodes": [{"id": delivery}], "totalCount": 1},
    }
    # Administrators see whose it is, and may do all of that, too.
    assert (await busy.ask(READS, webhook=webhook, delivery=delivery))["webhook"] == told["webhook"]
    await do(busy, "pauseWebhook", id=webhook)
    await do(own, "deleteWebhook", id=webhook)
    assert (await own.ask("{ webhooks { id } }")) == {"webhooks": []}


async def test_anothers_is_as_one_that_is_not_there(busy: Api) -> None:
    owner = await keeper(busy, {})
    webhook = (await do(owner, "registerWebhook", **GIVEN))["webhook"]["id"]
    delivery = await dead(owner, webhook)
    citys = (await do(busy, "registerWebhook", **GIVEN))["webhook"]["id"]
    missing = {kind: global_id(kind, new_key()) for kind in ("Webhook", "WebhookDelivery")}
    part = Actor("keeper-b", (Grant(Role.ADMINISTRATOR, region="990102"),))
    for stranger in (await keeper(busy, {}), as_actor(busy, part)):
        nothing = await stranger.ask(READS, webhook=missing["Webhook"], delivery=missing["WebhookDelivery"])
        assert nothing["all"] == {"nodes": [], "totalCount": 0}
        for foreign in (webhook, citys):
            assert await stranger.ask(READS, webhook=foreign, delivery=delivery) == nothing
            for name, given in VERBS.items():
                asked = {key: foreign if value == "Webhook" else delivery for key, value in given.items()}
                absent = {key: missing[value] for key, value in given.items()}
                extra = {"expectedVersion": 1} if name == "changeWebhook" else {}
                answers = [await stranger.ask(MUTATIONS[name], input={**a, **extra}) for a in (asked, absent)]
                assert answers[0] == answers[1], name
                (error,) = answers[0][name]["errors"]
                assert error["code"] in ("UNKNOWN_WEBHOOK", "UNKNOWN_DELIVERY")
    # Nothing of that has changed anything.
    left = await busy.ask(READS, webhook=webhook, delivery=delivery)
    assert left["webhook"] == {"id": webhook, "url": URL, "account": owner.actor.id}
    assert left["webhookDeliveries"]["totalCount"] == 1


VERBS: dict[str, dict[str, str]] = {
    **{
        name: {"id": "Webhook"}
        for name in (
            "changeWebhook",
            "rotateWebhookSecret",
            "pauseWebhook",
            "resumeWebhook",
            "sendTestEvent",
            "deleteWebhook",
        )
    },
    "replayDeliveries": {"webhookId": "Webhook"},
    "replayDelivery": {"id": "WebhookDelivery"},
    "skipDelivery": {"id": "WebhookDelivery"},
}


def test_all_verbs_but_one_are_asked_for_anothers() -> None:
    about = {name for name in MUTATIONS if "ebhook" in MUTATIONS[name] or "Deliver" in name}
    assert about == {*VERBS, "registerWebhook"}


async def test_no_field_of_anothers_is_told(settled: Api) -> None:
    """The city of these tests has webhooks of its administrators, with deliveries in all states."""
    stranger = as_actor(settled, Actor("partner-a", (EVERYWHERE,)))
    known = await settled.ask("{ webhooks { id } webhookDeliveries(first: 1) { totalCount } }")
    assert known["webhookDeliveries"]["totalCount"] > 100
    asked = [cell for cell in cells() if cell.path[0] in ROOTS]
    assert len(asked) > 30
    for cell in asked:
        given: dict[str, Any] = {"webhook": known["webhooks"][0]["id"]} if cell.variables else {}
        assert set(cell.variables) <= {"webhook"} <= set(VARIABLES)
        (told,) = (await stranger.ask(cell.text, **given)).values()
        assert not (told and any(value for key, value in told.items() if value and key != "__typename")) or (
            told in EMPTY_PAGES
        ), cell.text


EMPTY_PAGES = (
    {"pageInfo": {"__typename": "PageInfo"}},
    {"pageInfo": {"hasNextPage": False}},
    {"pageInfo": {"hasPreviousPage": False}},
)


def test_what_belongs_to_a_webhook_is_ones_own_or_is_not_there() -> None:
    found = {
        source.name
        for source in sources().values()
        if {"webhook_id", "account"} & set(source.columns) or "ebhook" in source.name
    }
    assert {"Webhook", "WebhookDelivery"} <= found
    for name in found & set(KINDS):
        assert sources()[name].own is not None, name
