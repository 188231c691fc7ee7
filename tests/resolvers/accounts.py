"""Accounts of the tests' city: a clerk of a district with two keys, one of them revoked."""

from __future__ import annotations

from casework.account import AddAccount, GrantRole, add_account, grant_role
from casework.actor import DEMO_ADMINISTRATOR as KEEPER
from casework.actor import Role
from casework.api_key import IssueApiKey, RevokeApiKey, issue_api_key, revoke_api_key
from casework.desk import Desk
from tests.resolvers.city import done

NAME = "clerk-a"


async def keep(desk: Desk) -> None:
    """Add them."""
    done(await add_account(desk, KEEPER, AddAccount(NAME, "张某")))
    done(await grant_role(desk, KEEPER, GrantRole(NAME, Role.CLERK, region="990102")))
    done(await grant_role(desk, KEEPER, GrantRole(NAME, Role.UNIT_LEAD, unit="990102-ecology")))
    for label in ("监测", "旧"):
        key = done(await issue_api_key(desk, KEEPER, IssueApiKey(NAME, label, (Role.CLERK,))))
    done(await revoke_api_key(desk, KEEPER, RevokeApiKey(key.secret[3:11])))
