"""The application around the real schema and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from casework.demo import load_city
from casework.desk import Desk
from db import migrate
from db.database import Database
from db.faults import DatabaseUnavailable, SchemaMismatch
from schema.schema import schema
from server.app import create_app
from server.settings import Settings
from tests.shipped import shipped_policy


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Starlette]]:
    """A client of an application that has started on a database."""
    app = create_app(Settings(database_url=url), schema)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client, app


def _spoil(path: str) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(path + suffix).write_bytes(b"this is no database" * 1000)


async def _ask(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    return (await client.post("/graphql", json={"query": query, "variables": variables})).json()


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00+99:99", 1, True, [], {}]
)
async def test_a_wrong_time_in_a_variable_is_told_with_an_example(database_url: str, moment: object) -> None:
    async with serving(database_url) as (client, _):
        query = "query($t:DateTime){disputes(filter:{receivedFrom:$t}){totalCount}}"
        (error,) = (await _ask(client, query, t=moment))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert "2026-03-01T09:30:00+08:00" in error["message"]


@pytest.mark.parametrize("path", ["/graphql/", "/graphql//", "/graphql"])
async def test_an_address_with_a_slash_too_many_is_the_same(sqlite_url: str, path: str) -> None:
    async with serving(sqlite_url) as (client, _):
        sent = await client.post(path, json={"query": "{__typename}"})
        assert (sent.status_code, sent.json()) == (200, {"data": {"__typename": "Query"}})
        got = await client.get(path, params={"query": "{__typename}"})
        assert got.json() == sent.json()
        assert (await client.get("/healthz/")).status_code == 200
        assert (await client.get("/")).status_code == 404
        assert (await client.get("//")).status_code == 404


async def test_a_complaint_goes_in_and_its_decision_is_counted(database_url: str) -> None:
    desk = Desk(Database.open(database_url))
    await load_city(desk, read=shipped_policy)
    await desk.close()
    async with serving(database_url) as (client, _):
        submit = "mutation($i:SubmitDisputeInput!){submitDispute(input:$i){dispute{number} errors{code}}}"
        complaint = {"description": "楼下烧烤店油烟熏人", "regionCode": "990102001", "channel": "HOTLINE"}
        answer = await _ask(client, submit, i=complaint)
        assert answer["data"]["submitDispute"]["errors"] == []
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert all(check["ok"] for check in ready.json()["checks"].values())
        counted = (await client.get("/metrics")).text
        assert 'lianxi_decisions_total{outcome="assigned",policy="municipal"} 1.0' in counted
        assert 'lianxi_graphql_requests_total{code="OK",operation="submitDispute"} 1.0' in counted
        assert "lianxi_engine_disagreements_total 0.0" in counted
        assert "lianxi_engine_degraded 0.0" in counted


async def test_without_a_policy_the_server_lives_but_is_not_ready(database_url: str) -> None:
    async with serving(database_url) as (client, _):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        checks = ready.json()["checks"]
        assert checks["database"]["ok"]
        assert checks["migrations"] == {"ok": True, "found": "current"}
        assert not checks["policy"]["ok"]


async def test_a_database_that_goes_away_is_told_and_yields_no_500(sqlite_url: str) -> None:
    async with serving(sqlite_url) as (client, app):
        await app.state.desk.database.close()
        path = sqlite_url.removeprefix("sqlite:///")
        _spoil(path)
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["database"]["ok"]) == (503, False)
        answer = await client.post("/graphql", json={"query": "{departments{code}}"})
        assert answer.status_code == 200
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "INTERNAL"
        assert answer.json()["data"] is None
        assert path not in error["message"]


async def test_a_database_of_another_version_is_refused_at_the_start(empty_database_url: str) -> None:
    with pytest.raises(SchemaMismatch):
        async with serving(empty_database_url):
            raise AssertionError("it must not start")
    database = Database.open(empty_database_url)
    await migrate.upgrade(database)
    await database.close()
    async with serving(empty_database_url) as (client, _):
        assert (await client.get("/readyz")).json()["checks"]["policy"] == {"ok": False, "found": "no cities"}


async def test_a_database_that_cannot_be_opened_is_refused_at_the_start() -> None:
    with pytest.raises(DatabaseUnavailable):
        async with serving("sqlite:////proc/no/such/place.db"):
            raise AssertionError("it must not start")


async def test_every_answer_has_a_number_and_protecting_headers(database_url: str) -> None:
    async with serving(database_url) as (client, _):
        numbers = set()
        for path, status in (("/healthz", 200), ("/metrics", 200), ("/nowhere", 404), ("/graphql", 400)):
            answer = await client.get(path, headers={"x-request-id": "chosen-by-the-client"})
            assert answer.status_code == status
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            numbers.add(answer.headers["x-request-id"])
        assert len(numbers) == 4
        assert "chosen-by-the-client" not in numbers


async def test_what_is_not_there_is_told_in_the_language_of_the_caller(database_url: str) -> None:
    async with serving(database_url) as (client, _):
        missing = await client.get("/nowhere", headers={"accept-language": "en"})
        assert missing.json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
        assert "/graphql" in missing.json()["errors"][0]["message"]
        wrong = await client.post("/healthz")
        assert wrong.status_code == 405
        assert wrong.json()["errors"][0]["message"].startswith("此处只接受")


async def test_a_foreign_host_is_refused_before_anything_else(database_url: str) -> None:
    async with serving(database_url) as (client, _):
        answer = await client.post(
            "/graphql", json={"query": "{__typename}"}, headers={"host": "evil.example"}
        )
        assert answer.status_code == 421
        assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


@pytest.mark.parametrize(
    ("named", "account"), [(None, "demo-administrator"), ("clerk-a", "clerk-a"), ("a.b_c@d-9", "a.b_c@d-9")]
)
async def test_until_sign_in_exists_a_request_names_its_account(
    database_url: str, named: str | None, account: str
) -> None:
    async with serving(database_url) as (client, _):
        headers = {} if named is None else {"Lianxi-Account": named}
        answer = await client.post("/graphql", json={"query": "{viewer{account}}"}, headers=headers)
        assert answer.json()["data"]["viewer"]["account"] == account


@pytest.mark.parametrize("named", ["", " ", "-a", "a b", "a\tb", "张某".encode(), "a" * 65, "a/b", "a;b"])
async def test_what_cannot_be_an_account_is_refused(database_url: str, named: str | bytes) -> None:
    async with serving(database_url) as (client, _):
        headers = [(b"Lianxi-Account", named if isinstance(named, bytes) else named.encode())]
        answer = await client.post("/graphql", json={"query": "{viewer{account}}"}, headers=headers)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
        assert "Lianxi-Account" in error["message"]
