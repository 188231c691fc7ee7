"""Plans as a whole: rows that are not as they should be, a register that changes, shapes, and mutations."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from graphql import parse, validate
from sqlalchemy import Delete, Update, delete, func, insert, select, update

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.intake import SubmitDispute, submit_dispute
from db import revision
from db.database import Database
from db.reading import Steps
from db.tables.dispute import Assignment, Decision, Dispute
from db.tables.unit import Unit
from resolvers.identity import global_id
from resolvers.plan.planner import MOST_SHAPES
from schema.schema import schema
from tests.resolvers.agreement import By, Operation, Told
from tests.resolvers.city import NOW, PIPE, TOWNS, done

UNREGISTERED = object()
"""Stands for the code of a department that the register does not know."""


def operation(desk: Desk, text: str) -> Operation:
    document = parse(text)
    assert validate(schema._schema, document) == []
    return Operation(desk, document)


async def new_dispute(desk: Desk) -> UUID:
    key: UUID = done(await submit_dispute(desk, DEMO_ADMINISTRATOR, SubmitDispute(PIPE, TOWNS[0], "hotline")))
    return key


async def write(desk: Desk, *statements: Any) -> None:
    async with desk.database.write() as connection:
        for statement in statements:
            await connection.execute(statement)


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


async def rename(url: str, name: str) -> None:
    """Give the lead unit of the disputes another name, as another process would."""
    other = Database.open(url)
    async with other.write() as connection:
        named = update(Unit).where(Unit.code == "990102-ecology").values(name=name)
        await connection.execute(named)
        await revision.bump(connection, DIRECTORY)
    await other.close()


LEADS = [
    "query ($id: ID!) { dispute(id: $id) { leadDepartment { name } } }",
    "query ($id: ID!) { node(id: $id) { ... on Dispute { leadDepartment { name } } } }",
    "query ($id: ID!) { nodes(ids: [$id]) { ... on Dispute { assignments { department { name } } } } }",
    'query { disputes(filter: {leadDepartment: "990102-ecology"}, first: 1) {'
    " nodes { leadDepartment { name } } } }",
    'query { department(code: "990102-ecology") { name } }',
    'query { departments(filter: {region: "990102", function: "ecology"}) { name } }',
    'query { region(code: "990102") { departments { name } } }',
]


@pytest.mark.parametrize("text", LEADS)
async def test_names_are_fresh_when_another_process_has_changed_them(
    desk: Desk, worn_url: str, text: str
) -> None:
    asked = operation(desk, text)
    variables = {"id": global_id("Dispute", await new_dispute(desk))}
    for name in (f"甲{uuid4()}", f"乙{uuid4()}"):
        await rename(worn_url, name)
        by, told = await asked.planned(variables)
        assert by is By.PLAN
        assert told == await asked.executed(variables)
        assert told is not None
        assert name in told.data.decode()


def interrupted(database: Database, at: int, change: Callable[[], Awaitable[None]]) -> None:
    """Let something happen elsewhere, once, before a read's statement number `at`."""
    fetch = database.fetch
    waiting = [change]

    async def observed(steps: Callable[[], Steps[Any]], **how: Any) -> Any:
        return await fetch(lambda: watched(steps()), **how)

    def watched(steps: Steps[Any]) -> Steps[Any]:
        rows: Any = None
        for number in itertools.count():
            try:
                asked = steps.send(rows)
            except StopIteration as end:
                return end.value
            if number == at and waiting:
                with ThreadPoolExecutor(1) as elsewhere:
                    elsewhere.submit(asyncio.run, waiting.pop()()).result()  # type: ignore[arg-type]
            rows = yield asked
        raise AssertionError

    setattr(database, "fetch", observed)  # noqa: B010 - a method of one instance


@pytest.mark.parametrize(("at", "fresh"), [(0, True), (1, False), (2, False)])
async def test_an_answer_is_of_one_moment(desk: Desk, worn_url: str, at: int, fresh: bool) -> None:
    """What changes before the first statement is told; what changes between two of them is not yet."""
    key = await new_dispute(desk)
    asked = operation(
        desk,
        "query ($id: ID!) { dispute(id: $id) {"
        " leadDepartment { name } assignments { department { name } } decision { rule { code } } } }",
    )
    variables = {"id": global_id("Dispute", key)}
    before, after = f"前{uuid4()}", f"后{uuid4()}"
    await rename(worn_url, before)
    await asked.planned(variables)
    interrupted(desk.database, at, lambda: rename(worn_url, after))
    by, told = await asked.planned(variables)
    assert by is By.PLAN
    assert told is not None
    names = orjson.loads(told.data)["dispute"]
    expected = {"name": after if fresh else before}
    assert names["leadDepartment"] == expected
    assert expected in [assignment["department"] for assignment in names["assignments"]]
    _, next_told = await asked.planned(variables)
    assert next_told is not None
    assert after in next_told.data.decode()


async def test_each_shape_has_a_plan_of_its_own_and_only_so_many(desk: Desk) -> None:
    switches = "abcde"
    declared = ", ".join(f"${name}: Boolean!" for name in switches)
    fields = " ".join(f"{name}: code @include(if: ${name})" for name in switches)
    asked = operation(desk, f'query ({declared}) {{ region(code: "990102") {{ name {fields} }} }}')
    answered = []
    for values in itertools.product((True, False), repeat=len(switches)):
        variables = dict(zip(switches, values, strict=True))
        for _ in range(2):
            by, told = await asked.answered(variables)
            expected = {"name": "望澜区", **{name: "990102" for name in switches if variables[name]}}
            assert told == Told(orjson.dumps({"region": expected}), [])
            answered.append(by)
    assert answered.count(By.PLAN) == 2 * MOST_SHAPES
    assert answered.count(By.NO_PLAN) == 2 * (2 ** len(switches) - MOST_SHAPES)


SWITCHED = "query ($whole: Boolean! = false) { viewer { role language @include(if: $whole) } }"


@pytest.mark.parametrize(
    ("variables", "by", "expected"),
    [
        ({}, By.PLAN, {"role": "administrator"}),
        ({"whole": False}, By.PLAN, {"role": "administrator"}),
        ({"whole": True}, By.PLAN, {"role": "administrator", "language": "ZH"}),
        ({"whole": None}, By.NO_PLAN, None),
        ({"whole": 1}, By.NO_PLAN, None),
        ({"whole": 0}, By.NO_PLAN, None),
        ({"whole": "true"}, By.NO_PLAN, None),
        ({"whole": []}, By.NO_PLAN, None),
        ({"whole": {}}, By.NO_PLAN, None),
    ],
    ids=str,
)
async def test_what_a_switch_may_be(desk: Desk, variables: dict[str, Any], by: By, expected: Any) -> None:
    asked = operation(desk, SWITCHED)
    for _ in range(2):
        found, told = await asked.answered(variables)
        assert found is by
        assert orjson.loads(told.data) == (expected and {"viewer": expected})
        assert bool(told.errors) is (expected is None)


async def count(desk: Desk) -> int:
    async with desk.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(Dispute)) or 0


SUBMITTED = {"description": PIPE, "regionCode": TOWNS[0], "channel": "HOTLINE"}
MUTATIONS: dict[str, tuple[str, By, int]] = {
    "planned": ("a: submitDispute(input: $input) { dispute { number } errors { code } }", By.PLAN, 1),
    "one after another": (
        "a: submitDispute(input: $input) { dispute { number } }"
        " b: submitDispute(input: $input) { dispute { number } }",
        By.PLAN,
        2,
    ),
    "a payload that is refused": (
        "a: submitDispute(input: $input) { dispute { number events(first: 0) { id } } errors { code } }",
        By.REFUSED,
        1,
    ),
    "a second payload that is refused": (
        "a: submitDispute(input: $input) { dispute { number } }"
        " b: submitDispute(input: $input) { dispute { number events(first: 0) { id } } }",
        By.REFUSED,
        2,
    ),
    "a first payload that is refused": (
        "a: submitDispute(input: $input) { dispute { number events(first: 0) { id } } }"
        " b: submitDispute(input: $input) { dispute { number } }",
        By.REFUSED,
        2,
    ),
    "to be mended": (
        'a: submitDispute(input: {description: "", regionCode: "990102001", channel: WEB}) {'
        " dispute { number } errors { code } }",
        By.PLAN,
        0,
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_acts_once_whoever_tells_of_it(desk: Desk, name: str) -> None:
    fields, expected, acted = MUTATIONS[name]
    declared = "($input: SubmitDisputeInput!)" if "$input" in fields else ""
    asked = operation(desk, f"mutation {declared} {{ {fields} }}")
    before = await count(desk)
    by, told = await asked.answered({"input": SUBMITTED})
    assert by is expected
    assert await count(desk) == before + acted
    assert [error["path"][1:] for error in told.errors] == [["dispute", "events"]] * (by is By.REFUSED)


@dataclass
class Clock:
    """A clock that stops after so many looks at it."""

    looks: int

    def __call__(self) -> Any:
        self.looks -= 1
        if self.looks < 0:
            raise RuntimeError("the clock has stopped")
        return NOW


FAILING: Mapping[str, tuple[str, dict[str, Any]]] = {
    "mutation": (
        "mutation ($input: SubmitDisputeInput!) { submitDispute(input: $input) { dispute { number } } }",
        {"input": SUBMITTED},
    ),
    "preview": (
        "query ($input: PreviewRoutingInput!) { previewRouting(input: $input) { errors { code } } }",
        {"input": {"text": PIPE, "regionCode": TOWNS[0]}},
    ),
    "field": ("{ departments(filter: {active: true}) { code } }", {}),
}


@pytest.mark.parametrize("name", FAILING)
async def test_a_fault_of_ours_is_an_error_of_its_field(worn_url: str, name: str) -> None:
    text, variables = FAILING[name]
    desk = Desk(Database.open(worn_url), clock=Clock(0))
    before = await count(desk)
    asked = operation(desk, text)
    by, told = await asked.answered(variables)
    assert by is By.GIVEN_UP
    assert [error["message"] for error in told.errors] == ["the clock has stopped"]
    assert await count(desk) == before
    await desk.close()
