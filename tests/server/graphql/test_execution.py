"""GraphQL over HTTP: status codes, media types, what may be asked, and what an answer looks like."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_introspection_query

from server.faults import GRAPHQL_RESPONSE, JSON
from tests.server.tiny import tiny_client

ENTITIES = "query($r:[_Any!]!){_entities(representations:$r){__typename}}"

# Query, variables, status under the newer media type, code (None: no error), whether there is `data`.
REQUESTS: dict[str, tuple[str, Any, int, str | None, bool]] = {
    "good": ("{hello}", None, 200, None, True),
    "with variables": ("query($n:Int!){hello(times:$n)}", {"n": 2}, 200, None, True),
    "mutation": ("mutation{change(to:1)}", None, 200, None, True),
    "entity": (ENTITIES, {"r": [{"__typename": "Thing", "id": "7"}]}, 200, None, True),
    "unreadable": ("{hello", None, 400, "BAD_USER_INPUT", False),
    "lone surrogate": ('{hello(name:"\\ud800")}', None, 400, "BAD_USER_INPUT", False),
    "unknown field": ("{helo}", None, 400, "BAD_USER_INPUT", False),
    "unknown type": ("query($n:Nope){hello}", None, 400, "BAD_USER_INPUT", False),
    "endless number": ("{hello(times:" + "9" * 800 + ")}", None, 400, "BAD_USER_INPUT", False),
    "variable of a wrong type": (
        "query($n:Int!){hello(times:$n)}",
        {"n": "x"},
        400,
        "BAD_USER_INPUT",
        False,
    ),
    "variable missing": ("query($n:Int!){hello(times:$n)}", {}, 400, "BAD_USER_INPUT", False),
    "variable null after all": ("query($n:Int){hello(times:$n)}", {"n": None}, 200, "BAD_USER_INPUT", True),
    "two operations": ("query A{hello} query B{hello}", None, 400, "BAD_USER_INPUT", False),
    "no operation": ("fragment F on Query{hello}", None, 400, "BAD_USER_INPUT", False),
    "fragment in itself": ("{...F} fragment F on Query{...F}", None, 400, "BAD_USER_INPUT", False),
    "subscription": ("subscription{ticks}", None, 400, "BAD_USER_INPUT", False),
    "deep": (
        "{thing{" + "inner{" * 20 + "id" + "}" * 22,
        None,
        400,
        "QUERY_TOO_COMPLEX",
        False,
    ),
    "many aliases": (
        "{" + " ".join(f"a{number}:hello" for number in range(31)) + "}",
        None,
        400,
        "QUERY_TOO_COMPLEX",
        False,
    ),
    "many tokens": ("{hello" + " @skip(if:false)" * 400 + "}", None, 400, "QUERY_TOO_COMPLEX", False),
    "many comments": ("#\n" * 2000 + "{hello}", None, 400, "QUERY_TOO_COMPLEX", False),
    "many entities": (
        ENTITIES,
        {"r": [{"__typename": "Thing", "id": "7"}] * 1001},
        400,
        "QUERY_TOO_COMPLEX",
        False,
    ),
    "error of a field": ("{broken}", None, 200, "INTERNAL", True),
}


@pytest.mark.parametrize("media", [JSON, GRAPHQL_RESPONSE])
@pytest.mark.parametrize(("query", "variables", "status", "code", "data"), REQUESTS.values(), ids=REQUESTS)
async def test_an_answer_fits_its_media_type(
    query: str, variables: Any, status: int, code: str | None, data: bool, media: str
) -> None:
    async with tiny_client() as client:
        asked = {"query": query, "variables": variables}
        answer = await client.post("/graphql", json=asked, headers={"accept": media})
        body = answer.json()
        # The older type has 200 for every answer that is GraphQL's.
        assert answer.status_code == (status if media == GRAPHQL_RESPONSE else 200)
        assert answer.headers["content-type"] == f"{media}; charset=utf-8"
        assert {error["extensions"]["code"] for error in body.get("errors", [])} == (
            {code} if code else set()
        )
        assert ("data" in body) is data


ACCEPT = {
    "nothing said": (None, JSON),
    "anything": ("*/*", JSON),
    "a browser": ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    "newer": (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
    "newer first": (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
    "older first": (f"{JSON}, {GRAPHQL_RESPONSE};q=0.5", JSON),
    "newer refused": (f"{GRAPHQL_RESPONSE};q=0, {JSON}", JSON),
    "some application": ("application/*", JSON),
}


@pytest.mark.parametrize(("accept", "media"), ACCEPT.values(), ids=ACCEPT)
async def test_the_client_chooses_the_media_type(accept: str | None, media: str) -> None:
    async with tiny_client() as client:
        if accept is None:
            del client.headers["accept"]
        headers = {} if accept is None else {"accept": accept}
        answer = await client.post("/graphql", json={"query": "{hello}"}, headers=headers)
        assert answer.headers["content-type"] == f"{media}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0", "application/xml;q=x"])
async def test_a_client_that_takes_no_json_is_told_so(accept: str) -> None:
    async with tiny_client() as client:
        answer = await client.post("/graphql", json={"query": "{hello}"}, headers={"accept": accept})
        assert answer.status_code == 406
        assert "errors" in answer.json()


async def test_get_is_for_queries_only() -> None:
    async with tiny_client() as client:
        answer = await client.get("/graphql", params={"query": "query A{hello} mutation B{change(to:1)}"})
        assert answer.status_code == 200  # told to name one
        read = await client.get(
            "/graphql", params={"query": "query($n:Int){hello(times:$n)}", "variables": '{"n":3}'}
        )
        assert read.json() == {"data": {"hello": "xxx"}}
        for headers in ({}, {"x-requested-with": "x"}, {"content-type": "application/json"}):
            change = await client.get("/graphql", params={"query": "mutation{change(to:1)}"}, headers=headers)
            assert (change.status_code, change.headers["allow"]) == (405, "POST")
            assert "data" not in change.json()


async def test_a_named_operation_is_chosen() -> None:
    async with tiny_client() as client:
        query = "query A{a:hello} query B{b:hello}"
        chosen = await client.post("/graphql", json={"query": query, "operationName": "B"})
        assert chosen.json() == {"data": {"b": "x"}}
        unknown = await client.post("/graphql", json={"query": query, "operationName": "C"})
        assert "“C”" in unknown.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("header", "said"), [("en", "Language.EN"), ("fr", "Language.ZH"), ("zh;q=0.1,en", "Language.EN")]
)
async def test_resolvers_know_the_language_of_the_caller(header: str, said: str) -> None:
    async with tiny_client() as client:
        answer = await client.post(
            "/graphql", json={"query": "{spoken}"}, headers={"accept-language": header}
        )
        assert said.endswith(answer.json()["data"]["spoken"].upper())


GUESSES = {
    "a field": ("{helo}", {}),
    "a field without a selection": ("{thing}", {}),
    "an argument": ("{hello(time:1)}", {}),
    "a value in a variable": ("query($t:Int){hello(times:$t)}", {"t": "one"}),
}


@pytest.mark.parametrize(("query", "variables"), GUESSES.values(), ids=GUESSES)
async def test_nothing_is_guessed_for_who_fishes_for_names(query: str, variables: dict[str, Any]) -> None:
    async with tiny_client() as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
        assert "mean" not in answer.text


async def test_an_unknown_field_suggests_nothing() -> None:
    async with tiny_client() as client:
        answer = await client.post("/graphql", json={"query": "{helo thin{id}}"})
        assert "hello" not in answer.text
        assert "Did you mean" not in answer.text


async def test_the_schema_can_be_asked_for_by_every_tool() -> None:
    async with tiny_client() as client:
        full = get_introspection_query(
            specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True, one_of=True
        )
        for query in (full, "{_service{sdl}}"):
            assert "errors" not in (await client.post("/graphql", json={"query": query})).json()


@pytest.mark.parametrize(
    "query", ["{__schema{queryType{name}}}", '{__type(name:"Thing"){name}}', "{_service{sdl}}"]
)
async def test_the_schema_can_be_kept_back(query: str) -> None:
    async with tiny_client(graphql_introspection=False) as client:
        answer = await client.post("/graphql", json={"query": query})
        assert "data" not in answer.json()
        assert (await client.post("/graphql", json={"query": "{__typename}"})).json() == {
            "data": {"__typename": "Query"}
        }
