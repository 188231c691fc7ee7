"""What each client may ask for, and how it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from casework.actor import Actor
from server.allowance import MOST_CLIENTS
from server.faults import Refusal
from server.rate import LEAST, Rates, rates_of
from server.settings import Settings, SignInMode
from server.sign_in.identity import ACTOR
from tests.server.tiny import tiny_client

PUBLIC: dict[str, Any] = {"sign_in": SignInMode.REQUIRED, "host": "127.0.0.1"}


class Ticks:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def scope_of(address: str = "192.0.2.1", *, account: str | None = None, forwarded: str = "") -> Scope:
    """A request's scope."""
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": (address, 1), "headers": headers}
    return scope if account is None else {**scope, ACTOR: Actor.of(account, "clerk")}


def spend(rates: Rates, scope: Scope, points: float) -> None:
    """A request that takes so many points."""
    rates.admit(scope).points -= points - LEAST


def refused(rates: Rates, scope: Scope) -> Refusal:
    """The refusal of a request, which has to be one."""
    with pytest.raises(Refusal) as caught:
        rates.admit(scope)
    assert (caught.value.status, caught.value.problem.code) == (429, "RATE_LIMITED")
    return caught.value


def test_a_client_waits_for_what_it_has_overdrawn() -> None:
    ticks = Ticks()
    rates = Rates(Settings(rate_points=100, rate_burst=1_000), ticks)
    spend(rates, scope_of(), 1_500)
    assert refused(rates, scope_of()).headers == {
        "retry-after": "6",
        "ratelimit-policy": '"points";q=1000;w=10',
        "ratelimit": '"points";r=0;t=15',
    }
    ticks.now += 5
    assert refused(rates, scope_of()).headers["retry-after"] == "1"
    ticks.now += 1
    rates.admit(scope_of())


# Two requests and whether they are from one client.
CLIENTS: dict[str, tuple[Scope, Scope, bool]] = {
    "an address": (scope_of("192.0.2.1"), scope_of("192.0.2.1"), True),
    "two addresses": (scope_of("192.0.2.1"), scope_of("192.0.2.2"), False),
    "one network of IPv6": (scope_of("2001:db8::1"), scope_of("2001:db8::ffff:2"), True),
    "two networks of IPv6": (scope_of("2001:db8::1"), scope_of("2001:db8:0:1::1"), False),
    "an account at two addresses": (
        scope_of("192.0.2.1", account="clerk-a"),
        scope_of("192.0.2.2", account="clerk-a"),
        True,
    ),
    "two accounts at an address": (scope_of(account="clerk-a"), scope_of(account="clerk-b"), False),
    "an account and nobody": (scope_of(account="clerk-a"), scope_of(), False),
    "behind our proxy": (
        scope_of("10.0.0.5", forwarded="192.0.2.1"),
        scope_of("10.0.0.5", forwarded="192.0.2.2"),
        False,
    ),
    "behind somebody else's": (
        scope_of("192.0.2.9", forwarded="192.0.2.1"),
        scope_of("192.0.2.9", forwarded="192.0.2.2"),
        True,
    ),
}


@pytest.mark.parametrize(("first", "second", "one"), CLIENTS.values(), ids=CLIENTS)
def test_a_client_is_an_account_or_an_address(first: Scope, second: Scope, one: bool) -> None:
    rates = Rates(Settings(rate_burst=1_000, trusted_proxies="10.0.0.5"), Ticks())
    spend(rates, first, 1_000)
    refused(rates, first)
    if one:
        refused(rates, second)
    else:
        rates.admit(second)


def test_only_so_many_clients_are_remembered_and_the_busy_ones_first() -> None:
    rates = Rates(Settings(rate_burst=1_000), Ticks())
    spend(rates, scope_of(account="busy"), 5_000)
    for number in range(2 * MOST_CLIENTS):
        rates.admit(scope_of(account=f"a{number}"))
        if number % 100 == 0:
            refused(rates, scope_of(account="busy"))
    refused(rates, scope_of(account="busy"))
    assert len(rates._points._known) == MOST_CLIENTS


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(LEAST, 3_000)), max_size=60))
def test_nobody_gets_more_than_the_allowance_and_what_comes_back(steps: list[tuple[float, int]]) -> None:
    ticks, spent = Ticks(), 0
    rates = Rates(Settings(rate_points=100, rate_burst=1_000), ticks)
    for seconds, points in steps:
        ticks.now += seconds
        allowed = 1_000 + (ticks.now - 1000.0) * 100
        try:
            allowance = rates.admit(scope_of())
        except Refusal as refusal:
            wait = int(refusal.headers["retry-after"])
            assert wait >= 1
            ticks.now += wait
            allowance = rates.admit(scope_of())
            allowed += wait * 100
        assert spent < allowed
        allowance.points -= points - LEAST
        spent += points


@pytest.mark.parametrize(
    ("settings", "counts"),
    [({}, False), ({**PUBLIC, "rate_points": 0}, False), (PUBLIC, True)],
)
def test_nothing_is_counted_where_nobody_signs_in_or_none_is_wished(
    settings: dict[str, Any], counts: bool
) -> None:
    assert (rates_of(Settings(**settings)) is not None) is counts


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with tiny_client(**PUBLIC, rate_points=1, rate_burst=1_000) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str, **more: Any) -> httpx.Response:
    """The answer to an operation."""
    return await client.post("/graphql", json={"query": query, **more})


@pytest.mark.parametrize("query", ["{hello}", "{helo}", "{", "{hello} {hello}", "mutation{change(to:1)}"])
async def test_a_flood_of_any_kind_is_refused_in_the_end(client: httpx.AsyncClient, query: str) -> None:
    answers = [await ask(client, query) for _ in range(120)]
    assert answers[0].status_code == 200
    last = answers[-1]
    (error,) = last.json()["errors"]
    assert (last.status_code, error["extensions"]) == (429, {"code": "RATE_LIMITED"})
    assert last.headers["retry-after"] in error["message"]


async def test_a_client_is_told_when_little_is_left_and_when_it_asks(client: httpx.AsyncClient) -> None:
    first = await ask(client, "{hello}")
    assert "ratelimit" not in first.headers
    asked = await ask(client, "{hello}", extensions={"cost": True})
    assert asked.headers["ratelimit-policy"] == '"points";q=1000;w=1000'
    assert asked.headers["ratelimit"] == '"points";r=978;t=22'
    for _ in range(70):
        last = await ask(client, "{hello}")
    assert last.headers["ratelimit"].startswith('"points";r=2')


# Document, what it costs, whether it is answered.
COSTS = {
    "a field": ("{hello}", 1, True),
    "more": ("{thing{inner{id}} hello}", 4, True),
    "with an error": ("{missing hello}", 2, True),
    "too much": ("{" + "thing{inner{inner{inner{id}}}}" * 20 + "}", 100, False),
}


@pytest.mark.parametrize(("query", "cost", "answered"), COSTS.values(), ids=COSTS)
async def test_the_cost_is_told_to_who_asks(query: str, cost: int, answered: bool) -> None:
    async with tiny_client(graphql_max_cost=100) as client:
        silent = (await ask(client, query, extensions={"cost": False})).json()
        told = (await ask(client, query, extensions={"cost": True})).json()
        assert ("data" in told) is answered
        if answered:
            assert told.pop("extensions") == {"cost": {"requested": cost, "maximum": 100}}
        assert told == silent


async def test_the_cost_of_what_is_refused_for_it_is_told_as_well() -> None:
    async with tiny_client(graphql_max_cost=100) as client:
        query = "{" + " ".join(f"a{at}:thing{{" + "inner{id " * 9 + "}" * 10 for at in range(9)) + "}"
        answer = (await ask(client, query, extensions={"cost": True})).json()
        assert answer["errors"][0]["extensions"] == {"code": "QUERY_TOO_COMPLEX"}
        assert answer["extensions"] == {"cost": {"requested": 171, "maximum": 100}}


async def test_an_answer_that_tells_of_its_client_is_not_for_caches(client: httpx.AsyncClient) -> None:
    params = {"query": "{__typename}", "extensions": '{"cost":true}'}
    answer = await client.get("/graphql", params=params)
    assert answer.json()["extensions"]["cost"]["requested"] == 1
    assert answer.headers["cache-control"] == "no-store"
