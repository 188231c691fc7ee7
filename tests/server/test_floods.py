"""Floods by every way in: pages, subscriptions, credentials that are guessed, objections, signing in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from casework.actor import Role
from casework.api_key import IssueApiKey, issue_api_key
from console.pages import pages
from db.database import Database
from schema.schema import schema
from server.app import create_app
from server.settings import Settings
from tests.casework.accounts import KEEPER, PASSWORD, add, hash_quickly
from tests.conftest import Content, SqliteFiles, desk_on
from tests.console.html import fields, read
from tests.server.subscriptions.listener import CHANGES, PROTOCOL, bare, hub

SITE = "http://127.0.0.1"
SLOW: dict[str, Any] = {"sign_in": "required", "rate_points": 1, "rate_burst": 1_000}
"""An allowance that is soon used up, and of which next to nothing comes back."""
ENDED = "subscription { disputeChanged(after: 99) { dispute { events(first: 100) { type actor } } } }"
"""One that costs some hundred, and ends at once: there is no such number."""
VIEWER = {"query": "{viewer{account}}"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def url(sqlite_files: SqliteFiles) -> str:
    return sqlite_files.filled(Content.REFERENCE)


@pytest.fixture
async def key(url: str) -> str:
    """The key of a clerk, who has a password, too."""
    database = Database.open(url)
    desk = desk_on(database)
    await add(desk, "clerk-a", Role.CLERK, password=PASSWORD)
    issued = (await issue_api_key(desk, KEEPER, IssueApiKey("clerk-a", "x", (Role.CLERK,)))).value
    await database.close()
    assert issued is not None
    assert issued.secret is not None
    return issued.secret


@asynccontextmanager
async def site(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a site where people sign in."""
    app = create_app(Settings(**{"database_url": url, **SLOW, **settings}), schema, pages)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            yield client


async def _token(browser: httpx.AsyncClient) -> dict[str, str]:
    return fields(read((await browser.get("/console/sign-in?lang=en")).text).one(id="sign-in"))


async def _until_refused(answers: AsyncIterator[httpx.Response], most: int) -> httpx.Response:
    """The first answer with status 429, which has to come within so many."""
    count = 0
    async for answer in answers:
        count += 1
        assert count <= most
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
            return answer
        assert answer.status_code < 500
    raise AssertionError("never refused")


async def test_pages_and_forms_take_of_the_allowance(url: str, key: str) -> None:
    async with site(url) as browser:
        await browser.post(
            "/console/sign-in", data={**await _token(browser), "account": "clerk-a", "password": PASSWORD}
        )

        async def forms() -> AsyncIterator[httpx.Response]:
            while True:
                yield await browser.post(
                    "/console/preview", data={"text": "油烟", "region": "", "channel": "WEB"}
                )

        refused = await _until_refused(forms(), 20)
        assert refused.headers["content-type"].startswith("text/html")
        assert f"again in {refused.headers['retry-after']} seconds" in refused.text
        assert (await browser.post("/graphql", json=VIEWER)).status_code == 429, "it is one allowance"
        assert (await browser.post("/graphql", json=VIEWER, headers={"cookie": ""})).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["x-api-key", "authorization", "cookie"],
)
async def test_credentials_cannot_be_tried_without_end(url: str, key: str, header: str) -> None:
    before = {"x-api-key": "", "authorization": "Bearer ", "cookie": "lianxi_session="}[header]
    async with site(url) as client:
        assert (await client.post("/graphql", json=VIEWER, headers={"x-api-key": key})).status_code == 200

        async def guesses() -> AsyncIterator[httpx.Response]:
            for at in range(100):
                guess = {header: f"{before}lx_aaaaaaaa_{at:043}"}
                yield await client.post("/graphql", json=VIEWER, headers=guess)

        refused = await _until_refused(guesses(), 5)
        assert refused.json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}
        known = await client.post("/graphql", json=VIEWER, headers={"x-api-key": key})
        assert known.json() == {"data": {"viewer": {"account": "clerk-a"}}}


async def test_a_session_cannot_be_guessed_at_the_pages(url: str) -> None:
    async with site(url) as browser:

        async def guesses() -> AsyncIterator[httpx.Response]:
            for at in range(100):
                yield await browser.get("/console", headers={"cookie": f"lianxi_session={at:043}"})

        assert "秒后再试" in (await _until_refused(guesses(), 5)).text


async def test_the_schema_is_not_fetched_without_end(url: str, key: str) -> None:
    async with site(url) as client:

        async def fetches() -> AsyncIterator[httpx.Response]:
            while True:
                yield await client.get("/graphql/schema.graphql", headers={"x-api-key": key})

        refused = await _until_refused(fetches(), 150)
        assert refused.json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}


async def test_signing_in_has_an_allowance_of_its_own(url: str, key: str) -> None:
    async with site(url, rate_burst=100_000, rate_sign_ins=1) as browser:
        token = await _token(browser)

        async def attempts() -> AsyncIterator[httpx.Response]:
            while True:
                form = {**token, "account": "clerk-a", "password": PASSWORD}
                yield await browser.post("/console/sign-in", data=form)

        refused = await _until_refused(attempts(), 2)
        assert refused.headers["retry-after"] in read(refused.text).all("main")[0].text
        other = await browser.post("/console/sign-in", data={**token, "account": "clerk-b", "password": "x"})
        assert other.status_code == 403


VERBS = " ".join(
    f'a{at}: upholdAssignment(input: {{objectionId: "x{at}", reason: "y"}}) {{ errors {{ code }} }}'
    for at in range(3)
)


@pytest.mark.parametrize(
    "query",
    [
        f"mutation {{ {VERBS} }}",
        f"mutation {{ ...F ... on Mutation {{ __typename }} }} fragment F on Mutation {{ {VERBS} }}",
    ],
)
async def test_objections_have_an_allowance_of_their_own(url: str, key: str, query: str) -> None:
    async with site(url, rate_burst=100_000, rate_objections=1) as client:
        client.headers["x-api-key"] = key
        assert (await client.post("/graphql", json={"query": query})).status_code == 200
        for language, words in (("en", "Too many objections"), ("zh", "异议过于频繁")):
            told = {"accept-language": language}
            refused = await client.post("/graphql", json={"query": query}, headers=told)
            (error,) = refused.json()["errors"]
            assert (refused.status_code, error["extensions"]) == (429, {"code": "RATE_LIMITED"})
            assert words in error["message"]
            assert refused.headers["retry-after"] in error["message"]
            assert int(refused.headers["retry-after"]) > 60, "three count as three"
        assert (await client.post("/graphql", json=VIEWER)).status_code == 200


async def test_subscribing_takes_of_the_allowance(url: str, key: str) -> None:
    async with hub(url, **SLOW) as server:
        async with httpx.AsyncClient(headers={"accept": "text/event-stream"}) as client:

            async def streams() -> AsyncIterator[httpx.Response]:
                while True:
                    query = {"query": ENDED}
                    yield await client.post(
                        f"{server.address}/graphql", json=query, headers={"x-api-key": key}
                    )

            await _until_refused(streams(), 10)
        async with bare(server) as other:
            await other.tell(type="connection_init", payload={"x-api-key": key})
            assert (await other.next())["type"] == "connection_ack"
            await other.subscribe(CHANGES)
            assert (await other.next())["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_connecting_takes_of_the_allowance_of_the_address(url: str, key: str) -> None:
    async with hub(url, **SLOW) as server:
        async with bare(server) as first, bare(server) as second, bare(server) as third:
            codes = []
            for at, client in enumerate((first, second, third)):
                await client.tell(type="connection_init", payload={"x-api-key": f"lx_aaaaaaaa_{at:043}"})
                codes.append(await client.code())
        assert codes == [4403, 4403, 1013]
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.socket_url, subprotocols=[PROTOCOL])  # type: ignore[list-item]
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["retry-after"]) >= 1
