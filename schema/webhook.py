"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.rights import WEBHOOK_KEEPERS
from casework.webhooks.state import Because, DeliveryState, Problem, WebhookState
from resolvers import delivery as deliveries
from resolvers import webhook as answers
from resolvers.connection import TOTAL_COUNT
from schema.access import shown_to
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.node import Node, made_of
from schema.page import PageInfo
from schema.payload import Payload
from schema.region import Region

publish(
    WebhookState,
    ("Whether anything is sent.", "推送端点状态。"),
    {
        WebhookState.ACTIVE: ("Messages are sent.", "推送中。"),
        WebhookState.PAUSED: ("A person has paused it; nothing is lost.", "已暂停，恢复后补发。"),
        WebhookState.DISABLED: (
            "The program has disabled it; `disabledBecause` says why. Nothing is lost.",
            "已由系统停用，原因见 disabledBecause；恢复后补发。",
        ),
    },
)
publish(
    Because,
    ("Why a webhook was disabled.", "推送端点停用原因。"),
    {
        Because.GONE: ("It answered 410 Gone.", "对方返回 410。"),
        Because.FAILING: ("Nothing has arrived for five days.", "连续五天未能送达。"),
    },
    name="WebhookDisabledBecause",
)
publish(
    DeliveryState,
    ("How far a delivery has come.", "推送状态。"),
    {
        DeliveryState.BEHIND: (
            "An earlier one of the same dispute goes first.",
            "排在同一事项较早的推送之后。",
        ),
        DeliveryState.WAITING: ("It waits for the next attempt.", "待推送或待重试。"),
        DeliveryState.DELIVERED: ("It has arrived.", "已送达。"),
        DeliveryState.DEAD: (
            "It was given up; later ones of the same dispute stay behind until it is replayed or skipped.",
            "已放弃；同一事项其后的推送等待重发或跳过。",
        ),
        DeliveryState.SKIPPED: ("A person has passed over it.", "已由人工跳过。"),
    },
    name="WebhookDeliveryState",
)
publish(
    Problem,
    ("Why an attempt failed.", "推送失败原因。"),
    {
        Problem.STATUS: ("The answer was no success; see `lastStatus`.", "返回状态不是成功，见 lastStatus。"),
        Problem.REDIRECT: ("It wanted to redirect; that is never followed.", "要求重定向，一律不跟随。"),
        Problem.TIMEOUT: ("No answer within ten seconds.", "十秒内无应答。"),
        Problem.UNRESOLVABLE: ("The host name leads to no address.", "主机名无法解析。"),
        Problem.REFUSED_ADDRESS: (
            "The host name leads to an address that nothing may be sent to.",
            "主机名指向不得推送的地址。",
        ),
        Problem.UNREACHABLE: ("Nobody listens there, or the line was cut.", "无法连接或连接中断。"),
        Problem.TLS: ("The certificate is not that of the host.", "证书与主机不符或无加密。"),
        Problem.PROTOCOL: ("The answer was no HTTP.", "应答不是 HTTP。"),
        Problem.SEALED: (
            "The secret was sealed with another key than that of the settings.",
            "密钥以其他封存口令加密，无法打开。",
        ),
    },
    name="WebhookProblem",
)


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("Where messages are sent for a partner.", "向合作方推送消息的端点。"))
class Webhook(Node):
    """Made of rows."""

    is_type_of = made_of(answers.WEBHOOK.row)

    url: str = column("Where to.", "网址。")
    description: str = column("What it is for.", "用途说明。")
    types: list[str] = column(
        "Types of events, or beginnings of them such as lianxi.dispute.*; empty: all.",
        "事件类型或其开头（如 lianxi.dispute.*），空为全部。",
    )
    region: Region = relation(
        "About disputes of this region with all below it.", "区域（含下级）。", answers.REGION_OF_WEBHOOK
    )
    department: Department | None = relation(
        "Only about disputes that this unit has; empty: all.",
        "只推送该单位承办的事项，空为全部。",
        answers.UNIT_OF_WEBHOOK,
    )
    state: WebhookState = column("Whether anything is sent.", "状态。")
    disabled_because: Because | None = column("Why it was disabled.", "停用原因。")
    failing_since: datetime | None = column("Since when nothing has arrived.", "自何时起未能送达。")
    older_until: datetime | None = relation(
        "Until then the secret before the newest signs too.",
        "旧密钥同时签名的截止时间。",
        answers.OLDER_UNTIL,
    )
    account: str | None = column(
        "The account whose own it is, and within whose grants messages are sent; empty: the administrators'.",
        "所属账号，只推送其授权范围内的消息；空为管理员所有。",
    )
    created_at: datetime = column("When it was registered.", "登记时间。")
    created_by: str = column("The account that registered it.", "登记账号。")
    version: int = column("Counts its changes; `changeWebhook` asks for it.", "版次，修改时须提供。")


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("A message on its way to a webhook.", "一次推送。"))
class WebhookDelivery(Node):
    """Made of rows."""

    is_type_of = made_of(deliveries.DELIVERY.row)

    webhook: Webhook = relation("Where to.", "推送端点。", deliveries.WEBHOOK_OF_DELIVERY)
    message_id: strawberry.ID = column(
        "The id that is sent as `webhook-id`, the same in every attempt.",
        "消息编号，即 webhook-id，重试时不变。",
    )
    type: str = column("The type of the event.", "事件类型。")
    subject: str = column("What it is about: the number of a dispute, for one.", "所涉对象，如事项编号。")
    state: DeliveryState = column("How far it has come.", "状态。")
    attempts: int = column("How often it was tried since it was last put in motion.", "已尝试次数。")
    next_at: datetime = column("When it is due, while it waits.", "待推送时的下次时间。")
    last_at: datetime | None = column("When it was tried last.", "上次尝试时间。")
    last_status: int | None = column("The HTTP status of the last answer.", "上次应答的 HTTP 状态码。")
    last_problem: Problem | None = column("Why the last attempt failed.", "上次失败原因。")
    delivered_at: datetime | None = column("When it arrived.", "送达时间。")
    dead_since: datetime | None = column("When it was given up.", "放弃时间。")
    created_at: datetime = column("When it was put in line.", "排入时间。")


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("A delivery at its place in a list.", "列表中的一次推送。"))
class WebhookDeliveryEdge:
    """Made of a page."""

    cursor: str = column(
        "Its place, for `after` and `before` of the same query.", "游标，用于同一查询的 after、before。"
    )
    node: WebhookDelivery = column("The delivery.", "推送。")


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("A page of deliveries.", "一页推送。"))
class WebhookDeliveryConnection:
    """Made of a page."""

    edges: list[WebhookDeliveryEdge] = column("The deliveries with their cursors.", "推送及其游标。")
    nodes: list[WebhookDelivery] = column("The deliveries alone.", "推送。")
    page_info: PageInfo = column("Where the page stands.", "分页信息。")
    total_count: int = relation(
        "How many the whole list has; counted when asked for.",
        "总数，查询此字段时才统计。",
        TOTAL_COUNT,
    )


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("The answer of most verbs about a webhook.", "推送端点各项操作的结果。"))
class WebhookPayload(Payload):
    """The webhook."""

    webhook: Webhook | None = relation(
        "The webhook as it is now.", "办理后的推送端点。", answers.CHANGED_WEBHOOK
    )


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(
    description=both("The answer of the verbs that make a secret.", "产生签名密钥的操作的结果。")
)
class WebhookSecretPayload(Payload):
    """The webhook and its secret."""

    webhook: Webhook | None = relation(
        "The webhook as it is now.", "办理后的推送端点。", answers.CHANGED_WEBHOOK
    )
    secret: str | None = column(
        "The new secret, by which messages are verified. It is shown this once, and not to a request that is"
        " repeated.",
        "新签名密钥，用于核验消息；只显示这一次，重复的请求不再显示。",
    )


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("The answer of `deleteWebhook`.", "删除推送端点的结果。"))
class DeleteWebhookPayload(Payload):
    """Nothing is left to show."""


@shown_to(WEBHOOK_KEEPERS)
@strawberry.type(description=both("The answer of the verbs about a delivery.", "推送各项操作的结果。"))
class WebhookDeliveryPayload(Payload):
    """The delivery."""

    delivery: WebhookDelivery | None = relation(
        "The delivery as it is now.", "办理后的推送。", deliveries.CHANGED_DELIVERY
    )
