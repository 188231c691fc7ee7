"""Accounts and API keys, for those who keep them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from casework.actor import Actor
from casework.api_key import IssuedKey
from casework.desk import Desk
from casework.errors import Result, UserError
from casework.rights import ADMINISTRATORS
from db.tables.account import Account, AccountGrant, ApiKey
from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Relation, Source

T = TypeVar("T")

ACCOUNT = Source("Account", Account, roles=ADMINISTRATORS)
GRANT = Source(
    "AccountGrant",
    AccountGrant,
    without=frozenset({"unit_code", "region_code"}),
    roles=ADMINISTRATORS,
    unit=AccountGrant.__table__.c.unit_code,
    region=AccountGrant.__table__.c.region_code,
)
API_KEY = Source("ApiKey", ApiKey, without=frozenset({"digest"}), roles=ADMINISTRATORS)
"""One key; nobody reads its secret."""

ACCOUNTS = Relation(ACCOUNT, many=True, order=(ACCOUNT.columns["name"],))
CHANGED_ACCOUNT = Relation(ACCOUNT, on=(("changed", "key"),))
"""The account that a mutation changed."""
CHANGED_KEY = Relation(API_KEY, on=(("changed", "key"),))
"""The key that a mutation made or changed."""
GRANTS = Relation(
    GRANT,
    on=(("key", "account_id"),),
    many=True,
    order=(GRANT.columns["granted_at"], GRANT.columns["key"]),
)
KEYS = Relation(API_KEY, on=(("key", "account_id"),), many=True, order=(API_KEY.columns["key"].desc(),))


@dataclass(frozen=True, slots=True)
class DoneWithKey:
    """As `resolvers.verb.Done`, with a key that is shown this once."""

    changed: UUID | None
    secret: str | None
    errors: tuple[UserError, ...]
    client_mutation_id: str | None


async def carry_out_with_key(
    context: Context,
    verb: Callable[[Desk, Actor, T, str | None], Awaitable[Result[IssuedKey]]],
    request: T,
    key: str | None,
) -> DoneWithKey:
    """Carry out a verb that makes an API key."""
    result = await verb(context.desk, context.actor, request, key)
    context.forget()
    if result.value is None:
        return DoneWithKey(None, None, result.errors, key)
    return DoneWithKey(result.value.id, result.value.secret, (), key)


def by_provider(subject: str | None) -> bool:
    """Whether an identity provider knows the account."""
    return subject is not None


def find_account(context: Context, *, name: str) -> Ref | None:
    """The account of a name."""
    return Ref("Account", ("name",), (name,)) if "\x00" not in name else None


BY_PROVIDER = Computed(by_provider)
ACCOUNT_BY_NAME = Found(find_account, {"Account": ACCOUNT})
