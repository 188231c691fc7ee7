"""What can be asked about webhooks."""

from __future__ import annotations

import strawberry

from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.state import DeliveryState
from resolvers.context import Context
from resolvers.delivery import DELIVERY, SORT, count_deliveries, page_of_deliveries, select_deliveries
from resolvers.description import Connection, PageQuery
from resolvers.page import Window
from resolvers.webhook import WEBHOOK_BY_ID, WEBHOOKS
from schema.field import relation
from schema.page import WINDOW
from schema.webhook import Webhook, WebhookDeliveryConnection


def _webhook_deliveries(
    context: Context,
    *,
    webhook_id: strawberry.ID | None = None,
    state: DeliveryState | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageQuery:
    return page_of_deliveries(context, webhook_id, state, Window(first, after, last, before))


@strawberry.type
class WebhookQuery:
    """Webhooks and their deliveries."""

    webhooks: list[Webhook] = relation(
        "Webhooks, the oldest first: for administrators all, for others their own.",
        "推送端点列表，先登记的在前；管理员可见全部，其他账号只见自己的。",
        WEBHOOKS,
        roles=WEBHOOK_KEEPERS,
    )
    webhook: Webhook | None = relation(
        "The webhook with an id.",
        "按 id 查询推送端点。",
        WEBHOOK_BY_ID,
        roles=WEBHOOK_KEEPERS,
        id=("Its id.", "全局标识。"),
    )
    webhook_deliveries: WebhookDeliveryConnection = relation(
        "Deliveries, the newest first; with DEAD those that were given up.",
        "推送列表，新者在前；DEAD 为已放弃的。",
        Connection(DELIVERY, (SORT,), _webhook_deliveries, select_deliveries, count_deliveries),
        roles=WEBHOOK_KEEPERS,
        sized=("edges", "nodes"),
        webhook_id=("Of this webhook alone.", "只取此端点。"),
        state=("In this state alone.", "只取此状态。"),
        **WINDOW,
    )
