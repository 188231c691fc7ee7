"""Webhooks as a person keeps them: registered, changed, paused, tried, deleted, with secrets that rotate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.secret import seal
from casework.text import clean, text_errors
from casework.webhooks.address import BadUrl, Fault, target_of
from casework.webhooks.kinds import TEST, is_known
from casework.webhooks.signature import new_webhook_secret
from casework.webhooks.state import DeliveryState, WebhookState
from db import audit, feed, outbox
from db.tables.base import new_key
from db.tables.webhook import Webhook, WebhookDelivery

MOST_WEBHOOKS = 100
"""In one city."""
MOST_TYPES = 50
LONGEST_DESCRIPTION = 200
OLDER_SECRET = timedelta(days=1)
"""For how long the secret before the newest signs too."""


@dataclass(frozen=True, slots=True)
class RegisterWebhook:
    """Send messages to a URL: about disputes of a region with all below it and, with a `unit_code`, only of
    those that the unit has. No `types` are all."""

    url: str
    region_code: str
    unit_code: str | None = None
    types: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class ChangeWebhook:
    """What is None stays as it is. What is not yet fanned out goes by the new filter, all to the new URL."""

    webhook_id: UUID
    expected_version: int
    url: str | None = None
    types: tuple[str, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class OneWebhook:
    """A webhook that something is done to."""

    webhook_id: UUID


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook and its new secret, told once: to a request that is repeated nothing is shown."""

    webhook_id: UUID
    secret: str | None


async def register_webhook(
    desk: Desk, actor: Actor, request: RegisterWebhook, key: str | None = None
) -> Result[NewSecret]:
    """Register a webhook; what happens from now on is sent. Answers with its key and secret."""
    secret = new_webhook_secret()
    shown: list[str] = []

    async def work(change: Change) -> UUID:
        city = await _city_of(change, request)
        _check(desk, request.url, request.types, request.description)
        webhook_id = new_key()
        await change.connection.execute(
            insert(Webhook).values(
                id=webhook_id,
                city=city,
                url=request.url,
                description=clean(request.description),
                types=list(request.types),
                region_code=request.region_code,
                unit_code=request.unit_code,
                secret=_stored(desk, secret),
                state=WebhookState.ACTIVE,
                position=await feed.head(change.connection),
                created_at=change.now,
                created_by=change.actor.id,
                version=1,
            )
        )
        await record(change, city, "register_webhook", webhook_id, asdict(request))
        shown.append(secret)
        return webhook_id

    result = await act(desk, actor, "register_webhook", key, asdict(request), work)
    return _with_secret(result, shown)


async def rotate_webhook_secret(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[NewSecret]:
    """Give a webhook another secret; the one before signs beside it for a day. Answers with the new one."""
    secret = new_webhook_secret()
    shown: list[str] = []

    async def work(change: Change) -> UUID:
        webhook = await webhook_of(change, request.webhook_id)
        await _changed(
            change,
            webhook,
            secret=_stored(desk, secret),
            older_secret=webhook.secret,
            older_until=change.now + OLDER_SECRET,
        )
        await record(change, webhook.city, "rotate_webhook_secret", webhook.id, {})
        shown.append(secret)
        return request.webhook_id

    result = await act(desk, actor, "rotate_webhook_secret", key, asdict(request), work)
    return _with_secret(result, shown)


async def change_webhook(
    desk: Desk, actor: Actor, request: ChangeWebhook, key: str | None = None
) -> Result[UUID]:
    """Change where a webhook sends, or what. Answers with its key."""

    async def work(change: Change) -> UUID:
        webhook = await webhook_of(change, request.webhook_id)
        if webhook.version != request.expected_version:
            raise Refused(UserError(ErrorCode.CONFLICT, ("expectedVersion",), {"version": webhook.version}))
        _check(desk, request.url, request.types or (), request.description or "")
        values: dict[str, Any] = {
            name: value
            for name, value in (
                ("url", request.url),
                ("types", None if request.types is None else list(request.types)),
                ("description", None if request.description is None else clean(request.description)),
            )
            if value is not None
        }
        await _changed(change, webhook, **values)
        await record(change, webhook.city, "change_webhook", webhook.id, values)
        return request.webhook_id

    return await act(desk, actor, "change_webhook", key, asdict(request), work)


async def pause_webhook(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Send nothing more until it is resumed; nothing is lost meanwhile. Answers with its key."""

    async def work(change: Change, webhook: Any) -> None:
        _check_state(webhook, WebhookState.ACTIVE)
        await _changed(change, webhook, state=WebhookState.PAUSED)

    return await _on_webhook(desk, actor, request, key, "pause_webhook", work)


async def resume_webhook(
    desk: Desk, actor: Actor, request: OneWebhook, key: str | None = None
) -> Result[UUID]:
    """Go on where a paused or disabled webhook stopped, at once. Answers with its key."""

    async def work(change: Change, webhook: Any) -> None:
        _check_state(webhook, WebhookState.PAUSED, WebhookState.DISABLED)
        await _changed(change, webhook, state=WebhookState.ACTIVE, disabled_because=None, failing_since=None)
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
            subject=_subject(webhook.id),
            data={"webhook": str(webhook.id)},
            occurred_at=change.now,
        )

    return await _on_webhook(desk, actor, request, key, "send_test_event", work)


async def webhook_of(change: Change, webhook_id: UUID, path: tuple[str, ...] = ("id",)) -> Any:
    """The row of a webhook, locked until the change is over. Raises Refused where there is none."""
    found = (
        await change.connection.execute(
            select(Webhook.__table__).where(Webhook.id == webhook_id).with_for_update()
        )
    ).one_or_none()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_WEBHOOK, path))
    return found


async def record(change: Change, city: str, action: str, webhook_id: UUID, data: Mapping[str, Any]) -> None:
    """One audit record for a verb on a webhook. Write it last."""
    await audit.append(
        change.connection,
        city=city,
        actor=change.actor.id,
        action=action,
        subject=_subject(webhook_id),
        data=data,
        occurred_at=change.now,
    )


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


async def _changed(change: Change, webhook: Any, **values: Any) -> None:
    await change.connection.execute(
        update(Webhook).where(Webhook.id == webhook.id).values(version=webhook.version + 1, **values)
    )


async def _city_of(change: Change, request: RegisterWebhook) -> str:
    directory = await change.desk.directory.current(change.connection)
    city = directory.city_of(request.region_code)
    if city is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code}))
    if request.unit_code is not None and request.unit_code not in directory.tree.units:
        raise Refused(UserError(ErrorCode.UNKNOWN_UNIT, ("departmentCode",), {"unit": request.unit_code}))
    count = select(func.count()).select_from(Webhook).where(Webhook.city == city)
    if (await change.connection.scalar(count) or 0) >= MOST_WEBHOOKS:
        raise Refused(UserError(ErrorCode.TOO_MANY_WEBHOOKS, (), {"most": MOST_WEBHOOKS}))
    return city


def _check(desk: Desk, url: str | None, types: Sequence[str], description: str) -> None:
    errors = [] if url is None else url_errors(desk, url)
    errors += [
        UserError(ErrorCode.UNKNOWN_EVENT_TYPE, ("types", str(at)), {"type": clean(type_)[:100]})
        for at, type_ in enumerate(types)
        if not is_known(type_)
    ]
    if len(types) > MOST_TYPES:
        errors = [UserError(ErrorCode.TOO_MANY_ROWS, ("types",), {"count": len(types), "most": MOST_TYPES})]
    if description := clean(description):
        errors += text_errors(description, ("description",), LONGEST_DESCRIPTION)
    if errors:
        raise Refused(*errors)


def url_errors(desk: Desk, url: str) -> list[UserError]:
    """What is wrong with a URL, as far as it says so itself; its host name is resolved when it is used."""
    try:
        target_of(url, desk.webhook_networks)
    except BadUrl as bad:
        code = (
            ErrorCode.URL_REFUSED if bad.fault in (Fault.ADDRESS, Fault.SCHEME) else ErrorCode.URL_MALFORMED
        )
        return [UserError(code, ("url",))]
    return []


def _check_state(webhook: Any, *allowed: WebhookState) -> None:
    if webhook.state not in allowed:
        values = {"state": webhook.state, "allowed": ", ".join(allowed)}
        raise Refused(UserError(ErrorCode.WEBHOOK_STATE, ("id",), values))


def _stored(desk: Desk, secret: str) -> str:
    return seal(secret, desk.sealing_key) if desk.sealing_key else secret


def _with_secret(result: Result[UUID], shown: Sequence[str]) -> Result[NewSecret]:
    if result.value is None:
        return Result(errors=result.errors)
    return Result(NewSecret(result.value, shown[-1] if shown else None))


def _subject(webhook_id: UUID) -> str:
    return f"webhook/{webhook_id}"
