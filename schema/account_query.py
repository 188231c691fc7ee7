"""What can be asked about accounts."""

from __future__ import annotations

import strawberry

from casework.rights import ADMINISTRATORS
from resolvers.account import ACCOUNT_BY_NAME, ACCOUNTS
from schema.account import Account
from schema.field import relation


@strawberry.type
class AccountQuery:
    """Accounts."""

    accounts: list[Account] = relation(
        "Accounts, by name.", "账号列表，按名称排列。", ACCOUNTS, roles=ADMINISTRATORS
    )
    account: Account | None = relation(
        "The account of a name.",
        "按名称查账号。",
        ACCOUNT_BY_NAME,
        roles=ADMINISTRATORS,
        name=("Its name.", "账号名。"),
    )
