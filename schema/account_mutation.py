"""Mutations of accounts and API keys. Passwords are set elsewhere: queries end up in logs."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.account import add_account, disable_account, grant_role, withdraw_role
from casework.api_key import issue_api_key, revoke_api_key, rotate_api_key
from casework.rights import may
from resolvers.account import DoneWithKey, carry_out_with_key
from resolvers.context import Context
from resolvers.description import Asked
from resolvers.verb import Done, carry_out
from schema.account import AccountPayload, ApiKeyPayload, IssuedApiKeyPayload
from schema.account_input import (
    AccountInput,
    AddAccountInput,
    GrantRoleInput,
    IssueApiKeyInput,
    RevokeApiKeyInput,
    RotateApiKeyInput,
)
from schema.field import relation

WHICH = ("Which.", "哪一个。")


def _add(context: Context, *, input: AddAccountInput) -> Awaitable[Done]:
    return carry_out(context, add_account, input.request(), input.client_mutation_id)


def _disable(context: Context, *, input: AccountInput) -> Awaitable[Done]:
    return carry_out(context, disable_account, input.request(disabled=True), input.client_mutation_id)


def _enable(context: Context, *, input: AccountInput) -> Awaitable[Done]:
    return carry_out(context, disable_account, input.request(disabled=False), input.client_mutation_id)


def _grant(context: Context, *, input: GrantRoleInput) -> Awaitable[Done]:
    return carry_out(context, grant_role, input.request(), input.client_mutation_id)


def _withdraw(context: Context, *, input: GrantRoleInput) -> Awaitable[Done]:
    return carry_out(context, withdraw_role, input.request(), input.client_mutation_id)


def _issue(context: Context, *, input: IssueApiKeyInput) -> Awaitable[DoneWithKey]:
    return carry_out_with_key(context, issue_api_key, input.request(), input.client_mutation_id)


def _rotate(context: Context, *, input: RotateApiKeyInput) -> Awaitable[DoneWithKey]:
    return carry_out_with_key(context, rotate_api_key, input.request(), input.client_mutation_id)


def _revoke(context: Context, *, input: RevokeApiKeyInput) -> Awaitable[Done]:
    return carry_out(context, revoke_api_key, input.request(), input.client_mutation_id)


@strawberry.type
class AccountMutation:
    """The verbs about accounts and keys."""

    add_account: AccountPayload = relation(
        "Add an account, which can do nothing yet.",
        "新增账号，尚无任何角色。",
        Asked(_add, acts=True),
        roles=may("add_account"),
        input=("The account.", "账号。"),
    )
    disable_account: AccountPayload = relation(
        "Let nobody in by an account: its sessions end, its keys do nothing.",
        "停用账号：其会话终止，密钥失效。",
        Asked(_disable, acts=True),
        roles=may("disable_account"),
        input=WHICH,
    )
    enable_account: AccountPayload = relation(
        "Let an account in again.",
        "恢复账号。",
        Asked(_enable, acts=True),
        roles=may("disable_account"),
        input=WHICH,
    )
    grant_role: AccountPayload = relation(
        "Grant an account a role.",
        "授予账号角色。",
        Asked(_grant, acts=True),
        roles=may("grant_role"),
        input=("The role, and where it holds.", "角色及其适用范围。"),
    )
    withdraw_role: AccountPayload = relation(
        "Take a role away that was granted in the same words.",
        "撤销如此授予的角色。",
        Asked(_withdraw, acts=True),
        roles=may("withdraw_role"),
        input=("The role, and where it held.", "角色及其适用范围。"),
    )
    issue_api_key: IssuedApiKeyPayload = relation(
        "Make an API key for an account.",
        "为账号发放接口密钥。",
        Asked(_issue, acts=True),
        roles=may("issue_api_key"),
        input=("The key.", "密钥。"),
    )
    rotate_api_key: IssuedApiKeyPayload = relation(
        "Make another key in the place of one, which goes on for some days.",
        "轮换密钥：另发一个，原密钥再用若干天。",
        Asked(_rotate, acts=True),
        roles=may("rotate_api_key"),
        input=WHICH,
    )
    revoke_api_key: ApiKeyPayload = relation(
        "Take a key no more, within five seconds.",
        "吊销密钥，五秒内生效。",
        Asked(_revoke, acts=True),
        roles=may("revoke_api_key"),
        input=WHICH,
    )
