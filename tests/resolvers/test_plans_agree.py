"""Whatever is asked, a plan answers as the executor does: the same data, the same errors."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from graphql import DocumentNode, parse, validate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as gql

from casework.desk import Desk
from schema.schema import schema
from tests.resolvers.agreement import By, Operation
from tests.resolvers.api import Api
from tests.resolvers.conftest import desk_at
from tests.resolvers.known import known
from tests.resolvers.questions import question
from tests.resolvers.values import Values

PARTS = range(4)
"""The questions are asked in parts, for several workers."""
QUESTIONS = 420
REQUESTS = 625
"""How many requests a part has at least, so that both databases together have 5,000."""
QUICK = settings(
    max_examples=QUESTIONS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


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


@pytest.mark.parametrize("part", PARTS)
def test_generated_questions(desk: Desk, runner: asyncio.Runner, values: Values, part: int) -> None:
    answered: Counter[By] = Counter()

    @settings(QUICK, derandomize=part == 0)
    @given(seed=st.integers(0, 2**48))
    def ask(seed: int) -> None:
        asked = question(schema._schema, values, seed)
        document = parse(asked.text)
        if validate(schema._schema, document, max_errors=1):
            return
        operation = Operation(desk, document)
        for variables in asked.requests:
            answered[runner.run(operation.agrees(variables))] += 1

    ask()
    print(dict(answered))
    assert answered.total() >= REQUESTS
