"""Accounts and the API keys of programs."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.rights import ADMINISTRATORS
from resolvers import account as answers
from schema.access import shown_to
from schema.field import both, column, relation
from schema.node import made_of
from schema.payload import Payload
from schema.viewer import Grant


@shown_to(ADMINISTRATORS)
@strawberry.type(
    description=both("A key of a program, without its secret.", "程序用的接口密钥（不显示密钥内容）。")
)
class ApiKey:
    """Made of rows."""

    is_type_of = made_of(answers.API_KEY.row)

    prefix: str = column("The letters between its two underscores.", "密钥中两个下划线之间的字符。")
    label: str = column("What it is for.", "用途。")
    roles: list[str] = column("Which roles of the account it carries.", "带有的账号角色。")
    created_at: datetime = column("When it was made.", "发放时间。")
    created_by: str = column("The account that made it.", "发放账号。")
    expires_at: datetime | None = column(
        "Until when it is taken; empty: for ever.", "到期时间，空为长期有效。"
    )
    last_used_at: datetime | None = column(
        "When it was used last, to the minute.", "最近使用时间，精确到分钟。"
    )
    revoked_at: datetime | None = column("When it was revoked.", "吊销时间。")


@shown_to(ADMINISTRATORS)
@strawberry.type(description=both("Who may sign in.", "可登录的账号。"))
class Account:
    """Made of rows."""

    is_type_of = made_of(answers.ACCOUNT.row)

    name: str = column("What it is called in events and in the audit log.", "账号名，记入事件与审计日志。")
    display_name: str = column("What the person or program is called.", "人员或程序的名称。")
    by_provider: bool = relation(
        "Whether the identity provider knows it.", "是否由统一身份登录。", answers.BY_PROVIDER
    )
    grants: list[Grant] = relation("Its roles, the oldest first.", "角色，先授予的在前。", answers.GRANTS)
    api_keys: list[ApiKey] = relation(
        "Its API keys, the newest first.", "接口密钥，新发的在前。", answers.KEYS
    )
    created_at: datetime = column("When it was added.", "新增时间。")
    created_by: str = column("The account that added it.", "新增账号。")
    disabled_at: datetime | None = column("Since when nobody gets in by it.", "停用时间。")


@shown_to(ADMINISTRATORS)
@strawberry.type(description=both("The answer of what changes an account.", "账号变更的结果。"))
class AccountPayload(Payload):
    """The account."""

    account: Account | None = relation("The account.", "账号。", answers.CHANGED_ACCOUNT)


@shown_to(ADMINISTRATORS)
@strawberry.type(description=both("The answer of `revokeApiKey`.", "吊销密钥的结果。"))
class ApiKeyPayload(Payload):
    """The key."""

    api_key: ApiKey | None = relation("The key.", "密钥。", answers.CHANGED_KEY)


@shown_to(ADMINISTRATORS)
@strawberry.type(
    description=both("The answer of `issueApiKey` and `rotateApiKey`.", "发放或轮换密钥的结果。")
)
class IssuedApiKeyPayload(Payload):
    """The key with its secret."""

    api_key: ApiKey | None = relation("The new key.", "新密钥。", answers.CHANGED_KEY)
    secret: str | None = column(
        "All of the key, shown this once; empty where a retry asks again.",
        "完整密钥，仅显示这一次；重试时为空。",
    )
