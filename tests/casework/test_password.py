"""Passwords: which are taken, and that nothing of them is kept."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from casework.actor import Actor
from casework.attempts import FIRST_PAUSE, FREE_OF_ACCOUNT
from casework.errors import ErrorCode
from casework.password import (
    HASHER,
    NOBODYS,
    ChangePassword,
    SetPassword,
    change_password,
    is_password,
    password_errors,
    set_password,
)
from casework.session import signed_in_by_session
from casework.sign_in import Proof, sign_in
from db.database import Database
from tests.casework.accounts import KEEPER, PASSWORD, Clock, add, desk_with, everything_stored, hash_quickly


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "鲁迅的野草与朝花夕拾各一本",
        "x7Ur!mNqp2zd",
        "十二个不同的字也可以当密码用",
    ],
)
def test_length_is_what_counts(password: str) -> None:
    assert password_errors(password, "clerk-a", ()) == ()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", ErrorCode.PASSWORD_LENGTH),
        ("elevenchars", ErrorCode.PASSWORD_LENGTH),
        ("x1" * 101, ErrorCode.PASSWORD_LENGTH),
        ("ﬃ" * 3, ErrorCode.PASSWORD_LENGTH),
        ("123456789012", ErrorCode.PASSWORD_EASY),
        ("password1234", ErrorCode.PASSWORD_EASY),
        ("P@ssw0rd2026!", ErrorCode.PASSWORD_EASY),
        ("LianxiLianxi1", ErrorCode.PASSWORD_EASY),
        ("qwertyuiop123", ErrorCode.PASSWORD_EASY),
        ("abababababababab", ErrorCode.PASSWORD_EASY),
        ("clerk-a-2026", ErrorCode.PASSWORD_EASY),
        ("2026-11-21 12:00", ErrorCode.PASSWORD_EASY),
    ],
)
def test_short_and_easy_ones_are_not_taken(password: str, code: ErrorCode) -> None:
    assert [error.code for error in password_errors(password, "clerk-a", ())] == [code]


def test_where_there_is_no_account_the_same_work_is_done() -> None:
    own, nobodys = extract_parameters(HASHER.hash("x")), extract_parameters(NOBODYS)
    assert own == nobodys
    assert (own.type, own.memory_cost >= 19_456) == (Type.ID, True)  # OWASP's least


async def test_nothing_of_a_password_is_stored(database: Database) -> None:
    desk = desk_with(database, Clock())
    await add(desk, "clerk-a", password=PASSWORD)
    await sign_in(desk, Proof("clerk-a", PASSWORD, "", "192.0.2.1"))
    await sign_in(desk, Proof("hunter in the wrong field", "hunter in the right field"))
    stored = await everything_stored(desk)
    assert "$argon2id$" in stored
    assert PASSWORD not in stored
    assert "hunter" not in stored


async def test_letters_that_keyboards_write_in_two_ways_are_one(database: Database) -> None:
    desk = desk_with(database, Clock())
    await add(desk, "clerk-a", password="café au lait, s'il vous plaît")
    assert await sign_in(desk, Proof("clerk-a", "cafe\u0301 au lait, s'il vous plai\u0302t"))
    assert not await is_password(desk, "x", "no hash at all")
    assert not await is_password(desk, "\ud800", None)


async def test_changing_it_needs_the_old_one_and_signs_out_everywhere(database: Database) -> None:
    desk = desk_with(database, Clock())
    await add(desk, "clerk-a", password=PASSWORD)
    clerk = Actor("clerk-a", ())
    session = await sign_in(desk, Proof("clerk-a", PASSWORD))
    assert session is not None
    new = "green goat, eight lanterns"
    wrong = await change_password(desk, clerk, ChangePassword(new, new))
    assert [error.code for error in wrong.errors] == [ErrorCode.PASSWORD_WRONG]
    short = await change_password(desk, clerk, ChangePassword(PASSWORD, "short"))
    assert [error.path for error in short.errors] == [("new",)]
    assert await signed_in_by_session(desk, session) is not None
    assert (await change_password(desk, clerk, ChangePassword(PASSWORD, new))).errors == ()
    assert await signed_in_by_session(desk, session) is None
    assert await sign_in(desk, Proof("clerk-a", PASSWORD)) is None
    assert await sign_in(desk, Proof("clerk-a", new)) is not None


async def test_the_old_one_is_not_found_out_by_trying(database: Database) -> None:
    clock = Clock()
    desk = desk_with(database, clock)
    await add(desk, "clerk-a", password=PASSWORD)
    clerk, new = Actor("clerk-a", ()), "green goat, eight lanterns"
    for guess in range(FREE_OF_ACCOUNT):
        await change_password(desk, clerk, ChangePassword(f"a guess, the number {guess}", new))
    paused = await change_password(desk, clerk, ChangePassword(PASSWORD, new))
    assert [error.code for error in paused.errors] == [ErrorCode.PASSWORD_WRONG]
    assert await sign_in(desk, Proof("clerk-a", PASSWORD)) is not None
    clock.now += FIRST_PAUSE
    assert (await change_password(desk, clerk, ChangePassword(PASSWORD, new))).errors == ()


async def test_only_accounts_have_passwords(database: Database) -> None:
    result = await set_password(desk_with(database, Clock()), KEEPER, SetPassword("nobody-a", PASSWORD))
    assert [error.code for error in result.errors] == [ErrorCode.UNKNOWN_ACCOUNT]
