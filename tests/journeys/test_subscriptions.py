"""Partners hear of what happens, whichever server it happens at, and lose nothing when they were away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from casework.actor import DEMO_ADMINISTRATOR, Actor
from casework.civil import CHINA
from casework.deadline import warn
from casework.desk import Desk
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.publication import publish_policy
from tests.server.subscriptions.listener import CHANGES, hub, subscriber
from tests.shipped import shipped_policy

KINDS = [f"lianxi.dispute.{kind}.v1" for kind in ("submitted", "routed", "assigned")]
EDITOR = Actor.of("editor-a", "rule_editor")
INBOX = """
subscription($department: String!, $after: Int) {
  assignmentInbox(department: $department, after: $after) {
    number type department { code } dispute { number } assignment { role department { code } endedAt }
  }
}
"""
PUBLICATIONS = """
subscription($key: String, $after: Int) {
  policyPublished(policyKey: $key, after: $after) { number type version { number policy { key } } }
}
"""
WARNINGS = """
subscription($department: String!, $after: Int) {
  deadlineWarning(department: $department, after: $after) {
    type due department { code } dispute { leadDepartment { code } deadlines { dueAt } }
  }
}
"""
REASSIGN = """
mutation($input: ReassignDisputeInput!) {
  reassignDispute(input: $input) { dispute { number } errors { code message } }
}
"""


async def test_what_happens_is_told_in_order_and_goes_on_after_a_number(city_url: str) -> None:
    async with hub(city_url) as server:
        async with subscriber(server) as client:
            await client.listen(CHANGES)
            dispute = await server.submit()
            heard = [await client.heard() for _ in KINDS]
        assert [each["type"] for each in heard] == KINDS
        assert {each["dispute"]["id"] for each in heard} == {dispute["id"]}
        numbers = [each["number"] for each in heard]
        assert numbers == sorted(set(numbers))
        away = [(await server.submit())["number"] for _ in range(3)]
        async with subscriber(server) as client:
            await client.subscribe(CHANGES, after=numbers[1])
            again = [await client.heard() for _ in range(1 + 3 * len(KINDS))]
        assert again[0] == heard[2]
        assert [each["dispute"]["number"] for each in again[1:]] == [n for n in away for _ in KINDS]
        assert [each["type"] for each in again[1:]] == 3 * KINDS


async def test_two_servers_tell_the_same_under_the_same_numbers(city_url: str) -> None:
    async with hub(city_url) as one, hub(city_url) as other:
        async with subscriber(one) as here, subscriber(other) as there:
            for client in (here, there):
                await client.listen(CHANGES)
            for server in (one, other, one):
                await server.submit()
            heard = [[await client.heard() for _ in range(9)] for client in (here, there)]
        assert heard[0] == heard[1]
        async with subscriber(other) as client:
            await client.subscribe(CHANGES, after=heard[0][3]["number"])
            assert [await client.heard() for _ in range(5)] == heard[0][4:]


async def test_a_filter_looks_at_the_dispute_as_it_is(city_url: str) -> None:
    async with hub(city_url) as server, subscriber(server) as client:
        await client.listen(CHANGES, filter={"channel": ["LETTER"], "status": ["ASSIGNED"]})
        await server.submit()
        dispute = await server.submit(channel="LETTER")
        assert [(await client.heard())["dispute"]["number"] for _ in KINDS] == 3 * [dispute["number"]]


async def test_a_department_hears_what_it_is_assigned(city_url: str) -> None:
    async with hub(city_url) as server, subscriber(server) as client:
        dispute = await server.submit()
        other = "990102-ecology"
        assert dispute["leadDepartment"]["code"] != other
        await client.listen(INBOX, department=other)
        await server.submit()
        given = {"id": dispute["id"], "leadDepartmentCode": other, "reason": "属其职责"}
        done = (await server.ask(REASSIGN, input=given))["reassignDispute"]
        assert done["errors"] == []
        item = await client.heard("assignmentInbox")
        assert item["dispute"]["number"] == dispute["number"]
        assert item["department"]["code"] == other
        assert item["assignment"] == {"role": "LEAD", "department": {"code": other}, "endedAt": None}


async def test_a_publication_is_told(desk: Desk, city_url: str) -> None:
    async with hub(city_url) as server, subscriber(server) as client:
        await client.listen(PUBLICATIONS, key="municipal")
        policy = replace(shipped_policy("municipal"), title="职责分工（修订）")
        published = (await publish_policy(desk, EDITOR, policy, "990100")).version
        assert published is not None
        told = await client.heard("policyPublished")
        assert told["version"] == {"number": published.number, "policy": {"key": "municipal"}}


async def test_a_department_is_warned_of_a_term(desk: Desk, city_url: str) -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=CHINA)
    complaint = SubmitDispute("小区楼下的烧烤店油烟很大,熏得没法开窗。", "990102001", Channel.WEB)
    assert (await submit_dispute(replace(desk, clock=lambda: monday), DEMO_ADMINISTRATOR, complaint)).value
    async with hub(city_url) as server, subscriber(server) as client:
        await client.listen(WARNINGS, department="990102-urban-management")
        assert await warn(replace(desk, clock=lambda: monday + timedelta(days=7))) == 1
        told = await client.heard("deadlineWarning")
    assert told["due"] == "2026-11-30T16:00:00+00:00", "in UTC, as all moments"
    assert told["dispute"]["deadlines"] == [{"dueAt": told["due"]}]
    assert (
        told["department"]["code"] == told["dispute"]["leadDepartment"]["code"] == "990102-urban-management"
    )
