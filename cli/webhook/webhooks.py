"""`lianxi webhook`: how far webhooks have come, and what is done about deliveries that were given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from casework.actor import Actor
from casework.desk import Desk
from casework.errors import Result
from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.replay import OneDelivery, replay_deliveries, replay_delivery, skip_delivery
from casework.webhooks.webhook_list import DeadHead, WebhookHead, list_dead, list_webhooks
from cli.desk import at_desk
from cli.policy.printing import print_json, print_table
from cli.policy.steps import actor_named, value_of
from cli.speech import Exit, Stop, tell

WEBHOOK_COLUMNS = ("webhook", "account", "url", "status", "waiting", "dead", "failing_since")
DEAD_COLUMNS = ("delivery", "webhook", "type", "subject", "dead_since", "last_answer")


def show(*, as_json: bool) -> None:
    """All webhooks, with how many deliveries wait and are dead."""

    async def work(desk: Desk) -> list[WebhookHead]:
        async with desk.database.read() as connection:
            return await list_webhooks(connection)

    heads = at_desk(work)
    if as_json:
        print_json(heads)
        return
    rows = (
        (each.id, each.account, each.url, each.state, each.waiting, each.dead, each.failing_since)
        for each in heads
    )
    print_table(WEBHOOK_COLUMNS, rows)


def show_dead(most: int, *, as_json: bool) -> None:
    """The deliveries that were given up, those of longest ago first."""

    async def work(desk: Desk) -> list[DeadHead]:
        async with desk.database.read() as connection:
            return await list_dead(connection, most)

    heads = at_desk(work)
    if as_json:
        print_json(heads)
        return
    print_table(DEAD_COLUMNS, (_dead_row(head) for head in heads))


def replay(delivery: str | None, webhook: str | None, account: str | None) -> None:
    """Try a dead delivery again, or all of a webhook. Raises Stop."""
    if (delivery is None) == (webhook is None):
        raise Stop(Exit.USAGE, tell("webhook.one_of_both"))
    if delivery is not None:
        one = OneDelivery(_key(delivery))
        _done(account, lambda desk, actor: replay_delivery(desk, actor, one))
    else:
        every = OneWebhook(_key(webhook or ""))
        _done(account, lambda desk, actor: replay_deliveries(desk, actor, every))
    print(tell("webhook.replayed"))


def skip(delivery: str, account: str | None) -> None:
    """Pass over a dead delivery. Raises Stop."""
    one = OneDelivery(_key(delivery))
    _done(account, lambda desk, actor: skip_delivery(desk, actor, one))
    print(tell("webhook.skipped"))


def _done(account: str | None, verb: Callable[[Desk, Actor], Awaitable[Result[UUID]]]) -> None:
    actor = actor_named(account)

    async def work(desk: Desk) -> None:
        value_of(await verb(desk, actor))

    at_desk(work)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Stop(Exit.USAGE, tell("webhook.no_key", text=text[:80])) from None


def _dead_row(head: DeadHead) -> tuple[object, ...]:
    answer = head.last_status if head.last_status is not None else head.last_problem
    return (head.id, head.webhook_id, head.type, head.subject, head.dead_since, answer)
