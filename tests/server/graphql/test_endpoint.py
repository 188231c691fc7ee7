"""The endpoint as a whole: its log line, what nobody foresaw, and how operations are answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from casework.actor import DEMO_ADMINISTRATOR
from casework.desk import Desk
from db.database import Database
from resolvers.context import Context
from schema.schema import schema
from server.app import create_app
from server.graphql.endpoint import Endpoint
from server.graphql.execution import GraphQL, MakeContext
from server.metrics import Metrics
from server.settings import Settings
from server.sign_in.credentials import SignIn
from tests.server.tiny import tiny_client


@asynccontextmanager
async def client_of(context: MakeContext, metrics: Metrics) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real schema's endpoint, with a context of the test's own."""
    settings = Settings(graphql_plans=True)
    transport = httpx.ASGITransport(
        Endpoint(GraphQL(schema, settings, metrics, context), settings, metrics, SignIn(settings))
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_a_request_has_its_line_in_the_log_and_the_number_of_its_answer() -> None:
    async with tiny_client() as client:
        with capture_logs() as lines:
            answer = await client.post("/graphql?secret", json={"query": "{hello}"})
            await client.put("/graphql")
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/graphql", 200),
        ("PUT", "/graphql", 405),
    ]
    assert lines[0]["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in str(lines)


async def test_a_foreign_host_is_refused_in_the_language_of_the_caller() -> None:
    async with tiny_client() as client:
        headers = {"host": "evil.example", "accept-language": "en"}
        answer = await client.post("/graphql", json={"query": "{hello}"}, headers=headers)
        assert (answer.status_code, answer.headers["x-frame-options"]) == (421, "DENY")
        assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_what_nobody_foresaw_before_an_operation_is_told_by_number_alone() -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("a secret of the inside")

    metrics = Metrics()
    async with client_of(broken, metrics) as client:
        with capture_logs() as lines:
            answer = await client.post("/graphql", json={"query": "{departments{code}}"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (500, {"code": "INTERNAL"})
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["errors"][0]["message"]
    (error,) = (line for line in lines if line["log_level"] == "error")
    assert (str(error["exc_info"]), error["request_id"]) == (
        "a secret of the inside",
        answer.headers["x-request-id"],
    )
    assert 'lianxi_http_responses_total{path="/graphql",status="500"} 1.0' in metrics.text().decode()


async def test_what_nobody_foresaw_in_a_plan_is_an_error_of_the_operation(tmp_path: Path) -> None:
    metrics = Metrics()
    desk = Desk(Database.open(f"sqlite:///{tmp_path / 'without_tables.db'}"))
    async with client_of(lambda _, language: Context(desk, DEMO_ADMINISTRATOR, language), metrics) as client:
        with capture_logs() as lines:
            answer = await client.post("/graphql", json={"query": "{disputes{totalCount}}"})
    await desk.close()
    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["data"], error["extensions"]) == (
        200,
        None,
        {"code": "INTERNAL"},
    )
    assert "table" not in answer.text
    (line,) = (line for line in lines if line["log_level"] == "error")
    assert "no such table" in str(line["exc_info"])
    assert 'lianxi_graphql_answers_total{way="plan"} 1.0' in metrics.text().decode()


@pytest.mark.parametrize(("plans", "way"), [(True, "plan"), (False, "executor")])
async def test_trusted_documents_have_their_plans_from_the_start(
    database_url: str, tmp_path: Path, plans: bool, way: str
) -> None:
    manifest = tmp_path / "trusted.json"
    manifest.write_text(
        json.dumps(
            {
                "two": "query A{departments{code}} query B{disputes{totalCount}}",
                "waits": "query($s:Boolean!){departments @skip(if:$s){code}}",
            }
        )
    )
    settings = Settings(database_url=database_url, trusted_documents=str(manifest), graphql_plans=plans)
    app = create_app(settings, schema)
    async with app.router.lifespan_context(app):
        for document in app.endpoint.graphql.trusted.all():
            for operation in document.operations:
                assert bool(operation.plans) is plans
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            asked = {"documentId": "two", "operationName": "B"}
            answer = await client.post("/graphql", json=asked)
            assert answer.json() == {"data": {"disputes": {"totalCount": 0}}}
            counted = (await client.get("/metrics")).text
            assert f'lianxi_graphql_answers_total{{way="{way}"}} 1.0' in counted
