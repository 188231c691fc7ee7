"""Accounts and keys, by the commands that whoever keeps them types."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest

from cli.speech import Exit
from tests.casework.accounts import PASSWORD, hash_quickly
from tests.cli.running import InProcess, Ran


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


class Keeper:
    """Types commands on a database."""

    def __init__(self, run: InProcess, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run = run
        self.url = url
        self.monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: str = "", **variables: str) -> Ran:
        self.monkeypatch.setattr("sys.stdin", StringIO(stdin))
        return self.run(*arguments, LIANXI_DATABASE_URL=self.url, LIANXI_LOG_LEVEL="error", **variables)

    def json(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self(*arguments, "--json").out)


@pytest.fixture
def type_(run: InProcess, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    return Keeper(run, database_url, monkeypatch)


def test_an_account_from_its_first_day_to_its_last(type_: Keeper) -> None:
    steps = [
        type_("user", "add", "clerk-a", "--name", "张某", "--role", "clerk", "--region", "990102"),
        type_("user", "password", "clerk-a", stdin=f"{PASSWORD}\n"),
        type_("user", "grant", "clerk-a", "unit_lead", "--unit", "990102-ecology"),
        type_("user", "grant", "clerk-a", "clerk", "--region", "990102", "--withdraw"),
    ]
    assert [(step.status, step.err) for step in steps] == [(0, "")] * 4
    assert PASSWORD not in "".join(step.out for step in steps)
    (account,) = type_.json("user", "list")
    assert account == {
        "name": "clerk-a",
        "display_name": "张某",
        "grants": [{"role": "unit_lead", "unit": "990102-ecology", "region": None}],
        "subject": None,
        "has_password": True,
        "has_code": False,
        "disabled_at": None,
    }
    assert "unit_lead (990102-ecology)" in type_("user", "list").out
    assert type_("user", "disable", "clerk-a").status == 0
    assert type_.json("user", "list")[0]["disabled_at"] is not None
    assert type_("user", "disable", "clerk-a", "--undo").status == 0
    assert type_.json("user", "list")[0]["disabled_at"] is None
    assert type_("user", "password", "clerk-a", "--drop-code", stdin=PASSWORD).status == 0
    assert type_("verify-audit").status == 0


def test_a_key_from_its_first_day_to_its_last(type_: Keeper) -> None:
    type_("user", "add", "partner-a", "--role", "partner_system")
    first = type_("key", "add", "partner-a", "--label", "monitoring", "--expires", "2030-12-31").out.strip()
    assert first.startswith("lx_")
    prefix = first[3:11]
    rotated = type_("key", "rotate", prefix, "--overlap", "3").out.split()
    second = next(word for word in rotated if word.startswith("lx_"))
    assert type_("key", "revoke", prefix).status == 0
    new, old = type_.json("key", "list", "partner-a")
    assert (old["prefix"], new["prefix"]) == (prefix, second[3:11])
    assert old["revoked_at"] is not None
    assert new["roles"] == old["roles"] == ["partner_system"]
    assert type_.json("key", "list", "nobody-a") == []
    listed = type_("key", "list").out
    assert prefix in listed
    assert first not in listed
    assert type_("key", "add", "partner-a", "--label", "x", "--role", "auditor").status == Exit.FINDINGS
    only = type_("key", "add", "partner-a", "--label", "x", "--role", "partner_system")
    assert only.out.startswith("lx_")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("user", "add", "张某"), Exit.FINDINGS),
        (("user", "add", "clerk-a", "--role", "king"), Exit.USAGE),
        (("user", "add", "clerk-a", "--role", "public"), Exit.USAGE),
        (("user", "add", "clerk-a", "--subject", "0815"), Exit.USAGE),
        (("user", "add", "clerk-a", "--as", "a b"), Exit.USAGE),
        (("user", "grant", "nobody-a", "clerk"), Exit.FINDINGS),
        (("user", "disable", "nobody-a"), Exit.FINDINGS),
        (("user", "password", "nobody-a"), Exit.FINDINGS),
        (("key", "add", "nobody-a", "--label", "x"), Exit.FINDINGS),
        (("key", "add", "nobody-a", "--label", "x", "--expires", "soon"), Exit.USAGE),
        (("key", "rotate", "zzzzzzzz"), Exit.FINDINGS),
        (("key", "revoke", "zzzzzzzz"), Exit.FINDINGS),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    run: InProcess,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: Exit,
) -> None:
    ended = Keeper(run, sqlite_url, monkeypatch)(*arguments)
    assert (ended.status, ended.out, len(ended.err.splitlines())) == (status, "", 1)


def test_a_subject_is_of_the_provider_of_the_settings(type_: Keeper) -> None:
    added = type_("user", "add", "zhang-a", "--subject", "0815", LIANXI_OIDC_ISSUER="https://id.example")
    assert added.status == 0
    assert type_.json("user", "list")[0]["subject"] == "0815"
