"""Plans as a whole: shapes, mutations that act once, and faults."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from casework.desk import Desk
from db.database import Database
from db.tables.dispute import Dispute
from resolvers.plan.planner import MOST_SHAPES
from tests.resolvers.agreement import By, Told
from tests.resolvers.city import NOW, PIPE, TOWNS
from tests.resolvers.plan.worn import operation


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
