"""Signing in to local accounts: what lets in, what does not, and the pauses after failures."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from casework import password as passwords
from casework.account import DisableAccount, disable_account
from casework.act import Change
from casework.actor import Actor, Role
from casework.attempts import (
    FIRST_PAUSE,
    FORGOTTEN_AFTER,
    FREE_OF_ACCOUNT,
    FREE_OF_ADDRESS,
    LONGEST_PAUSE,
    count,
    network_of,
    pause,
    succeed,
)
from casework.desk import Desk
from casework.errors import ErrorCode
from casework.one_time_code import STEP_SECONDS, confirm_code, drop_code, enrol_code
from casework.sign_in import Proof, sign_in
from db.database import Database
from tests.casework.accounts import (
    KEEPER,
    PASSWORD,
    Clock,
    add,
    audited,
    desk_with,
    everything_stored,
    hash_quickly,
)

CLERK = Actor("clerk-a", ())
RIGHT = Proof("clerk-a", PASSWORD, address="192.0.2.1")
STEP = timedelta(seconds=STEP_SECONDS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(database: Database, clock: Clock) -> Desk:
    desk = desk_with(database, clock)
    await add(desk, "clerk-a", Role.CLERK, password=PASSWORD)
    return desk


async def test_the_password_lets_in_until_the_account_is_disabled(office: Desk) -> None:
    assert await sign_in(office, RIGHT) is not None
    assert (await audited(office))[-1] == ("clerk-a", "sign_in", "account/clerk-a", {})
    await disable_account(office, KEEPER, DisableAccount("clerk-a"))
    assert await sign_in(office, RIGHT) is None
    await disable_account(office, KEEPER, DisableAccount("clerk-a", disabled=False))
    assert await sign_in(office, RIGHT) is not None


@pytest.mark.parametrize(
    "proof",
    [
        Proof("clerk-a", PASSWORD + "x"),
        Proof("clerk-a", ""),
        Proof("clerk-b", PASSWORD),
        Proof("", PASSWORD),
        Proof("clerk-a\x00", PASSWORD),
        Proof("' or 1=1", "' or 1=1"),
        Proof("a" * 100_000, "b" * 100_000),
        Proof("\ud800", "\ud800"),
    ],
    ids=["wrong", "empty", "no such account", "no account", "nul", "quotes", "long", "half a character"],
)
async def test_whatever_is_wrong_the_work_is_the_same(
    office: Desk, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    verify = passwords._verify

    def seen(hash: str, password: str) -> bool:
        compared.append(hash)
        return verify(hash, password)

    monkeypatch.setattr(passwords, "_verify", seen)
    assert await sign_in(office, proof) is None
    (hash,) = compared
    assert (hash == passwords.NOBODYS) is (proof.account != "clerk-a")


def _change(desk: Desk, connection: Any) -> Change:
    return Change(desk, connection, CLERK, desk.clock())


async def _fail(desk: Desk, account: str, address: str, times: int = 1) -> list[bool]:
    looked_at = []
    for _ in range(times):
        async with desk.database.write() as connection:
            looked_at.append(await count(_change(desk, connection), account, address))
    return looked_at


async def test_after_some_failures_there_is_a_pause_for_the_account(office: Desk, clock: Clock) -> None:
    wrong = await _fail(office, "clerk-a", "192.0.2.1", FREE_OF_ACCOUNT)
    assert wrong == [True] * FREE_OF_ACCOUNT
    assert await sign_in(office, RIGHT) is None, "not even the right password is looked at"
    clock.pass_by(FIRST_PAUSE - timedelta(seconds=1))
    assert await sign_in(office, RIGHT) is None
    clock.pass_by(timedelta(seconds=1))
    assert await sign_in(office, RIGHT) is not None
    assert await _fail(office, "clerk-a", "192.0.2.1", FREE_OF_ACCOUNT) == [True] * FREE_OF_ACCOUNT


async def test_pauses_double_and_are_forgotten_after_a_day(office: Desk, clock: Clock) -> None:
    await _fail(office, "clerk-a", "", FREE_OF_ACCOUNT)
    for doubled in (2, 4, 8):
        clock.pass_by(FIRST_PAUSE * doubled / 2)
        assert await _fail(office, "clerk-a", "", 2) == [True, False]
    clock.pass_by(FORGOTTEN_AFTER + timedelta(seconds=1))
    assert await _fail(office, "clerk-a", "", FREE_OF_ACCOUNT) == [True] * FREE_OF_ACCOUNT
    assert pause(10**9, FREE_OF_ACCOUNT) == LONGEST_PAUSE


async def test_an_account_that_is_not_there_has_the_same_pauses(office: Desk) -> None:
    assert await _fail(office, "clerk-b", "", FREE_OF_ACCOUNT + 1) == [True] * FREE_OF_ACCOUNT + [False]


async def test_one_address_does_not_try_many_accounts(office: Desk, clock: Clock) -> None:
    for at in range(FREE_OF_ADDRESS):
        assert await _fail(office, f"clerk-{at}", "2001:db8::1") == [True]
    assert await _fail(office, "clerk-x", "2001:db8::ffff") == [False], "of the same network"
    assert await sign_in(office, Proof("clerk-a", PASSWORD, address="2001:db8:0:1::1")) is not None
    clock.pass_by(FIRST_PAUSE)
    assert await sign_in(office, Proof("clerk-a", PASSWORD, address="2001:db8::1")) is not None
    assert await _fail(office, "clerk-x", "2001:db8::1", 2) == [True, False], "who gets in clears nothing"


async def test_a_hundred_at_once_are_not_all_looked_at(office: Desk) -> None:
    looked_at = await asyncio.gather(*(_fail(office, "clerk-a", "192.0.2.1") for _ in range(30)))
    assert sum(each[0] for each in looked_at) == FREE_OF_ACCOUNT


async def test_success_counts_for_the_account_alone(office: Desk) -> None:
    await _fail(office, "clerk-a", "192.0.2.1", 3)
    async with office.database.write() as connection:
        await succeed(_change(office, connection), "clerk-a", "192.0.2.1")
    assert await _fail(office, "clerk-a", "192.0.2.1", FREE_OF_ACCOUNT) == [True] * FREE_OF_ACCOUNT


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:0db8:0001:0002::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_an_address_counts_as(address: str, network: str) -> None:
    assert network_of(address) == network


async def _enrolled(office: Desk) -> pyotp.TOTP:
    enrolled = (await enrol_code(office, CLERK)).value
    assert enrolled is not None
    assert enrolled.uri == (f"otpauth://totp/Lianxi:clerk-a?secret={enrolled.secret}&issuer=Lianxi")
    return pyotp.TOTP(enrolled.secret)


async def test_codes_are_asked_for_once_one_was_shown(office: Desk, clock: Clock) -> None:
    totp = await _enrolled(office)
    assert totp.secret not in await everything_stored(office)
    assert await sign_in(office, RIGHT) is not None
    wrong = await confirm_code(office, CLERK, "000000" if totp.at(clock.now) != "000000" else "111111")
    assert [error.code for error in wrong.errors] == [ErrorCode.CODE_WRONG]
    first = totp.at(clock.now)
    assert (await confirm_code(office, CLERK, first)).errors == ()

    async def let_in(code: str) -> bool:
        return await sign_in(office, Proof("clerk-a", PASSWORD, code, "")) is not None

    assert not await let_in("")
    assert not await let_in(first), "it was taken when it was confirmed"
    clock.pass_by(STEP)
    assert not await let_in(totp.at(clock.now - 3 * STEP))
    code = totp.at(clock.now)
    assert await let_in(f" {code[:3]} {code[3:]} ")
    assert not await let_in(code), "a code is taken once"
    clock.pass_by(2 * STEP)
    assert await let_in(totp.at(clock.now - STEP)), "a clock may be a step late"
    assert await let_in(totp.at(clock.now + STEP)), "or early"
    assert not await let_in(totp.at(clock.now)), "but none is older than the last"


async def test_two_at_once_with_one_code_are_not_both_let_in(office: Desk, clock: Clock) -> None:
    totp = await _enrolled(office)
    await confirm_code(office, CLERK, totp.at(clock.now))
    clock.pass_by(STEP)
    proof = Proof("clerk-a", PASSWORD, totp.at(clock.now))
    let_in = await asyncio.gather(*(sign_in(office, proof) for _ in range(2)))
    assert sorted(each is not None for each in let_in) == [False, True]


async def test_a_lost_authenticator_is_dropped_by_the_keeper(office: Desk, clock: Clock) -> None:
    totp = await _enrolled(office)
    await confirm_code(office, CLERK, totp.at(clock.now))
    assert [error.code for error in (await enrol_code(office, CLERK)).errors] == [ErrorCode.CODES_ENROLLED]
    assert await sign_in(office, RIGHT) is None
    assert (await drop_code(office, KEEPER, "clerk-a")).errors == ()
    assert await sign_in(office, RIGHT) is not None


async def test_without_a_sealing_key_there_are_no_codes(office: Desk, clock: Clock) -> None:
    unsealed = await enrol_code(replace(office, sealing_key=""), CLERK)
    assert [error.code for error in unsealed.errors] == [ErrorCode.CODES_UNSEALED]
    totp = await _enrolled(office)
    await confirm_code(office, CLERK, totp.at(clock.now))
    clock.pass_by(STEP)
    other = replace(office, sealing_key="another key, that does not open it")
    assert await sign_in(other, Proof("clerk-a", PASSWORD, totp.at(clock.now))) is None
