"""What the verbs about accounts and keys ask for."""

from __future__ import annotations

from datetime import datetime, timedelta

import strawberry

from casework.account import AddAccount, DisableAccount, GrantRole
from casework.api_key import IssueApiKey, RevokeApiKey, RotateApiKey
from schema.field import both, optional, required
from schema.input import KEY

ACCOUNT = ("The name of the account.", "账号名。")
LONGEST_OVERLAP = 90


@strawberry.input(description=both("A new account.", "新账号。"))
class AddAccountInput:
    """The input of `addAccount`."""

    name: str = required(
        "Letters, digits and `. _ @ -`, at most 64, beginning with a letter or digit.",
        "字母、数字和 . _ @ -，最长 64，以字母或数字开头。",
    )
    display_name: str = optional(
        "What the person or program is called; by default as the account.",
        "人员或程序的名称，默认同账号名。",
        "",
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> AddAccount:
        """The same for casework."""
        return AddAccount(self.name, self.display_name)


@strawberry.input(description=both("An account.", "一个账号。"))
class AccountInput:
    """The input of `disableAccount` and `enableAccount`."""

    account: str = required(*ACCOUNT)
    client_mutation_id: str | None = optional(*KEY)

    def request(self, *, disabled: bool) -> DisableAccount:
        """The same for casework."""
        return DisableAccount(self.account, disabled)


@strawberry.input(
    description=both(
        "A role, and where it holds: everywhere without unit and region.",
        "角色及其适用范围，单位和区域均不给即不限。",
    )
)
class GrantRoleInput:
    """The input of `grantRole` and `withdrawRole`."""

    account: str = required(*ACCOUNT)
    role: str = required("The role, such as clerk.", "角色，如 clerk。")
    unit: str | None = optional("Only for what concerns the unit with this code.", "仅限此代码的单位。")
    region: str | None = optional(
        "Only for the region with this code and all below it.", "仅限此代码的区域及其下级。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> GrantRole:
        """The same for casework."""
        return GrantRole(self.account, self.role, self.unit, self.region)


@strawberry.input(description=both("A new API key.", "新接口密钥。"))
class IssueApiKeyInput:
    """The input of `issueApiKey`."""

    account: str = required(*ACCOUNT)
    label: str = required("What it is for.", "用途。")
    roles: list[str] = required("Which roles of the account it carries.", "带有的账号角色。")
    expires_at: datetime | None = optional(
        "Until when it is taken; by default for ever.", "到期时间，默认长期有效。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> IssueApiKey:
        """The same for casework."""
        return IssueApiKey(self.account, self.label, tuple(dict.fromkeys(self.roles)), self.expires_at)


@strawberry.input(description=both("Which key to exchange.", "要轮换的密钥。"))
class RotateApiKeyInput:
    """The input of `rotateApiKey`."""

    prefix: str = required("The letters between its two underscores.", "密钥中两个下划线之间的字符。")
    overlap_days: int = optional(
        f"For so many days the old one goes on, 0 to {LONGEST_OVERLAP}.",
        f"原密钥继续有效的天数，0 到 {LONGEST_OVERLAP}。",
        7,
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RotateApiKey:
        """The same for casework; more or fewer days than there may be are as many as there may be."""
        return RotateApiKey(self.prefix, timedelta(days=min(max(self.overlap_days, 0), LONGEST_OVERLAP)))


@strawberry.input(description=both("Which key to revoke.", "要吊销的密钥。"))
class RevokeApiKeyInput:
    """The input of `revokeApiKey`."""

    prefix: str = required("The letters between its two underscores.", "密钥中两个下划线之间的字符。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RevokeApiKey:
        """The same for casework."""
        return RevokeApiKey(self.prefix)
