"""API keys: issued, used, rotated, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.account import DisableAccount, GrantRole, disable_account, withdraw_role
from casework.account_list import KeyHead, list_keys
from casework.actor import Actor, Role
from casework.api_key import (
    KEY,
    IssueApiKey,
    RevokeApiKey,
    RotateApiKey,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
    see_key,
    signed_in_by_key,
)
from casework.desk import Desk
from casework.errors import ErrorCode, Result
from db.database import Database
from tests.casework.accounts import KEEPER, Clock, add, audited, desk_with, everything_stored

DAY = timedelta(days=1)
PARTNER = IssueApiKey("partner-a", "monitoring", (Role.PARTNER_SYSTEM,))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(database: Database, clock: Clock) -> Desk:
    desk = desk_with(database, clock)
    await add(desk, "partner-a", Role.PARTNER_SYSTEM, Role.EXPORTER)
    return desk


async def _issued(desk: Desk, request: IssueApiKey = PARTNER) -> str:
    issued = (await issue_api_key(desk, KEEPER, request)).value
    assert issued is not None
    assert issued.secret is not None
    return issued.secret


async def _heads(desk: Desk) -> list[KeyHead]:
    async with desk.database.read() as connection:
        return await list_keys(connection)


def _prefix(key: str) -> str:
    found = KEY.fullmatch(key)
    assert found is not None
    return found[1]


async def test_a_key_is_shown_once_and_carries_the_roles_that_were_named(office: Desk) -> None:
    key = await _issued(office)
    found = await signed_in_by_key(office, key)
    assert found is not None
    assert found.actor == Actor.of("partner-a", Role.PARTNER_SYSTEM)
    stored = await everything_stored(office)
    assert _prefix(key) in stored
    assert key.rpartition("_")[2] not in stored
    await withdraw_role(office, KEEPER, GrantRole("partner-a", Role.PARTNER_SYSTEM))
    found = await signed_in_by_key(office, key)
    assert found is not None
    assert found.actor.role is Role.PUBLIC, "a key has never more than its account"


async def test_a_retry_makes_no_second_key_and_shows_none_again(office: Desk) -> None:
    first = (await issue_api_key(office, KEEPER, PARTNER, key="k")).value
    again = (await issue_api_key(office, KEEPER, PARTNER, key="k")).value
    assert first is not None
    assert again is not None
    assert (again.id, again.secret) == (first.id, None)
    assert len(await _heads(office)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: "lx_",
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: "lx_aaaaaaaa_" + key.rpartition("_")[2],
        lambda key: key.upper(),
        lambda key: key + "\x00",
        lambda key: "lx_" + "é" * 52,
        lambda key: "lx_" + "a" * 100_000,
    ],
)
async def test_what_is_no_key(office: Desk, spoil: object) -> None:
    key = await _issued(office)
    assert callable(spoil)
    assert await signed_in_by_key(office, spoil(key)) is None


async def test_two_live_keys_overlap(office: Desk, clock: Clock) -> None:
    old = await _issued(office)
    clock.pass_by(DAY)
    rotated = (await rotate_api_key(office, KEEPER, RotateApiKey(_prefix(old), 2 * DAY))).value
    assert rotated is not None
    assert rotated.secret is not None
    clock.pass_by(DAY)
    by_both = [await signed_in_by_key(office, key) for key in (old, rotated.secret)]
    assert [found.actor.id for found in by_both if found] == ["partner-a", "partner-a"]
    clock.pass_by(DAY)
    assert await signed_in_by_key(office, old) is None
    assert await signed_in_by_key(office, rotated.secret) is not None
    over = await rotate_api_key(office, KEEPER, RotateApiKey(f"lx_{_prefix(old)}"))
    assert [error.code for error in over.errors] == [ErrorCode.API_KEY_OVER]
    assert [entry[1] for entry in (await audited(office))[-2:]] == ["issue_api_key", "rotate_api_key"]


async def test_a_key_that_expires_is_rotated_into_one_that_lasts_as_long(office: Desk, clock: Clock) -> None:
    request = IssueApiKey("partner-a", "x", (Role.PARTNER_SYSTEM,), clock.now + 10 * DAY)
    old = await _issued(office, request)
    clock.pass_by(9 * DAY)
    await rotate_api_key(office, KEEPER, RotateApiKey(_prefix(old)))
    new_head, old_head = await _heads(office)
    assert old_head.expires_at == clock.now + DAY, "rotating makes nothing last longer"
    assert new_head.expires_at == clock.now + 10 * DAY
    clock.pass_by(DAY)
    assert await signed_in_by_key(office, old) is None


async def test_what_is_revoked_or_disabled_lets_nobody_in(office: Desk) -> None:
    first, second = await _issued(office), await _issued(office)
    assert (await revoke_api_key(office, KEEPER, RevokeApiKey(_prefix(first)))).errors == ()
    assert (await revoke_api_key(office, KEEPER, RevokeApiKey(_prefix(first)))).errors == ()
    assert await signed_in_by_key(office, first) is None
    assert await signed_in_by_key(office, second) is not None
    await disable_account(office, KEEPER, DisableAccount("partner-a"))
    assert await signed_in_by_key(office, second) is None


async def test_last_use_is_written_down_once_a_minute(office: Desk, clock: Clock) -> None:
    key = await _issued(office)
    found = await signed_in_by_key(office, key)
    assert found is not None
    assert found.stale
    await see_key(office, key)
    first = clock.now
    clock.pass_by(timedelta(seconds=59))
    found = await signed_in_by_key(office, key)
    assert found is not None
    assert not found.stale
    await see_key(office, key)
    assert [head.last_used_at for head in await _heads(office)] == [first]
    clock.pass_by(timedelta(seconds=1))
    await see_key(office, key)
    assert [head.last_used_at for head in await _heads(office)] == [clock.now]


async def test_what_has_to_be_mended(office: Desk, clock: Clock) -> None:
    answers: list[Result[Any]] = [
        await issue_api_key(office, KEEPER, IssueApiKey("nobody-a", "x", ())),
        await issue_api_key(office, KEEPER, IssueApiKey("partner-a", " ", ())),
        await issue_api_key(office, KEEPER, IssueApiKey("partner-a", "x", (Role.EXPORTER, Role.CLERK))),
        await issue_api_key(office, KEEPER, IssueApiKey("partner-a", "x", (), clock.now)),
        await rotate_api_key(office, KEEPER, RotateApiKey("zzzzzzzz")),
        await revoke_api_key(office, KEEPER, RevokeApiKey("lx_" + "z" * 300)),
    ]
    assert [error.code for answer in answers for error in answer.errors] == [
        ErrorCode.UNKNOWN_ACCOUNT,
        ErrorCode.TEXT_EMPTY,
        ErrorCode.ROLE_NOT_HELD,
        ErrorCode.EXPIRES_IN_PAST,
        ErrorCode.UNKNOWN_API_KEY,
        ErrorCode.UNKNOWN_API_KEY,
    ]
    assert await _heads(office) == []
