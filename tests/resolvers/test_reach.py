"""Rows by right: what an account does not reach is not there, whichever way it is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.actor import Actor, Grant, Role
from tests.resolvers.api import Api

LIST = "{ disputes(first: 100) { totalCount nodes { id number %s } } }"
UNITS = """
    status region { code } territorialOwner { code }
    assignments { department { code } endedAt }
    objections { department { code } state }
    mergedInto { assignments { department { code } endedAt } }
"""


def as_actor(api: Api, *grants: Grant) -> Api:
    """The same API, asked by somebody with these grants."""
    return replace(api, actor=Actor("somebody", grants))


def has(unit: str, dispute: dict[str, Any]) -> bool:
    """Whether a unit has a dispute, told from all that everybody's administrator sees of it."""
    assignments = [*dispute["assignments"], *(dispute["mergedInto"] or {"assignments": []})["assignments"]]
    return (
        any(each["department"]["code"] == unit and each["endedAt"] is None for each in assignments)
        or any(
            each["department"]["code"] == unit and each["state"] == "OPEN" for each in dispute["objections"]
        )
        or dispute["territorialOwner"]["code"] == unit
    )


@pytest.mark.parametrize("role", [Role.UNIT_LEAD, Role.CLERK, Role.PARTNER_SYSTEM])
async def test_a_unit_reaches_what_it_has(settled: Api, role: Role) -> None:
    there = (await settled.ask(LIST % UNITS))["disputes"]
    units = {each["department"]["code"] for one in there["nodes"] for each in one["assignments"]}
    units |= {one["territorialOwner"]["code"] for one in there["nodes"]}
    for unit in sorted(units):
        expected = [each["number"] for each in there["nodes"] if has(unit, each)]
        assert len(expected) < there["totalCount"]
        found = (await as_actor(settled, Grant(role, unit=unit)).ask(LIST % ""))["disputes"]
        assert [each["number"] for each in found["nodes"]] == expected, unit
        assert found["totalCount"] == len(expected)
