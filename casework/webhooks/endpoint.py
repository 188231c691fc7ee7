"""What all verbs on webhooks share: the row, what it may hold, and the record of what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, UserError
from casework.reach import own, values_of
from casework.text import clean, text_errors
from casework.webhooks.address import BadUrl, Fault, target_of
from casework.webhooks.kinds import is_known
from db import audit
from db.tables.webhook import Webhook

MOST_TYPES = 50
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class OneWebhook:
    """A webhook that something is done to."""

    webhook_id: UUID


async def webhook_of(change: Change, webhook_id: UUID, path: tuple[str, ...] = ("id",)) -> Any:
    """The row of a webhook, locked until the change is over. Raises Refused where there is none, and alike
    where it is another account's."""
    wanted = select(Webhook.__table__).where(Webhook.id == webhook_id, own(Webhook.__table__.c.account))
    found = (await change.connection.execute(wanted.with_for_update(), values_of(change.reach))).one_or_none()
    if found is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_WEBHOOK, path))
    return found


async def changed(change: Change, webhook: Any, **values: Any) -> None:
    await change.connection.execute(
        update(Webhook).where(Webhook.id == webhook.id).values(version=webhook.version + 1, **values)
    )


def check(desk: Desk, url: str | None, types: Sequence[str], description: str) -> None:
    errors = [] if url is None else _url_errors(desk, url)
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


def _url_errors(desk: Desk, url: str) -> list[UserError]:
    """What is wrong with a URL, as far as it says so itself; its host name is resolved when it is used."""
    try:
        target_of(url, desk.webhook_networks)
    except BadUrl as bad:
        code = (
            ErrorCode.URL_REFUSED if bad.fault in (Fault.ADDRESS, Fault.SCHEME) else ErrorCode.URL_MALFORMED
        )
        return [UserError(code, ("url",))]
    return []


async def record(change: Change, city: str, action: str, webhook_id: UUID, data: Mapping[str, Any]) -> None:
    """One audit record for a verb on a webhook. Write it last."""
    await audit.append(
        change.connection,
        city=city,
        actor=change.actor.id,
        action=action,
        subject=subject_of(webhook_id),
        data=data,
        occurred_at=change.now,
    )


def subject_of(webhook_id: UUID) -> str:
    return f"webhook/{webhook_id}"
