"""Rows that are not as they should be: null goes as far as the specification says, whoever answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import Delete, Update, delete, insert, update

from casework.desk import Desk
from db.tables.dispute import Assignment, Decision, Dispute
from db.tables.unit import Unit
from resolvers.identity import global_id
from tests.resolvers.agreement import By
from tests.resolvers.plan.worn import new_dispute, operation, write

UNREGISTERED = object()
"""Stands for the code of a department that the register does not know."""


async def unregistered(desk: Desk) -> str:
    """The code of a department that is there, and that the register as it was read does not have."""
    code = f"990100-{uuid4().hex[:12]}"
    await write(desk, insert(Unit).values(code=code, region_code="990100", name="新局", name_en="New"))
    return code


@dataclass(frozen=True)
class Damage:
    """A change to the rows of a dispute, and what is answered then: `dispute`, and the paths of errors."""

    change: Callable[[UUID, str], Update | Delete]
    selection: str
    expected: Any
    errors: list[list[str | int]]


def of(table: type[Any], parent: Any, **values: Any) -> Callable[[UUID, str], Update]:
    """Give the rows of a dispute other values."""
    return lambda key, code: (
        update(table)
        .where(parent == key)
        .values(**{name: code if value is UNREGISTERED else value for name, value in values.items()})
    )


of_dispute = partial(of, Dispute, Dispute.id)
of_decision = partial(of, Decision, Decision.dispute_id)
of_assignments = partial(of, Assignment, Assignment.dispute_id)


def no_decision(key: UUID, code: str) -> Delete:
    """Take its decisions away."""
    return delete(Decision).where(Decision.dispute_id == key)


DAMAGES = {
    "a status that no longer exists": Damage(
        of_dispute(status="lost"), "severity status", None, [["dispute", "status"]]
    ),
    "a status that nobody asks for": Damage(of_dispute(status="lost"), "severity", {"severity": 3}, []),
    "a lead that the register does not know": Damage(
        of_dispute(lead_unit_code=UNREGISTERED),
        "severity leadDepartment { name }",
        {"severity": 3, "leadDepartment": None},
        [["dispute", "leadDepartment"]],
    ),
    "an owner that the register does not know": Damage(
        of_dispute(territorial_owner_code=UNREGISTERED),
        "severity territorialOwner { name }",
        None,
        [["dispute", "territorialOwner"]],
    ),
    "a co-unit that the register does not know": Damage(
        of_assignments(unit_code=UNREGISTERED, role="co"),
        "coDepartments { name }",
        None,
        [["dispute", "coDepartments"]],
    ),
    "a role that no longer exists, in a list": Damage(
        of_assignments(role="lost"),
        "severity assignments { origin role }",
        None,
        [["dispute", "assignments", 0, "role"]],
    ),
    "no decision": Damage(
        no_decision,
        "decision { sequence rule { code } } decisions { sequence } facts { field }",
        {"decision": None, "decisions": [], "facts": []},
        [],
    ),
    "a rule that is gone": Damage(
        of_decision(rule_id="gone", overlay_ids=["gone", "crime"]),
        "decision { rule { code } overlays { code } }",
        {"decision": {"rule": None, "overlays": [{"code": "crime"}]}},
        [],
    ),
    "a function that the register does not know": Damage(
        of_decision(lead_function="gone", co_functions=["gone"]),
        "decision { leadFunction { name } coFunctions { code } }",
        {"decision": {"leadFunction": {"name": "gone"}, "coFunctions": [{"code": "gone"}]}},
        [],
    ),
    "a triage reason that no longer exists": Damage(
        of_decision(triage_reason="lost"),
        "decision { sequence triageReason }",
        {"decision": {"sequence": 1, "triageReason": None}},
        [["dispute", "decision", "triageReason"]],
    ),
    "a match without its word": Damage(
        of_decision(matches=[{"text": "x", "start": 0, "end": 1, "field": "sector", "word": None}]),
        "severity decision { sequence matches { text word } }",
        {"severity": 3, "decision": None},
        [["dispute", "decision", "matches", 0, "word"]],
    ),
    "a match of another kind": Damage(
        of_decision(matches=[{"text": "x"}]),
        "severity decision { matches { text } }",
        {"severity": 3, "decision": None},
        [["dispute", "decision", "matches"]],
    ),
    "an explanation with a gap": Damage(
        of_decision(explanation={"zh": ["一", None]}),
        "decision { explanation }",
        {"decision": None},
        [["dispute", "decision", "explanation", 1]],
    ),
    "candidates without a score": Damage(
        of_decision(candidates=[{"function": "ecology", "rule": None}]),
        "severity decision { candidates { score } }",
        {"severity": 3, "decision": None},
        [["dispute", "decision", "candidates"]],
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_damaged_rows_are_told_as_the_executor_does(desk: Desk, name: str) -> None:
    damage = DAMAGES[name]
    key = await new_dispute(desk)
    asked = operation(desk, f"query ($id: ID!) {{ dispute(id: $id) {{ {damage.selection} }} }}")
    variables = {"id": global_id("Dispute", key)}
    by, sound = await asked.answered(variables)
    assert (by, sound.errors) == (By.PLAN, [])

    await write(desk, damage.change(key, await unregistered(desk)))
    by, told = await asked.answered(variables)
    assert told == await asked.executed(variables)
    assert orjson.loads(told.data) == {"dispute": damage.expected}
    assert [error["path"] for error in told.errors] == damage.errors
    # What cannot be told in JSON without errors is left to the executor, which knows how far null goes.
    assert by is (By.GIVEN_UP if damage.errors else By.PLAN)
