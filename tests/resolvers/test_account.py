"""Accounts and API keys through the API: kept by administrators, shown without their secrets."""

from __future__ import annotations

from typing import Any

import pytest

from casework.api_key import signed_in_by_key
from db.tables.base import new_key
from tests.resolvers.accounts import NAME
from tests.resolvers.api import Api, Way
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.queries import QUERIES
from tests.resolvers.test_statements import PAYLOADS


async def do(api: Api, name: str, /, **given: Any) -> Any:
    """The payload of a mutation without errors."""
    answer = (await api.ask(MUTATIONS[name], input=given))[name]
    assert answer["errors"] == []
    assert len(api.statements) == PAYLOADS[name], "\n".join(api.statements)
    assert api.planned is (api.way is Way.PLANS)
    return answer


def fresh() -> str:
    """A name that no other test has taken."""
    return f"partner-{new_key().hex}"


async def test_what_an_account_is(settled: Api) -> None:
    account = (await settled.ask(QUERIES["account"], account=NAME))["account"]
    assert (account["name"], account["displayName"], account["byProvider"]) == (NAME, "张某", False)
    assert account["grants"] == [
        {"role": "clerk", "unit": None, "region": "990102"},
        {"role": "unit_lead", "unit": "990102-ecology", "region": None},
    ]
    newest, oldest = account["apiKeys"]
    assert (newest["label"], newest["roles"], oldest["revokedAt"]) == ("旧", ["clerk"], None)
    assert newest["revokedAt"] is not None
    for name in ("nobody-a", "", "a\x00"):
        assert (await settled.ask(QUERIES["account"], account=name))["account"] is None


async def test_an_account_and_its_keys_are_kept(busy: Api) -> None:
    name = fresh()
    await do(busy, "addAccount", name=name, displayName="监测平台")
    role = {"account": name, "role": "partner_system"}
    granted = await do(busy, "grantRole", **role)
    assert granted["account"]["grants"] == [{"role": "partner_system", "unit": None, "region": None}]
    issued = await do(busy, "issueApiKey", account=name, label="x", roles=["partner_system"])
    found = await signed_in_by_key(busy.desk, issued["secret"])
    assert found is not None
    assert found.actor.id == name
    rotated = await do(busy, "rotateApiKey", prefix=issued["apiKey"]["prefix"], overlapDays=0)
    assert await signed_in_by_key(busy.desk, issued["secret"]) is None
    assert await signed_in_by_key(busy.desk, rotated["secret"]) is not None
    revoked = await do(busy, "revokeApiKey", prefix=rotated["apiKey"]["prefix"])
    assert revoked["apiKey"]["revokedAt"] is not None
    assert (await do(busy, "withdrawRole", **role))["account"]["grants"] == []
    assert (await do(busy, "disableAccount", account=name))["account"]["disabledAt"] is not None
    assert (await do(busy, "enableAccount", account=name))["account"]["disabledAt"] is None


async def test_a_secret_is_shown_once(busy: Api) -> None:
    name = fresh()
    await do(busy, "addAccount", name=name)
    given = {"account": name, "label": "x", "roles": [], "clientMutationId": name}
    first = (await busy.ask(MUTATIONS["issueApiKey"], input=given))["issueApiKey"]
    again = (await busy.ask(MUTATIONS["issueApiKey"], input=given))["issueApiKey"]
    assert first["secret"].startswith("lx_")
    assert (again["apiKey"], again["secret"]) == (first["apiKey"], None)


@pytest.mark.parametrize(
    ("name", "given", "code", "path"),
    [
        ("addAccount", {"name": "张某"}, "ACCOUNT_MALFORMED", ["name"]),
        ("addAccount", {"name": "public"}, "ACCOUNT_MALFORMED", ["name"]),
        ("grantRole", {"account": "nobody-a", "role": "clerk"}, "UNKNOWN_ACCOUNT", ["account"]),
        ("grantRole", {"account": NAME, "role": "king"}, "UNKNOWN_ROLE", ["role"]),
        ("grantRole", {"account": NAME, "role": "public"}, "UNKNOWN_ROLE", ["role"]),
        ("withdrawRole", {"account": NAME, "role": "auditor"}, "NOT_GRANTED", ["role"]),
        ("issueApiKey", {"account": NAME, "label": "x", "roles": ["king"]}, "UNKNOWN_ROLE", ["roles"]),
        ("rotateApiKey", {"prefix": "a\x00"}, "UNKNOWN_API_KEY", ["prefix"]),
        ("revokeApiKey", {"prefix": ""}, "UNKNOWN_API_KEY", ["prefix"]),
        ("disableAccount", {"account": "a\x00"}, "UNKNOWN_ACCOUNT", ["account"]),
        ("grantRole", {"account": NAME, "role": "clerk", "unit": "a\x00"}, "UNKNOWN_UNIT", ["unit"]),
        ("grantRole", {"account": NAME, "role": "clerk", "region": "a\x00"}, "UNKNOWN_REGION", ["region"]),
    ],
)
async def test_what_has_to_be_mended(
    busy: Api, name: str, given: dict[str, Any], code: str, path: list[str]
) -> None:
    there = fresh()
    await do(busy, "addAccount", name=there)
    given = {field: there if value == NAME else value for field, value in given.items()}
    answer = (await busy.ask(MUTATIONS[name], input=given))[name]
    (error,) = answer["errors"]
    assert (error["code"], error["path"]) == (code, path)
