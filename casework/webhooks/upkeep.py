"""Webhooks as a person keeps them: changed, paused, resumed, tried, deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.text import clean
from casework.webhooks.endpoint import OneWebhook, changed, check, record, subject_of, webhook_of
from casework.webhooks.kinds import TEST
from casework.webhooks.state import DeliveryState, WebhookState
from db import outbox
from db.tables.webhook import Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class ChangeWebhook:
    """What is None stays as it is. What is not yet fanned out goes by the new filter, all to the new URL."""

    webhook_id: UUID
    expected_version: int
    url: str | None = None
    types: tuple[str, ...] | None = None
    description: str | None = None


async def change_webhook(
    desk: Desk, actor: Actor, request: ChangeWebhook, key: str | None = None
) -> Result[UUID]:
    """Change where a webhook sends, or what. Answers with its key."""

    async def work(change: Change) -> UUID:
        webhook = await webhook_of(change, request.webhook_id)
        if webhook.version != request.expected_version:
            raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": webhook.version}))
        check(desk, request.url, request.types or (), request.description or "")
        values: dict[str, Any] = {
            name: value
            for name, value in (
                ("url", request.url),
                ("types", None if request.types is None else list(request.types)),
                ("description", None if request.description is None else clean(request.description)),
            )
            if value is not None
        }
        await changed(change, webhook, **values)
        await record(change, webhook.city, "change_webhook", webhook.id, values)
        return request.webhook_id

    return await act(desk, actor, "change_webhook", key, asdict(request), work)


async def pause_webhook(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Send nothing more until it is resumed; nothing is lost meanwhile. Answers with its key."""

    async def work(change: Change, webhook: Any) -> None:
        _check_state(webhook, WebhookState.ACTIVE)
        await changed(change, webhook, state=WebhookState.PAUSED)

    return await _on_webhook(desk, actor, request, key, "pause_webhook", work)


async def resume_webhook(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Go on where a paused or disabled webhook stopped, at once. Answers with its key."""

    async def work(change: Change, webhook: Any) -> None:
        _check_state(webhook, WebhookState.PAUSED, WebhookState.DISABLED)
        await changed(change, webhook, state=WebhookState.ACTIVE, disabled_because=None, failing_since=None)
        await change.connection.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == DeliveryState.WAITING)
            .values(next_at=change.now)
        )

    return await _on_webhook(desk, actor, request, key, "resume_webhook", work)


async def delete_webhook(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Forget a webhook and its deliveries. Answers with the key that it had."""

    async def work(change: Change, webhook: Any) -> None:
        connection = change.connection
        await connection.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id))
        await connection.execute(delete(Webhook).where(Webhook.id == webhook.id))

    return await _on_webhook(desk, actor, request, key, "delete_webhook", work)


async def send_test_event(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Send one message to this webhook alone, as all others are sent. Answers with the webhook's key."""

    async def work(change: Change, webhook: Any) -> None:
        _check_state(webhook, WebhookState.ACTIVE)
        await outbox.put(
            change.connection,
            city=webhook.city,
            type=TEST,
            subject=subject_of(webhook.id),
            data={"webhook": str(webhook.id)},
            occurred_at=change.now,
        )

    return await _on_webhook(desk, actor, request, key, "send_test_event", work)


async def _on_webhook(
    desk: Desk,
    actor: Actor,
    request: OneWebhook,
    key: str | None,
    action: str,
    do: Callable[[Change, Any], Awaitable[None]],
) -> Result[UUID]:
    async def work(change: Change) -> UUID:
        webhook = await webhook_of(change, request.webhook_id)
        await do(change, webhook)
        await record(change, webhook.city, action, webhook.id, {})
        return request.webhook_id

    return await act(desk, actor, action, key, asdict(request), work)


def _check_state(webhook: Any, *allowed: WebhookState) -> None:
    if webhook.state not in allowed:
        values = {"state": webhook.state, "allowed": ", ".join(allowed)}
        raise Refused(UserError(ErrorCode.WEBHOOK_STATE, ("id",), values))
