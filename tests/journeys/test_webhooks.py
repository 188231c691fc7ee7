"""From a registration through the API to a partner's receiver, as a server delivers."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.receiver import Receiver
from tests.casework.webhooks.hooks import CITY, verified
from tests.journeys.serving import Client, serving
from tests.journeys.test_spine import FISH_FARM, submitted
from tests.resolvers.mutations import MUTATIONS

DELIVERIES = "{ webhookDeliveries { nodes { state subject } totalCount } }"


async def done(client: Client, name: str, **given: Any) -> Any:
    """The payload of a mutation without errors."""
    payload = (await client.ask(MUTATIONS[name], input=given))[name]
    assert payload["errors"] == []
    return payload


async def arrived(receiver: Receiver, type_: str, subject: str | None = None) -> Any:
    """The first request with an event of a type, about a subject if one is named."""
    while True:
        for got in receiver.got:
            if got.event["type"] == f"lianxi.{type_}.v1" and subject in (None, got.event["subject"]):
                return got
        await asyncio.sleep(0.01)


async def test_a_partner_is_told(city_url: str) -> None:
    async with Receiver() as receiver, serving(city_url, webhook_networks="127.0.0.0/8") as client:
        made = await done(client, "registerWebhook", url=receiver.url, regionCode=CITY)
        webhook, secret = made["webhook"]["id"], made["secret"]
        await done(client, "sendTestEvent", id=webhook)
        test = await arrived(receiver, "webhook.test")
        assert verified(secret, test.headers, test.body)
        number = await submitted(client, FISH_FARM)
        routed = await arrived(receiver, "dispute.routed")
        assert verified(secret, routed.headers, routed.body)
        assert FISH_FARM not in routed.body.decode()
        told = [got.event for got in receiver.got if got.event["subject"] == number]
        assert [(each["type"].split(".")[2], each["data"]["sequence"]) for each in told[:2]] == [
            ("submitted", 1),
            ("routed", 2),
        ]
        await done(client, "pauseWebhook", id=webhook)
        other = await submitted(client, FISH_FARM)
        await done(client, "resumeWebhook", id=webhook)
        await arrived(receiver, "dispute.submitted", other)
        found = (await client.ask(DELIVERIES))["webhookDeliveries"]
        assert {number, other} <= {node["subject"] for node in found["nodes"]}
        await done(client, "deleteWebhook", id=webhook)
        assert (await client.ask(DELIVERIES))["webhookDeliveries"]["totalCount"] == 0


async def test_no_network_is_open_unless_it_is_listed(city_url: str) -> None:
    async with Receiver() as receiver, serving(city_url) as client:
        given = {"url": receiver.url, "regionCode": CITY}
        answer = (await client.ask(MUTATIONS["registerWebhook"], input=given))["registerWebhook"]
        assert [(error["code"], error["path"]) for error in answer["errors"]] == [("URL_REFUSED", ["url"])]
        assert receiver.connections == 0
