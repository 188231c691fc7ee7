"""Messages on their way: sent signed, again after failures, in order, by whichever process is alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bench.receiver import BUSY, OK, Receiver
from casework.desk import Desk
from casework.tally import Attempt, Backlog
from casework.webhooks.backlog import backlog
from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.queue import due, take
from casework.webhooks.registration import rotate_webhook_secret
from casework.webhooks.replay import OneDelivery, replay_delivery, skip_delivery
from casework.webhooks.schedule import Schedule
from casework.webhooks.signature import PREFIX
from casework.webhooks.state import Because, WebhookState
from casework.webhooks.upkeep import pause_webhook, send_test_event
from server.webhooks.delivering import Postman, delivering
from tests.casework.webhooks.hooks import (
    CITY,
    KEEPER,
    LOOPBACK,
    Clock,
    at_clock,
    deliveries,
    fanned_out,
    put,
    registered,
    verified,
    webhook_row,
)

QUICK = Schedule(first=timedelta(seconds=5), attempts=3, patience=timedelta(days=1))


@dataclass
class Office:
    """A desk, its clock, a worker and a receiver with one webhook that leads to it."""

    desk: Desk
    clock: Clock
    postman: Postman
    receiver: Receiver
    webhook: Any
    secret: str

    async def work(self) -> None:
        """One look, until all that it began is over."""
        await self.postman.look()
        await self.postman.settled()

    def answers(self, *statuses: bytes) -> None:
        """What the receiver answers, in turn; then OK."""
        rest = list(statuses)
        self.receiver.answer = lambda _: rest.pop(0) if rest else OK

    @property
    def seen(self) -> list[tuple[str, int]]:
        """Subject and sequence of what arrived."""
        return [(got.event["subject"], got.event["data"]["sequence"]) for got in self.receiver.got]

    async def states(self) -> list[tuple[str, int, str]]:
        """Subject, sequence and state of all deliveries."""
        return [(row.subject, row.data["sequence"], row.state) for row in await deliveries(self.desk)]


@pytest.fixture
async def office(desk: Desk) -> AsyncIterator[Office]:
    clock = Clock()
    own = at_clock(desk, clock, webhook_networks=LOOPBACK)
    postman = Postman(own, QUICK)
    async with Receiver() as receiver:
        new = await registered(own, receiver.url)
        assert new.secret is not None
        yield Office(own, clock, postman, receiver, new.webhook_id, new.secret)
    await postman.close()


async def test_what_came_of_attempts_is_counted_and_what_waits(office: Office) -> None:
    begun = office.clock.now
    for sequence in (1, 2):
        await put(office.desk, "s1", sequence)
    office.answers(BUSY, BUSY, BUSY)
    await office.work()
    assert await backlog(office.desk) == Backlog(2, begun)
    for _ in range(2):
        office.clock.pass_(timedelta(hours=1))
        await office.work()
    await put(office.desk, "s2", 1)
    await office.work()
    counts = {Attempt.DELIVERED: 1, Attempt.FAILED: 2, Attempt.DEAD: 1}
    assert office.desk.tally.attempts == counts
    # What is behind one that was given up waits for somebody.
    assert await backlog(office.desk) == Backlog(1, begun)
    assert (await pause_webhook(office.desk, KEEPER, OneWebhook(office.webhook))).errors == ()
    assert await backlog(office.desk) == Backlog(0, None)


async def test_a_message_arrives_as_cloudevents_and_signed(office: Office) -> None:
    key = await put(office.desk, "s1", 1)
    await office.work()
    (got,) = office.receiver.got
    assert got.path == "/events"
    assert got.headers["host"] == f"127.0.0.1:{office.receiver.port}"
    assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert got.headers["webhook-id"] == got.event["id"] == str(key)
    assert got.headers["webhook-timestamp"] == str(int(office.clock.now.timestamp()))
    assert verified(office.secret, got.headers, got.body)
    assert not verified(office.secret, got.headers, got.body + b" ")
    assert got.event == {
        "specversion": "1.0",
        "id": str(key),
        "source": f"/lianxi/{CITY}",
        "type": "lianxi.policy.published.v1",
        "subject": "s1",
        "time": "2026-11-21T02:00:00Z",
        "datacontenttype": "application/json",
        "data": {"sequence": 1},
    }
    (row,) = await deliveries(office.desk)
    assert (row.state, row.attempts, row.last_status, row.last_problem) == ("delivered", 1, 204, None)
    assert row.delivered_at == office.clock.now
    assert await due(office.desk) == []


async def test_both_live_secrets_sign_for_a_day(office: Office) -> None:
    result = await rotate_webhook_secret(office.desk, KEEPER, OneWebhook(office.webhook))
    assert result.value is not None
    newer = result.value.secret
    assert newer is not None
    assert newer.startswith(PREFIX)
    await put(office.desk, "s1", 1)
    await office.work()
    office.clock.pass_(timedelta(days=1))
    await put(office.desk, "s1", 2)
    await office.work()
    during, after = office.receiver.got
    assert [verified(secret, during.headers, during.body) for secret in (office.secret, newer)] == [True] * 2
    assert [verified(secret, after.headers, after.body) for secret in (office.secret, newer)] == [False, True]


async def test_a_failure_is_tried_again_later_under_the_same_id(office: Office) -> None:
    office.answers(BUSY)
    await put(office.desk, "s1", 1)
    await office.work()
    await office.work()  # too early
    assert len(office.receiver.got) == 1
    assert (await webhook_row(office.desk, office.webhook)).failing_since == office.clock.now
    office.clock.pass_(timedelta(seconds=6))
    await office.work()
    first, second = office.receiver.got
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert (await webhook_row(office.desk, office.webhook)).failing_since is None


async def test_a_dispute_keeps_its_order_and_others_pass(office: Office) -> None:
    office.receiver.answer = lambda got: BUSY if got.event["subject"] == "a" else OK
    for subject, sequence in (("a", 1), ("b", 1), ("a", 2), ("b", 2)):
        await put(office.desk, subject, sequence)
    await office.work()
    assert sorted(office.seen) == [("a", 1), ("b", 1), ("b", 2)]
    office.answers()
    office.clock.pass_(timedelta(seconds=6))
    await office.work()
    assert office.seen[3:] == [("a", 1), ("a", 2)]


async def dead(office: Office) -> Any:
    """A delivery that was given up, with another one of the same dispute behind it."""
    office.answers(*[BUSY] * QUICK.attempts)
    await put(office.desk, "a", 1)
    await put(office.desk, "a", 2)
    for _ in range(QUICK.attempts):
        await office.work()
        office.clock.pass_(timedelta(minutes=1))
    assert await office.states() == [("a", 1, "dead"), ("a", 2, "behind")]
    await office.work()
    assert len(office.receiver.got) == QUICK.attempts
    return (await deliveries(office.desk))[0]


async def test_what_is_given_up_holds_the_rest_until_it_is_replayed(office: Office) -> None:
    given_up = await dead(office)
    assert given_up.dead_since is not None
    assert (await replay_delivery(office.desk, KEEPER, OneDelivery(given_up.id))).value == given_up.id
    await office.work()
    assert office.seen[QUICK.attempts :] == [("a", 1), ("a", 2)]
    assert {state for _, _, state in await office.states()} == {"delivered"}


async def test_or_skipped(office: Office) -> None:
    given_up = await dead(office)
    assert (await skip_delivery(office.desk, KEEPER, OneDelivery(given_up.id))).value == given_up.id
    await office.work()
    assert office.seen[QUICK.attempts :] == [("a", 2)]
    assert await office.states() == [("a", 1, "skipped"), ("a", 2, "delivered")]


async def test_a_receiver_says_when_to_come_back(office: Office) -> None:
    office.answers(b"HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n")
    await put(office.desk, "s1", 1)
    await office.work()
    (row,) = await deliveries(office.desk)
    assert row.next_at == office.clock.now + timedelta(seconds=120)


async def test_who_is_gone_gets_nothing_more(office: Office) -> None:
    office.answers(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
    await put(office.desk, "s1", 1)
    await office.work()
    office.clock.pass_(timedelta(hours=1))
    await put(office.desk, "s2", 1)
    await office.work()
    webhook = await webhook_row(office.desk, office.webhook)
    assert (webhook.state, webhook.disabled_because) == (WebhookState.DISABLED, Because.GONE)
    assert len(office.receiver.got) == 1


async def test_who_fails_for_days_is_disabled(office: Office) -> None:
    office.receiver.answer = lambda _: BUSY
    await put(office.desk, "s1", 1)
    await office.work()
    office.clock.pass_(QUICK.patience)
    await office.work()
    webhook = await webhook_row(office.desk, office.webhook)
    assert (webhook.state, webhook.disabled_because) == (WebhookState.DISABLED, Because.FAILING)


async def test_power_cut_between_sending_and_marking(office: Office) -> None:
    await put(office.desk, "a", 1)
    await put(office.desk, "a", 2)
    await fanned_out(office.desk, office.webhook)
    # A worker takes the first, and dies; whether it has sent it, nobody knows.
    (lost,) = await take(office.desk, office.webhook, 8)
    await office.work()
    assert office.receiver.got == []
    office.clock.pass_(QUICK.lease)
    await office.work()
    assert office.seen == [("a", 1), ("a", 2)]
    assert office.receiver.got[0].headers["webhook-id"] == str(lost.message.id)
    assert [row.attempts for row in await deliveries(office.desk)] == [2, 1]


async def test_a_test_event_goes_to_its_own_webhook_alone(office: Office) -> None:
    other = await registered(office.desk, office.receiver.url)
    assert (await send_test_event(office.desk, KEEPER, OneWebhook(other.webhook_id))).value
    await office.work()
    (got,) = office.receiver.got
    assert got.event["type"] == "lianxi.webhook.test.v1"
    assert got.event["data"] == {"webhook": str(other.webhook_id)}
    assert other.secret is not None
    assert verified(other.secret, got.headers, got.body)


async def test_several_workers_share_the_work(office: Office) -> None:
    others = [Postman(office.desk, QUICK) for _ in range(3)]
    for sequence in range(1, 6):
        for subject in "abcd":
            await put(office.desk, subject, sequence)
    for _ in range(3):
        for postman in (office.postman, *others):
            await postman.look()
        for postman in (office.postman, *others):
            await postman.settled()
    assert len(office.seen) == len(set(office.seen)) == 20
    for subject in "abcd":
        assert [sequence for own, sequence in office.seen if own == subject] == [1, 2, 3, 4, 5]


async def test_a_server_delivers_as_long_as_it_serves(office: Office) -> None:
    async with delivering(office.desk):
        await put(office.desk, "s1", 1)
        while not office.receiver.got:  # noqa: ASYNC110 - it is the receiver that tells
            await asyncio.sleep(0.01)
    assert office.seen == [("s1", 1)]
