"""Sessions of the console: how they begin and end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casework.account import DisableAccount, GrantRole, account_named, disable_account, grant_role
from casework.act import Change
from casework.actor import Actor, Grant, Role
from casework.desk import Desk
from casework.session import close_session, open_session, see_session, signed_in_by_session
from casework.signed_in import SEEN_EVERY
from casework.subject import Subject, open_session_of, signed_in_by_provider
from db.database import Database
from db.tables.account import AccountSession
from tests.casework.accounts import KEEPER, Clock, add, audited, desk_with, everything_stored

MINUTE = timedelta(minutes=1)
SUBJECT = Subject("https://id.example", "0815", "zhang-a", "张某", (Grant(Role.CLERK, region="990102"),))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(database: Database, clock: Clock) -> Desk:
    return desk_with(database, clock)


async def _open(desk: Desk, name: str = "clerk-a") -> str:
    async with desk.database.write() as connection:
        change = Change(desk, connection, Actor(name, ()), desk.clock())
        return await open_session(change, await account_named(change, name))


async def test_whose_it_is_and_what_is_stored_of_it(office: Desk) -> None:
    await add(office, "clerk-a", Role.CLERK)
    secret = await _open(office)
    found = await signed_in_by_session(office, secret)
    assert found is not None
    assert found.actor == Actor.of("clerk-a", Role.CLERK)
    assert secret not in await everything_stored(office)
    for wrong in ("", "x", secret[:-1], secret + "x", secret.upper()):
        assert await signed_in_by_session(office, wrong) is None
    await grant_role(office, KEEPER, GrantRole("clerk-a", Role.AUDITOR))
    found = await signed_in_by_session(office, secret)
    assert found is not None
    assert found.actor.plays(Role.AUDITOR), "a session has the grants of now"


async def test_it_ends_when_nothing_is_asked_for(office: Desk, clock: Clock) -> None:
    await add(office, "clerk-a")
    secret = await _open(office)
    for _ in range(3):
        clock.pass_by(office.session_idle - MINUTE)
        found = await signed_in_by_session(office, secret)
        assert found is not None
        assert found.stale
        await see_session(office, secret)
        again = await signed_in_by_session(office, secret)
        assert again is not None
        assert not again.stale, "it is written down once a minute"
    clock.pass_by(office.session_idle + SEEN_EVERY)
    assert await signed_in_by_session(office, secret) is None
    await _open(office)
    async with office.database.read() as connection:
        left = await connection.scalar(select(func.count()).select_from(AccountSession))
    assert left == 1, "those that are over go with the next"


async def test_it_ends_when_its_time_is_up(office: Desk, clock: Clock) -> None:
    await add(office, "clerk-a")
    secret = await _open(office)
    end = clock.now + office.session_length
    while clock.now < end - 20 * MINUTE:
        clock.pass_by(20 * MINUTE)
        await see_session(office, secret)
    found = await signed_in_by_session(office, secret)
    assert found is not None
    assert found.until == end
    clock.pass_by(20 * MINUTE)
    assert await signed_in_by_session(office, secret) is None


async def test_it_ends_with_signing_out_and_with_the_account(office: Desk) -> None:
    await add(office, "clerk-a")
    first, second = await _open(office), await _open(office)
    await close_session(office, first)
    assert await signed_in_by_session(office, first) is None
    assert await signed_in_by_session(office, second) is not None
    await disable_account(office, KEEPER, DisableAccount("clerk-a"))
    assert await signed_in_by_session(office, second) is None
    await disable_account(office, KEEPER, DisableAccount("clerk-a", disabled=False))
    assert await signed_in_by_session(office, second) is None, "it does not come back"


async def test_whom_a_provider_shows_has_an_account_from_then_on(office: Desk) -> None:
    found = await signed_in_by_provider(office, SUBJECT)
    assert found is not None
    assert (found.actor, found.display_name) == (Actor("zhang-a", SUBJECT.grants), "张某")
    await grant_role(office, KEEPER, GrantRole("zhang-a", Role.AUDITOR))
    again = await signed_in_by_provider(office, SUBJECT)
    assert again is not None
    assert again.actor.grants == (Grant(Role.AUDITOR), *SUBJECT.grants)
    assert (await audited(office))[0][:2] == ("zhang-a", "add_account")
    secret = await open_session_of(office, SUBJECT)
    assert secret is not None
    by_session = await signed_in_by_session(office, secret)
    assert by_session is not None
    assert by_session.actor == again.actor
    await disable_account(office, KEEPER, DisableAccount("zhang-a"))
    assert await signed_in_by_provider(office, SUBJECT) is None
    assert await open_session_of(office, SUBJECT) is None


@pytest.mark.parametrize("name", ["keeper-a", "public", "demo", "", "张某", "a b", "x" * 65])
async def test_nobody_becomes_somebody_else_by_a_name(office: Desk, name: str) -> None:
    await add(office, "keeper-a", Role.ADMINISTRATOR)
    found = await signed_in_by_provider(office, Subject("https://id.example", "4711", name, name))
    assert found is not None
    assert found.actor.id.startswith("provider-")
    assert found.actor.role is Role.PUBLIC
    other = await signed_in_by_provider(office, Subject("https://id.example", "4712", name, name))
    assert other is not None
    assert other.actor.id != found.actor.id
