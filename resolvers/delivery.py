"""Deliveries of webhooks, for reading: pages of them, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, String, Uuid, bindparam, exists, func, select, tuple_

from casework.reach import own, values_of
from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.state import DeliveryState
from db.tables.webhook import Webhook, WebhookDelivery
from resolvers.context import Context
from resolvers.cursor import read_cursor
from resolvers.description import PageQuery, Relation, Source
from resolvers.errors import BadUserInput
from resolvers.identity import uuid_or_nobody
from resolvers.page import Window, page_size
from resolvers.webhook import WEBHOOK

_kept = Webhook.__table__.alias("kept")
DELIVERY = Source(
    "WebhookDelivery",
    WebhookDelivery,
    without=frozenset({"withheld"}),
    own=exists().where(_kept.c.id == WebhookDelivery.__table__.c.webhook_id, own(_kept.c.account)),
    roles=WEBHOOK_KEEPERS,
)
"""One message on its way to one webhook, which is one's own."""
CHANGED_DELIVERY = Relation(DELIVERY, on=(("changed", "key"),))
"""The delivery that a mutation changed."""
WEBHOOK_OF_DELIVERY = Relation(WEBHOOK, on=(("webhook_id", "key"),))

SORT = "created_at"
_COLUMNS = DELIVERY.columns
_PLACE = tuple_(_COLUMNS[SORT], _COLUMNS["key"])


class Shape(NamedTuple):
    """All that the statement of a page depends on, but for its values."""

    webhook: bool
    state: bool
    after: bool
    before: bool
    backward: bool


def page_of_deliveries(
    context: Context, webhook_id: str | None, state: DeliveryState | None, window: Window
) -> PageQuery:
    """The page that a window shows. Raises BadUserInput for sizes and cursors that make no sense."""
    size = page_size(context, window)
    seal = f"deliveries {webhook_id} {state}"
    values: dict[str, Any] = {"size": size + 1, **values_of(context.reach)}
    if webhook_id is not None:
        values["of_webhook"] = uuid_or_nobody(webhook_id, "Webhook")
    if state is not None:
        values["in_state"] = state.value
    for argument, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            values[argument], values[f"{argument}_key"] = _read(context, seal, argument, cursor)
    shape = Shape(
        webhook_id is not None,
        state is not None,
        window.after is not None,
        window.before is not None,
        window.last is not None,
    )
    return PageQuery(
        shape=shape,
        values=values,
        size=size,
        backward=shape.backward,
        after=shape.after,
        before=shape.before,
        seal=seal,
        sort=SORT,
        slow=shape.webhook or shape.state or context.reach.account is not None,
    )


def select_deliveries(shape: Shape, names: Sequence[str] | None) -> Select[Any]:
    """Deliveries between two places of the list, from its start or from its end."""
    places = []
    if shape.after:
        places.append(_bound("after") > _PLACE)
    if shape.before:
        places.append(_bound("before") < _PLACE)
    keys = (_COLUMNS[SORT], _COLUMNS["key"])
    order = [key.asc() if shape.backward else key.desc() for key in keys]
    rows = select(*DELIVERY.chosen(names)).select_from(DELIVERY.origin)
    return rows.where(*_wanted(shape), *places).order_by(*order).limit(bindparam("size", type_=Integer()))


def count_deliveries(shape: Shape) -> Select[Any]:
    """How many deliveries the whole list has."""
    return select(func.count()).select_from(DELIVERY.origin).where(*_wanted(shape))


def _wanted(shape: Shape) -> list[ColumnElement[bool]]:
    webhook = _COLUMNS["webhook_id"] == bindparam("of_webhook", type_=Uuid())
    state = _COLUMNS["state"] == bindparam("in_state", type_=String())
    asked = [*([webhook] if shape.webhook else []), *([state] if shape.state else [])]
    return [*asked, *DELIVERY.reachable(None)]


def _read(context: Context, seal: str, argument: str, cursor: str) -> tuple[datetime, UUID]:
    found = read_cursor(seal, cursor)
    try:
        if found is not None:
            moment = datetime.fromisoformat(found[0])
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), found[1]
    except (ValueError, OverflowError):
        pass
    raise BadUserInput("input.cursor", context.language, argument=argument)


def _bound(name: str) -> ColumnElement[Any]:
    return tuple_(bindparam(name, type_=_COLUMNS[SORT].type), bindparam(f"{name}_key", type_=Uuid()))
