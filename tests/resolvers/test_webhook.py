"""Webhooks through the API: kept, tried, replayed; what is shown once, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.webhooks.fanout import fan_out
from casework.webhooks.signature import PREFIX
from casework.webhooks.state import DeliveryState
from db import feed
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.webhook import WebhookDelivery
from resolvers.identity import global_id, uuid_or_nobody
from tests.resolvers.api import Api, Way
from tests.resolvers.city import CITY, NOW
from tests.resolvers.known import known
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.test_statements import PAYLOADS

URL = "https://partner.example/events"
GIVEN = {"url": URL, "regionCode": CITY}
DELIVERIES = """
query ($webhook: ID, $state: WebhookDeliveryState, $first: Int, $after: String, $last: Int, $before: String) {
  webhookDeliveries(
    webhookId: $webhook, state: $state, first: $first, after: $after, last: $last, before: $before
  ) { nodes { id state subject } pageInfo { endCursor startCursor hasNextPage } totalCount }
}
"""


async def do(api: Api, name: str, **given: Any) -> Any:
    """The payload of a mutation without errors."""
    answer = (await api.ask(MUTATIONS[name], input=given))[name]
    assert answer["errors"] == []
    assert len(api.statements) == PAYLOADS[name], "\n".join(api.statements)
    assert api.planned is (api.way is Way.PLANS)
    return answer


async def dead(api: Api, webhook: str) -> str:
    """The id of a delivery that was given up."""
    await do(api, "sendTestEvent", id=webhook)
    key = uuid_or_nobody(webhook, "Webhook")
    while await feed.number(api.desk.database):
        pass
    while await fan_out(api.desk, key):
        pass
    async with api.desk.database.write() as connection:
        newest = select(WebhookDelivery.id).where(
            WebhookDelivery.webhook_id == key, WebhookDelivery.state == DeliveryState.WAITING
        )
        delivery: UUID = (await connection.execute(newest)).scalar_one()
        await connection.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery)
            .values(state=DeliveryState.DEAD, dead_since=NOW)
        )
    return global_id("WebhookDelivery", delivery)


async def test_a_webhook_s_life(busy: Api) -> None:
    made = await do(busy, "registerWebhook", **GIVEN, clientMutationId=str(new_key()))
    webhook, secret = made["webhook"]["id"], made["secret"]
    assert secret.startswith(PREFIX)
    changed = await do(busy, "changeWebhook", id=webhook, expectedVersion=1, types=["lianxi.webhook.test.v1"])
    assert changed["webhook"] == {"url": URL, "types": ["lianxi.webhook.test.v1"], "version": 2}
    rotated = await do(busy, "rotateWebhookSecret", id=webhook)
    assert rotated["secret"].startswith(PREFIX)
    assert rotated["secret"] != secret
    day = (NOW + timedelta(days=1)).isoformat()
    assert rotated["webhook"]["olderUntil"] == day
    assert (await do(busy, "pauseWebhook", id=webhook))["webhook"]["state"] == "PAUSED"
    assert (await do(busy, "resumeWebhook", id=webhook))["webhook"]["state"] == "ACTIVE"
    delivery = await dead(busy, webhook)
    again = await do(busy, "replayDelivery", id=delivery)
    assert again["delivery"] == {"id": delivery, "state": "WAITING", "webhook": {"id": webhook}}
    await do(busy, "replayDeliveries", webhookId=webhook)
    async with busy.desk.database.write() as connection:
        await connection.execute(update(WebhookDelivery).values(state=DeliveryState.DEAD))
    assert (await do(busy, "skipDelivery", id=delivery))["delivery"]["state"] == "SKIPPED"
    await do(busy, "deleteWebhook", id=webhook)
    assert (await busy.ask("query ($id: ID!) { webhook(id: $id) { id } }", id=webhook))["webhook"] is None
    async with busy.desk.database.read() as connection:
        about = AuditRecord.subject == f"webhook/{uuid_or_nobody(webhook, 'Webhook')}"
        records = (await connection.execute(select(AuditRecord).where(about))).all()
    said = [record.action for record in sorted(records, key=lambda record: record.sequence)]
    assert said == [
        "register_webhook",
        "change_webhook",
        "rotate_webhook_secret",
        "pause_webhook",
        "resume_webhook",
        "send_test_event",
        "replay_delivery",
        "replay_deliveries",
        "skip_delivery",
        "delete_webhook",
    ]
    assert secret not in str([record.data for record in records])


async def test_a_secret_is_shown_once(busy: Api) -> None:
    given = {**GIVEN, "clientMutationId": str(new_key())}
    made = await do(busy, "registerWebhook", **given)
    again = await do(busy, "registerWebhook", **given)
    assert again["webhook"] == made["webhook"]
    assert again["secret"] is None


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("registerWebhook", {"url": "https://127.0.0.1/"}, ["URL_REFUSED"]),
    ("registerWebhook", {"url": "http://partner.example/"}, ["URL_REFUSED"]),
    ("registerWebhook", {"url": "https://a:b@partner.example/"}, ["URL_MALFORMED"]),
    ("registerWebhook", {"url": ""}, ["URL_MALFORMED"]),
    ("registerWebhook", {"regionCode": "nowhere"}, ["UNKNOWN_REGION"]),
    ("registerWebhook", {"departmentCode": "nobody"}, ["UNKNOWN_UNIT"]),
    ("registerWebhook", {"types": ["lianxi.dispute.*", "x", "\0"]}, ["UNKNOWN_EVENT_TYPE"] * 2),
    ("registerWebhook", {"types": [f"x{count}" for count in range(51)]}, ["TOO_MANY_ROWS"]),
    ("registerWebhook", {"description": "长" * 201}, ["TEXT_TOO_LONG"]),
    ("changeWebhook", {"id": "nothing", "expectedVersion": 1}, ["UNKNOWN_WEBHOOK"]),
    ("rotateWebhookSecret", {"id": "nothing"}, ["UNKNOWN_WEBHOOK"]),
    ("replayDelivery", {"id": "nothing"}, ["UNKNOWN_DELIVERY"]),
    ("replayDeliveries", {"webhookId": "nothing"}, ["UNKNOWN_WEBHOOK"]),
]


async def test_what_has_to_be_mended(busy: Api) -> None:
    for name, given, codes in REFUSED:
        asked = {**GIVEN, **given} if name == "registerWebhook" else given
        errors = (await busy.ask(MUTATIONS[name], input=asked))[name]["errors"]
        assert [error["code"] for error in errors] == codes, given
        assert all(error["message"] for error in errors)


async def test_what_the_state_does_not_allow(busy: Api) -> None:
    webhook = (await do(busy, "registerWebhook", **GIVEN))["webhook"]["id"]

    async def refused(name: str, **given: Any) -> list[str]:
        answer = (await busy.ask(MUTATIONS[name], input=given))[name]
        return [error["code"] for error in answer["errors"]]

    assert await refused("changeWebhook", id=webhook, expectedVersion=7) == ["CONFLICT"]
    assert await refused("resumeWebhook", id=webhook) == ["WEBHOOK_STATE"]
    await do(busy, "pauseWebhook", id=webhook)
    for name in ("pauseWebhook", "sendTestEvent"):
        assert await refused(name, id=webhook) == ["WEBHOOK_STATE"]
    await do(busy, "resumeWebhook", id=webhook)
    delivery = await dead(busy, webhook)
    await do(busy, "skipDelivery", id=delivery)
    for name in ("skipDelivery", "replayDelivery"):
        assert await refused(name, id=delivery) == ["DELIVERY_STATE"]


async def test_pages_of_deliveries(settled: Api) -> None:
    webhook = (await known(settled))["webhook"]

    async def page(**given: Any) -> Any:
        return (await settled.ask(DELIVERIES, webhook=webhook, **given))["webhookDeliveries"]

    every, after = [], None
    while True:
        found = await page(first=40, after=after)
        every += [node["id"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert len(set(every)) == len(every) == found["totalCount"] > 100
    assert [node["id"] for node in (await page(last=5))["nodes"]] == every[-5:]
    last = await page(last=7, before=found["pageInfo"]["endCursor"])
    assert [node["id"] for node in last["nodes"]] == every[-8:-1]
    given_up = await page(state="DEAD")
    assert (len(given_up["nodes"]), given_up["totalCount"]) == (1, 1)
    for bad in ({"first": 0}, {"first": 101}, {"after": "forged"}, {"first": 1, "last": 1}):
        assert await settled.refused(DELIVERIES, webhook=webhook, **bad) == "BAD_USER_INPUT"
    # A cursor belongs to its list.
    assert await settled.refused(DELIVERIES, after=after) == "BAD_USER_INPUT"
    assert (await settled.ask(DELIVERIES, webhook="x"))["webhookDeliveries"]["nodes"] == []
