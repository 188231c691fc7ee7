"""Whatever is asked, a plan answers as the executor does: the same data, the same errors."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as gql

from casework.desk import Desk
from schema.schema import schema
from tests.resolvers.agreement import Agreed, By, Operation
from tests.resolvers.api import Api
from tests.resolvers.city import PIPE, TOWNS
from tests.resolvers.conftest import desk_at
from tests.resolvers.known import known
from tests.resolvers.mutations import MUTATIONS
from tests.resolvers.questions import change, question
from tests.resolvers.values import Values

PARTS = range(4)
"""Questions are asked in parts, for several workers: the first is the same in every run."""
QUESTIONS = 260
DOCUMENTS = 40
REQUESTS = 625
"""How many requests a part has at least, so that there are 5,000 on both databases together."""
PLANNED = 0.9
"""How many of the answers without errors come from plans, at least. The others ask for the schema itself, or
have an argument that makes no sense where the executor never comes to."""
ONLY_GENERATED = settings(
    deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
MOMENTS = st.sampled_from(["2026-03-15T01:30:00Z", "2026-01-01T00:00:00+08:00"]).map(nodes.String)
LITERALS = gql.queries(schema._schema, custom_scalars={"DateTime": MOMENTS, "_Any": st.just(nodes.Null)})


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all questions: a database belongs to its loop."""
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module")
def desk(settled_url: str, runner: asyncio.Runner) -> Iterator[Desk]:
    """The desk of the city, in that loop."""
    opened = desk_at(settled_url)
    yield opened
    runner.run(opened.close())


@pytest.fixture(scope="module")
def values(desk: Desk, runner: asyncio.Runner) -> Values:
    """What the city knows."""
    return Values(runner.run(known(Api(desk))))


def ask(desk: Desk, runner: asyncio.Runner, text: str, *requests: Mapping[str, Any]) -> list[Agreed]:
    """How the requests for a document were answered; none where the schema does not accept it."""
    document = parse(text)
    if validate(schema._schema, document, max_errors=1):
        return []
    operation = Operation(desk, document)
    return [runner.run(operation.agrees(variables)) for variables in requests]


@pytest.fixture
def without_noise() -> Iterator[None]:
    """graphql-core cancels the fields beside one that is refused before it has awaited what they hold. What
    it leaves is let go of here, and neither in the middle of a plan nor in a test that comes later."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.filterwarnings("ignore:coroutine '.*' was never awaited:RuntimeWarning")
@pytest.mark.usefixtures("without_noise")
@pytest.mark.parametrize("part", PARTS)
def test_questions(desk: Desk, runner: asyncio.Runner, values: Values, part: int) -> None:
    answered: Counter[Agreed] = Counter()

    @settings(ONLY_GENERATED, max_examples=QUESTIONS, derandomize=part == 0)
    @given(seed=st.integers(0, 2**48))
    def ask_one(seed: int) -> None:
        asked = question(schema._schema, values, seed)
        answered.update(ask(desk, runner, asked.text, *asked.requests))

    @settings(ONLY_GENERATED, max_examples=DOCUMENTS, derandomize=part == 0)
    @given(text=LITERALS)
    def ask_literally(text: str) -> None:
        answered.update(ask(desk, runner, text, {}))

    ask_one()
    ask_literally()
    assert answered.total() >= REQUESTS
    clean = sum(count for agreed, count in answered.items() if agreed.clean)
    assert answered[Agreed(By.PLAN, clean=True)] >= PLANNED * clean, answered
    # Bad input is part of it, and each kind of answer.
    assert {agreed.by for agreed in answered} >= {By.PLAN, By.REFUSED, By.NO_PLAN}
    assert clean < answered.total()


def outline(value: Any) -> Any:
    """What an answer looks like, whatever is in it."""
    if isinstance(value, dict):
        return {key: outline(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [outline(inner) for inner in value]
    return type(value).__name__


@pytest.fixture
def busy_desk(busy_url: str, runner: asyncio.Runner) -> Iterator[Desk]:
    """The desk of a city that other tests change too."""
    opened = desk_at(busy_url)
    yield opened
    runner.run(opened.close())


def test_mutations_answer_alike(busy_desk: Desk, runner: asyncio.Runner, values: Values) -> None:
    """Each is carried out twice, on a dispute of its own."""
    complaint = {"description": PIPE, "regionCode": TOWNS[0], "channel": "HOTLINE"}

    def new_dispute() -> str:
        made = runner.run(Api(busy_desk).ask(MUTATIONS["submitDispute"], input=complaint))
        return str(made["submitDispute"]["dispute"]["id"])

    answered: Counter[By] = Counter()
    for seed in range(30):
        inputs: dict[str, dict[str, Any]] = {
            "submitDispute": {**complaint, "regionCode": TOWNS[seed % 5], "severity": seed % 6},
            "reassignDispute": {"leadDepartmentCode": "990100-water", "reason": "属水体问题"},
            "objectToAssignment": {"departmentCode": "990102-ecology", "reason": "非本单位职责"},
            "conveneConference": {"domain": "environment" if seed % 3 else "nothing"},
        }
        for name, filled in inputs.items():
            asked = change(schema._schema, values, seed, name)
            document = parse(asked.text)
            if validate(schema._schema, document):
                continue
            operation = Operation(busy_desk, document)
            first, second = (
                {
                    **asked.requests[0],
                    "input": filled if name == "submitDispute" else {**filled, "id": new_dispute()},
                }
                for _ in range(2)
            )
            by, told = runner.run(operation.answered(first))
            expected = runner.run(operation.executed(second))
            assert outline(orjson.loads(told.data)) == outline(orjson.loads(expected.data))
            assert told.errors == expected.errors
            answered[by] += 1
    assert answered[By.PLAN] > 60
    assert By.GIVEN_UP not in answered
