"""Webhooks registered, and their secrets: drawn at random, shown once, and rotated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, select

from casework.act import Change, act
from casework.actor import Actor
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.secret import seal
from casework.text import clean
from casework.webhooks.endpoint import OneWebhook, changed, check, record, webhook_of
from casework.webhooks.keeper import may_keep
from casework.webhooks.signature import new_webhook_secret
from casework.webhooks.state import WebhookState
from db import feed
from db.dialect import lock
from db.tables.base import new_key
from db.tables.webhook import Webhook

MOST_WEBHOOKS = 100
"""In one city."""
MOST_OF_ACCOUNT = 10
"""Of those, an account's own."""
OLDER_SECRET = timedelta(days=1)
"""For how long the secret before the newest signs too."""


@dataclass(frozen=True, slots=True)
class RegisterWebhook:
    """Send messages to a URL: about disputes of a region with all below it and, with a `unit_code`, only of
    those that the unit has. No `types` are all. Whoever is no administrator of the whole city is sent what
    lies within their grants, too, and no more."""

    url: str
    region_code: str
    unit_code: str | None = None
    types: tuple[str, ...] = ()
    description: str = ""


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
        await _check_room(change, city)
        check(desk, request.url, request.types, request.description)
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
                account=change.reach.account,
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
        await changed(
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


async def _city_of(change: Change, request: RegisterWebhook) -> str:
    directory = await change.desk.directory.current(change.connection)
    city = directory.city_of(request.region_code)
    if city is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code}))
    if request.unit_code is not None and request.unit_code not in directory.tree.units:
        raise Refused(UserError(ErrorCode.UNKNOWN_UNIT, ("departmentCode",), {"unit": request.unit_code}))
    return city


async def _check_room(change: Change, city: str) -> None:
    """Raises Refused where the account may keep none, or has as many as it may, or the city has."""
    connection, account = change.connection, change.reach.account
    if account is not None and not await may_keep(connection, account):
        raise Refused(UserError(ErrorCode.NOT_ALLOWED))
    await lock(connection, "webhooks")  # so that nobody counts what another is about to add
    count = select(func.count()).select_from(Webhook)
    if (
        account is not None
        and (await connection.scalar(count.where(Webhook.account == account)) or 0) >= MOST_OF_ACCOUNT
    ):
        raise Refused(UserError(ErrorCode.TOO_MANY_OWN_WEBHOOKS, (), {"most": MOST_OF_ACCOUNT}))
    if (await connection.scalar(count.where(Webhook.city == city)) or 0) >= MOST_WEBHOOKS:
        raise Refused(UserError(ErrorCode.TOO_MANY_WEBHOOKS, (), {"most": MOST_WEBHOOKS}))


def _stored(desk: Desk, secret: str) -> str:
    return seal(secret, desk.sealing_key) if desk.sealing_key else secret


def _with_secret(result: Result[UUID], shown: Sequence[str]) -> Result[NewSecret]:
    if result.value is None:
        return Result(errors=result.errors)
    return Result(NewSecret(result.value, shown[-1] if shown else None))
