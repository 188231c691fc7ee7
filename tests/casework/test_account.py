"""Accounts and their grants."""

from __future__ import annotations

import pytest

from casework.account import (
    AddAccount,
    DisableAccount,
    GrantRole,
    add_account,
    disable_account,
    grant_role,
    withdraw_role,
)
from casework.account_list import list_accounts
from casework.actor import DEMO_ADMINISTRATOR, NOBODY, Actor, Grant, Role
from casework.desk import Desk
from casework.errors import ErrorCode
from db.audit import verify
from db.database import Database
from tests.casework.accounts import KEEPER, Clock, add, audited, desk_with


@pytest.fixture
def office(database: Database) -> Desk:
    return desk_with(database, Clock())


async def test_an_account_its_grants_and_their_record(office: Desk) -> None:
    assert (await add_account(office, KEEPER, AddAccount("clerk-a", "张某"))).errors == ()
    unit = GrantRole("clerk-a", Role.UNIT_LEAD, unit="990102-ecology")
    region = GrantRole("clerk-a", Role.CLERK, region="990102")
    for request in (unit, region):
        assert (await grant_role(office, KEEPER, request)).errors == ()
    async with office.database.read() as connection:
        (head,) = await list_accounts(connection)
        assert (await verify(connection)).valid
    assert (head.name, head.display_name, head.has_password, head.subject) == ("clerk-a", "张某", False, None)
    assert head.grants == (
        Grant(Role.UNIT_LEAD, unit="990102-ecology"),
        Grant(Role.CLERK, region="990102"),
    )
    assert (await withdraw_role(office, KEEPER, unit)).errors == ()
    async with office.database.read() as connection:
        assert (await list_accounts(connection))[0].grants == (Grant(Role.CLERK, region="990102"),)
    record = await audited(office)
    assert [entry[1] for entry in record] == ["add_account", "grant_role", "grant_role", "withdraw_role"]
    assert {entry[0] for entry in record} == {"keeper-a"}
    assert {entry[2] for entry in record} == {"account/clerk-a"}
    assert record[3][3] == {"role": "unit_lead", "unit": "990102-ecology", "region": None}


@pytest.mark.parametrize(
    "name", ["", " ", "-a", "a b", "张某", "a" * 65, "a/b", NOBODY.id, DEMO_ADMINISTRATOR.id, "demo", "a\x00"]
)
async def test_what_nobody_can_be_called(database: Database, name: str) -> None:
    result = await add_account(desk_with(database, Clock()), KEEPER, AddAccount(name, "x"))
    assert [error.code for error in result.errors] == [ErrorCode.ACCOUNT_MALFORMED]


async def test_what_has_to_be_mended_leaves_nothing_behind(office: Desk) -> None:
    await add(office, "clerk-a", Role.CLERK)
    before = await audited(office)
    clerk = GrantRole("clerk-a", Role.CLERK)
    answers = [
        await add_account(office, KEEPER, AddAccount("clerk-a", "again")),
        await add_account(office, KEEPER, AddAccount("clerk-b", "x" * 101)),
        await grant_role(office, KEEPER, clerk),
        await grant_role(office, KEEPER, GrantRole("nobody-a", Role.CLERK)),
        await grant_role(office, KEEPER, GrantRole("clerk-a", Role.CLERK, unit="no-such-unit")),
        await grant_role(office, KEEPER, GrantRole("clerk-a", Role.CLERK, region="123456")),
        await withdraw_role(office, KEEPER, GrantRole("clerk-a", Role.CLERK, region="990102")),
        await disable_account(office, KEEPER, DisableAccount("nobody-a")),
    ]
    assert [error.code for answer in answers for error in answer.errors] == [
        ErrorCode.ACCOUNT_TAKEN,
        ErrorCode.TEXT_TOO_LONG,
        ErrorCode.GRANTED_ALREADY,
        ErrorCode.UNKNOWN_ACCOUNT,
        ErrorCode.UNKNOWN_UNIT,
        ErrorCode.UNKNOWN_REGION,
        ErrorCode.NOT_GRANTED,
        ErrorCode.UNKNOWN_ACCOUNT,
    ]
    assert await audited(office) == before


async def test_a_retry_adds_nothing(office: Desk) -> None:
    request = AddAccount("clerk-a", "张某")
    first = await add_account(office, KEEPER, request, key="k")
    assert (await add_account(office, KEEPER, request, key="k")).value == first.value
    assert len(await audited(office)) == 1


async def test_an_account_is_known_by_its_oldest_grant(office: Desk) -> None:
    await add(office, "a", Role.AUDITOR, Role.ADMINISTRATOR)
    async with office.database.read() as connection:
        (head,) = await list_accounts(connection)
    assert Actor(head.name, head.grants).role is Role.AUDITOR
