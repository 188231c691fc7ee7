"""A partner's system registers a webhook with its API key, and is told of its own disputes alone."""

from __future__ import annotations

import httpx

from bench.receiver import Receiver
from casework.account import DisableAccount, GrantRole, disable_account, grant_role, withdraw_role
from casework.actor import Role
from casework.desk import Desk
from schema.schema import schema
from server.app import create_app
from server.settings import Settings, SignInMode
from tests.casework.accounts import KEEPER
from tests.casework.webhooks.hooks import CITY, verified
from tests.journeys.serving import Client
from tests.journeys.test_subscription_rights import OTHER, OWN, SUBMIT, WASTE_WATER, bearer, key_of
from tests.journeys.test_webhooks import arrived, done

FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
LOOK = """
query ($id: ID!) { webhook(id: $id) { id account state } webhooks { id } webhookDeliveries { totalCount } }
"""


class Partner(Client):
    """Asks with a key."""

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        super().__init__(http)
        self.headers = bearer(key)


async def test_a_partner_keeps_its_own_webhook(desk: Desk, city_url: str) -> None:
    keys = [
        await key_of(desk, "clerk-a", Role.CLERK),
        await key_of(desk, "partner-a", Role.PARTNER_SYSTEM, OWN),
        await key_of(desk, "partner-b", Role.PARTNER_SYSTEM, OTHER),
    ]
    settings = Settings(
        database_url=city_url, sign_in=SignInMode.REQUIRED, host="127.0.0.1", webhook_networks="127.0.0.0/8"
    )
    app = create_app(settings, schema)
    async with (
        Receiver() as receiver,
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http,
    ):
        clerk, own, other = (Partner(http, key) for key in keys)
        made = await done(own, "registerWebhook", url=receiver.url, regionCode=CITY)
        webhook, secret = made["webhook"]["id"], made["secret"]
        await done(own, "sendTestEvent", id=webhook)
        assert verified(secret, (test := await arrived(receiver, "webhook.test")).headers, test.body)

        async def submitted(text: str) -> str:
            number: str = (await clerk.ask(SUBMIT, text=text))["submitDispute"]["dispute"]["number"]
            return number

        foreign, number = await submitted(WASTE_WATER), await submitted(FUMES)
        await arrived(receiver, "dispute.assigned", number)
        told = await own.ask(LOOK, id=webhook)
        assert told["webhook"] == {"id": webhook, "account": "partner-a", "state": "ACTIVE"}
        assert told["webhooks"] == [{"id": webhook}]
        assert told["webhookDeliveries"]["totalCount"] >= 4
        assert await other.ask(LOOK, id=webhook) == {
            "webhook": None,
            "webhooks": [],
            "webhookDeliveries": {"totalCount": 0},
        }
        refused = await clerk.post(LOOK, id=webhook)
        assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        # With another grant it is told of the other unit's disputes, and while it is disabled of none.
        assert (await disable_account(desk, KEEPER, DisableAccount("partner-a"))).errors == ()
        second = await submitted(FUMES)
        for place, verb in ((OWN, withdraw_role), (OTHER, grant_role)):
            assert (await verb(desk, KEEPER, GrantRole("partner-a", Role.PARTNER_SYSTEM, place))).errors == ()
        assert (await disable_account(desk, KEEPER, DisableAccount("partner-a", False))).errors == ()
        third = await submitted(WASTE_WATER)
        await arrived(receiver, "dispute.assigned", third)
        subjects = {got.event["subject"] for got in receiver.got}
        assert {number, third} <= subjects
        assert not subjects & {foreign, second}
        counted = (await http.get("/metrics")).text
        assert 'lianxi_webhook_deliveries_total{outcome="failed"} 0.0' in counted
        assert "lianxi_webhook_waiting " in counted
