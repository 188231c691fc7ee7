"""Whatever is asked, the answer is data or a coded error: never a fault of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as gql

from schema.schema import schema
from tests.resolvers.api import Api
from tests.resolvers.conftest import desk_at

FIELDS = [
    "node",
    "nodes",
    "dispute",
    "disputes",
    "departments",
    "department",
    "functions",
    "regions",
    "region",
    "jointConferences",
    "jointConference",
    "routingPolicies",
    "routingPolicy",
    "previewRouting",
    "policyDrafts",
    "policyDraft",
    "policyDifference",
    "exportPolicy",
    "policySimulation",
    "changedCases",
    "explainRouting",
    "webhooks",
    "webhook",
    "webhookDeliveries",
    "accounts",
    "account",
    "viewer",
]
MOMENTS = st.sampled_from(["2026-03-15T01:30:00Z", "2026-01-01T00:00:00+08:00"]).map(nodes.String)
OPERATIONS = st.one_of(
    gql.queries(schema._schema, fields=FIELDS, custom_scalars={"DateTime": MOMENTS}),
    gql.mutations(schema._schema, custom_scalars={"DateTime": MOMENTS}),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all generated operations: a database belongs to its loop."""
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def asked(busy_url: str, runner: asyncio.Runner) -> Iterator[Api]:
    """The API in that loop."""
    api = Api(desk_at(busy_url))
    yield api
    runner.run(api.desk.close())


@given(operation=OPERATIONS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_operations(asked: Api, runner: asyncio.Runner, operation: str) -> None:
    result = runner.run(asked.execute(operation))
    for error in result.errors or ():
        # Ours have a code; the executor's own are about input, and come before any field is asked.
        assert (error.extensions or {}).get("code") in ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX") or (
            error.path is None and error.original_error is None
        ), (operation, error, error.original_error)
