"""Mutations of webhooks."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.registration import register_webhook, rotate_webhook_secret
from casework.webhooks.replay import replay_deliveries, replay_delivery, skip_delivery
from casework.webhooks.upkeep import (
    change_webhook,
    delete_webhook,
    pause_webhook,
    resume_webhook,
    send_test_event,
)
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.verb import Done, carry_out
from resolvers.webhook import DoneWithSecret, carry_out_with_secret
from schema.field import relation
from schema.webhook import (
    DeleteWebhookPayload,
    WebhookDeliveryPayload,
    WebhookPayload,
    WebhookSecretPayload,
)
from schema.webhook_input import (
    ChangeWebhookInput,
    RegisterWebhookInput,
    ReplayDeliveriesInput,
    WebhookDeliveryInput,
    WebhookInput,
)

WHICH = ("Which.", "哪一个。")


def _register(context: Context, *, input: RegisterWebhookInput) -> Awaitable[DoneWithSecret]:
    return carry_out_with_secret(context, register_webhook, input.request(), input.client_mutation_id)


def _rotate(context: Context, *, input: WebhookInput) -> Awaitable[DoneWithSecret]:
    return carry_out_with_secret(context, rotate_webhook_secret, input.request(), input.client_mutation_id)


def _change(context: Context, *, input: ChangeWebhookInput) -> Awaitable[Done]:
    return carry_out(context, change_webhook, input.request(), input.client_mutation_id)


def _pause(context: Context, *, input: WebhookInput) -> Awaitable[Done]:
    return carry_out(context, pause_webhook, input.request(), input.client_mutation_id)


def _resume(context: Context, *, input: WebhookInput) -> Awaitable[Done]:
    return carry_out(context, resume_webhook, input.request(), input.client_mutation_id)


def _delete(context: Context, *, input: WebhookInput) -> Awaitable[Done]:
    return carry_out(context, delete_webhook, input.request(), input.client_mutation_id)


def _test(context: Context, *, input: WebhookInput) -> Awaitable[Done]:
    return carry_out(context, send_test_event, input.request(), input.client_mutation_id)


def _replay(context: Context, *, input: WebhookDeliveryInput) -> Awaitable[Done]:
    return carry_out(context, replay_delivery, input.request(), input.client_mutation_id)


def _replay_all(context: Context, *, input: ReplayDeliveriesInput) -> Awaitable[Done]:
    return carry_out(context, replay_deliveries, input.request(), input.client_mutation_id)


def _skip(context: Context, *, input: WebhookDeliveryInput) -> Awaitable[Done]:
    return carry_out(context, skip_delivery, input.request(), input.client_mutation_id)


@strawberry.type
class WebhookMutation:
    """The verbs about webhooks."""

    register_webhook: WebhookSecretPayload = relation(
        "Send messages to a URL from now on.",
        "登记推送端点，自此推送。",
        Asked(_register, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=("Where to send which messages.", "向何处推送哪些消息。"),
    )
    change_webhook: WebhookPayload = relation(
        "Change where a webhook sends, or what.",
        "修改推送端点。",
        Asked(_change, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=("What changes.", "修改内容。"),
    )
    rotate_webhook_secret: WebhookSecretPayload = relation(
        "Make another secret; the one before signs beside it for a day.",
        "更换签名密钥，旧密钥一天内同时签名。",
        Asked(_rotate, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    pause_webhook: WebhookPayload = relation(
        "Send nothing more until it is resumed.",
        "暂停推送。",
        Asked(_pause, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    resume_webhook: WebhookPayload = relation(
        "Go on where a paused or disabled webhook stopped.",
        "恢复已暂停或停用的推送，补发其间消息。",
        Asked(_resume, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    delete_webhook: DeleteWebhookPayload = relation(
        "Forget a webhook and its deliveries.",
        "删除推送端点及其推送记录。",
        Asked(_delete, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    send_test_event: WebhookPayload = relation(
        "Send one message to this webhook alone.",
        "只向此端点推送一条测试消息。",
        Asked(_test, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    replay_delivery: WebhookDeliveryPayload = relation(
        "Try a dead delivery again.",
        "重发一次已放弃的推送。",
        Asked(_replay, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
    replay_deliveries: WebhookPayload = relation(
        "Try all dead deliveries of a webhook again.",
        "重发一个端点全部已放弃的推送。",
        Asked(_replay_all, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=("Of which webhook.", "哪个端点。"),
    )
    skip_delivery: WebhookDeliveryPayload = relation(
        "Pass over a dead delivery, so that those behind it go on.",
        "跳过一次已放弃的推送，其后的继续。",
        Asked(_skip, acts=True),
        roles=WEBHOOK_KEEPERS,
        input=WHICH,
    )
