"""What the verbs about webhooks ask for."""

from __future__ import annotations

import strawberry

from casework.webhooks.endpoint import OneWebhook
from casework.webhooks.registration import RegisterWebhook
from casework.webhooks.replay import OneDelivery
from casework.webhooks.upkeep import ChangeWebhook
from resolvers.identity import uuid_or_nobody
from schema.field import both, listed, optional, required
from schema.input import KEY

WEBHOOK = ("The webhook.", "推送端点。")


@strawberry.input(description=both("Where to send which messages.", "向何处推送哪些消息。"))
class RegisterWebhookInput:
    """The input of `registerWebhook`."""

    url: str = required(
        "Where to: https, or http in a network that the settings list.",
        "网址，用 https；设置中列出的网络内可用 http。",
    )
    region_code: str = required(
        "About disputes of the region with this code and all below it.", "区域代码（含下级）。"
    )
    department_code: str | None = optional(
        "Only about disputes that the unit with this code has.", "只推送该单位承办的事项。"
    )
    types: list[str] = listed(
        "Types of events, or beginnings such as lianxi.dispute.*; by default all.",
        "事件类型或其开头（如 lianxi.dispute.*），默认全部。",
    )
    description: str = optional(
        "What it is for, at most 200 characters.", "用途，不超过 200 字。", default=""
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RegisterWebhook:
        """The same for casework."""
        return RegisterWebhook(
            url=self.url,
            region_code=self.region_code,
            unit_code=self.department_code,
            types=tuple(dict.fromkeys(self.types)),
            description=self.description,
        )


@strawberry.input(
    description=both("Change a webhook; what is left out stays.", "修改推送端点，未给出的不变。")
)
class ChangeWebhookInput:
    """The input of `changeWebhook`."""

    id: strawberry.ID = required(*WEBHOOK)
    expected_version: int = required(
        "The version that you saw; another one is a CONFLICT.", "您所见的版次，不一致则报 CONFLICT。"
    )
    url: str | None = optional("Where to, from now on, also what is waiting.", "新网址，待推送的也改发此处。")
    types: list[str] | None = optional("Types of events, from now on.", "新的事件类型。")
    description: str | None = optional("What it is for.", "用途。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ChangeWebhook:
        """The same for casework."""
        return ChangeWebhook(
            webhook_id=uuid_or_nobody(self.id, "Webhook"),
            expected_version=self.expected_version,
            url=self.url,
            types=None if self.types is None else tuple(dict.fromkeys(self.types)),
            description=self.description,
        )


@strawberry.input(description=both("A webhook that something is done to.", "一个推送端点。"))
class WebhookInput:
    """The input of the verbs that need nothing but a webhook."""

    id: strawberry.ID = required(*WEBHOOK)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> OneWebhook:
        """The same for casework."""
        return OneWebhook(uuid_or_nobody(self.id, "Webhook"))


@strawberry.input(description=both("All dead deliveries of a webhook.", "一个端点的全部失败推送。"))
class ReplayDeliveriesInput:
    """The input of `replayDeliveries`."""

    webhook_id: strawberry.ID = required(*WEBHOOK)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> OneWebhook:
        """The same for casework."""
        return OneWebhook(uuid_or_nobody(self.webhook_id, "Webhook"))


@strawberry.input(description=both("A dead delivery.", "一次已放弃的推送。"))
class WebhookDeliveryInput:
    """The input of the verbs about one delivery."""

    id: strawberry.ID = required("The delivery.", "推送。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> OneDelivery:
        """The same for casework."""
        return OneDelivery(uuid_or_nobody(self.id, "WebhookDelivery"))
