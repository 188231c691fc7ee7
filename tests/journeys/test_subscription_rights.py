"""Who subscribes hears of nothing that is none of their business, and of nothing at all once they may not."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from casework.account import AddAccount, GrantRole, add_account, grant_role
from casework.actor import Role
from casework.api_key import IssueApiKey, RevokeApiKey, issue_api_key, revoke_api_key
from casework.desk import Desk
from server.settings import SignInMode
from tests.casework.accounts import KEEPER
from tests.server.subscriptions.listener import CHANGES, PATIENCE_SECONDS, Hub, bare, hub, subscriber

PUBLIC: dict[str, Any] = {"sign_in": SignInMode.REQUIRED, "host": "127.0.0.1"}
OWN, OTHER = "990102-urban-management", "990102-ecology"
INBOX = """
subscription($department: String!, $after: Int) {
  assignmentInbox(department: $department, after: $after) { number }
}
"""
KINDS = ("submitted", "routed", "assigned")
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
WASTE_WATER = "化工厂夜里向河里偷排废水,河水发黑发臭。"
SUBMIT = """
mutation($text: String!) {
  submitDispute(input: { description: $text, regionCode: "990102001", channel: WEB }) {
    dispute { number } errors { code }
  }
}
"""


async def key_of(desk: Desk, account: str, role: Role, unit: str | None = None) -> str:
    """An API key of a new account."""
    assert (await add_account(desk, KEEPER, AddAccount(account, account))).value is not None
    assert (await grant_role(desk, KEEPER, GrantRole(account, role, unit))).value is not None
    issued = (await issue_api_key(desk, KEEPER, IssueApiKey(account, "test", (role,)))).value
    assert issued is not None
    assert issued.secret is not None
    return issued.secret


def bearer(key: str) -> dict[str, str]:
    """What the client says when it connects."""
    return {"Authorization": f"Bearer {key}"}


async def submit(server: Hub, key: str, text: str = FUMES) -> str:
    """The number of a new dispute; FUMES are led by OWN, WASTE_WATER by OTHER."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, headers=bearer(key)) as client:
        answer = (
            await client.post(
                f"{server.address}/graphql", json={"query": SUBMIT, "variables": {"text": text}}
            )
        ).json()
    assert "errors" not in answer, answer
    number: str = answer["data"]["submitDispute"]["dispute"]["number"]
    return number


async def test_a_unit_hears_of_its_own_disputes_alone(desk: Desk, city_url: str) -> None:
    clerk = await key_of(desk, "clerk-a", Role.CLERK)
    own = await key_of(desk, "lead-a", Role.UNIT_LEAD, OWN)
    other = await key_of(desk, "lead-b", Role.UNIT_LEAD, OTHER)
    async with (
        hub(city_url, **PUBLIC) as server,
        subscriber(server, bearer(own)) as there,
        subscriber(server, bearer(other)) as elsewhere,
        subscriber(server, bearer(clerk)) as everywhere,
    ):
        for client in (there, elsewhere, everywhere):
            await client.listen(CHANGES)
            await client.listen(INBOX, department=OWN)
        number = await submit(server, clerk)
        for client in (there, everywhere):
            heard = [(await client.next())["payload"]["data"] for _ in range(4)]
            changes = [each["disputeChanged"] for each in heard if "disputeChanged" in each]
            assert {change["dispute"]["number"] for change in changes} == {number}
            assert len(changes) == 3
        # What it hears first is of a dispute of its own, so it has not heard of the other one.
        another = await submit(server, clerk, WASTE_WATER)
        for _ in KINDS:
            assert (await elsewhere.heard())["dispute"] == {
                "id": ANY,
                "number": another,
                "status": "ASSIGNED",
                "leadDepartment": {"code": OTHER},
            }
        # Nor is it told of that when it asks for what was.
        await elsewhere.subscribe(CHANGES, after=changes[0]["number"] - 1)
        assert (await elsewhere.heard())["dispute"]["number"] == another


async def test_who_is_nobody_hears_what_is_public(city_url: str) -> None:
    async with hub(city_url, **PUBLIC) as server, subscriber(server) as client:
        await client.subscribe(CHANGES)
        told = await client.next()
        assert told["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        await client.subscribe("subscription { policyPublished { number version { number } } }")
        await client.settled()


@pytest.mark.parametrize("credential", ["Bearer lx_aaaaaaaa_nothing", "Bearer ", "Basic eDp5", "x" * 9_000])
async def test_a_bad_credential_lets_nobody_in(sqlite_url: str, credential: str) -> None:
    async with hub(sqlite_url, **PUBLIC) as server, bare(server) as client:
        await client.tell(type="connection_init", payload={"authorization": credential})
        assert await client.code() == 4403


async def test_a_key_that_is_revoked_ends_what_it_began(desk: Desk, city_url: str) -> None:
    key = await key_of(desk, "clerk-a", Role.CLERK)
    other = await key_of(desk, "clerk-b", Role.CLERK)
    stream = {"accept": "text/event-stream", **bearer(key)}
    async with (
        hub(city_url, **PUBLIC) as server,
        subscriber(server, bearer(key)) as client,
        subscriber(server, bearer(other)) as stays,
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http,
        http.stream("POST", f"{server.address}/graphql", json={"query": CHANGES}, headers=stream) as response,
    ):
        for one in (client, stays):
            await one.listen(CHANGES)
        await revoke_api_key(desk, KEEPER, RevokeApiKey(key.split("_")[1]))
        server.app.endpoint.sign_in.forget()
        await server.app.sockets.look()
        await server.app.endpoint.streams.look()
        assert await client.code() == 4403
        told = (await response.aread()).decode().split("\n\n")
        assert (
            json.loads(told[0].partition("data: ")[2])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        )
        assert told[1].startswith("event: complete")
        await submit(server, other)
        assert (await stays.heard())["number"] > 0
