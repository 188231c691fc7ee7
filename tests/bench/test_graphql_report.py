"""From answers to figures: who answers like the first, what is reached, and that every figure is written."""

from __future__ import annotations

import json
import os

import pytest

from bench.graphql.load import Taken
from bench.graphql.measurement import ROUNDS, Measured, Round, measure, round_of
from bench.graphql.report import BARS, COLUMNS, TITLES, figures, page, table
from bench.graphql.servers import SERVERS, Running
from tests.bench.tiny import http, speaking

LABELS = ("Q1", "Q2", "Q3")
BY_NAME = {server.name: server for server in SERVERS}


def _round(rate: float, errors: int = 0) -> Round:
    return Round(rate, p50_ms=1.5, p99_ms=9.25, server_cpu_ms=0.5, database_cpu_ms=None, errors=errors)


def _measured(**rates: float) -> list[Measured]:
    """Servers with a rate each; the machine is twice as slow in every other round."""
    return [
        Measured(name, label, True, [_round(rate / (1 + turn % 2)) for turn in range(ROUNDS)])
        for label in LABELS
        for name, rate in rates.items()
    ]


ALL = {
    "ours": 1300.0,
    "unplanned": 200.0,
    "sqlite": 1000.0,
    "limit": 1700.0,
    "mercurius": 1000.0,
    "apollo": 160.0,
    "postgraphile": 400.0,
    "idiomatic": 100.0,
}


def test_every_server_and_operation_is_in_all_three_forms() -> None:
    made = figures(_measured(**ALL), 240, 10, {}, "PostgreSQL 18")
    assert set(ALL) == set(TITLES)
    assert {(row["server"], row["operation"]) for row in made["results"]} == {
        (name, label) for name in ALL for label in LABELS
    }
    assert json.loads(json.dumps(made)) == made
    for written in (page(made), table(made)):
        assert all(title in written for title in TITLES.values())
        assert all(column in written for column in COLUMNS)
        assert all(label in written for label in LABELS)
        assert "9.2" in written
        assert "1,300" in written
    assert made["within_bars"]
    assert made["all_equal"]
    assert made["errors"] == 0
    (ours,) = (row for row in made["results"] if (row["server"], row["operation"]) == ("ours", "Q2"))
    assert ours["best_requests_per_s"] == 1300.0
    assert ours["median_requests_per_s"] == 1300.0
    assert ours["ratios"] == {"mercurius": 1.3, "apollo": 8.125, "postgraphile": 3.25, "limit": 0.765}
    assert len(ours["rounds"]) == ROUNDS


def test_ratios_are_of_the_same_round() -> None:
    # Each is as fast as the other whenever both work, whatever the machine does.
    slow_first = [100.0, 200.0, 400.0]
    one = Measured("ours", "Q1", True, [_round(rate) for rate in slow_first])
    other = Measured("limit", "Q1", True, [_round(rate) for rate in slow_first])
    assert one.of(other) == 1.0
    assert one.best().requests_per_s == 400.0
    assert one.median_rate() == 200.0


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({"mercurius": 1100.0}, {("ours", "mercurius", label) for label in LABELS}),
        ({"apollo": 200.0}, {("ours", "apollo", "Q2")}),
        ({"postgraphile": 500.0}, {("ours", "postgraphile", "Q2")}),
        ({"limit": 2000.0}, {("ours", "limit", label) for label in LABELS}),
        ({"idiomatic": 101.0}, {("unplanned", "idiomatic", "Q2")}),
        ({"sqlite": 800.0}, {("sqlite", "ours", label) for label in LABELS}),
    ],
    ids=["of_mercurius", "of_apollo", "of_postgraphile", "of_limit", "of_idiomatic", "on_sqlite"],
)
def test_a_bar_that_is_missed_is_said(changed: dict[str, float], missed: set[tuple[str, str, str]]) -> None:
    made = figures(_measured(**{**ALL, **changed}), 240, 10, {}, "PostgreSQL 18")
    assert not made["within_bars"]
    assert {
        (row["server"], row["other"], row["operation"]) for row in made["bars"] if not row["reached"]
    } == missed
    assert page(made).count("MISSED") == len(missed)


def test_what_was_not_run_is_said_and_misses_nothing() -> None:
    reason = "it needs Node and npm, which are not installed"
    made = figures(_measured(ours=10.0), 240, 10, {"mercurius": reason}, "PostgreSQL 18")
    assert made["not_run"] == {"mercurius": reason}
    assert made["within_bars"]
    assert len(made["bars"]) == sum(len(bar.operations) for bar in BARS)
    assert all(row["ratio"] is None and row["reached"] is None for row in made["bars"])
    for written in (page(made), table(made)):
        assert reason in written
        assert TITLES["mercurius"] in written


def test_a_stretch_becomes_figures() -> None:
    latencies = [number / 1000 for number in range(100, 0, -1)]
    found = round_of(Taken(2.0, latencies, errors=100, sent=200), server_s=0.4, database_s=0.1)
    assert found == Round(50.0, 51.0, 100.0, 2.0, 0.5, 100)
    assert round_of(Taken(2.0, [], errors=0, sent=16), server_s=0.0, database_s=None).requests_per_s == 0.0


def test_who_answers_otherwise_is_found_out() -> None:
    same = http(b'{"data":{"number":"1","cursor":"a"}}')
    with (
        speaking(lambda number, body: [same]) as first,
        speaking(lambda number, body: [http(b'{"data":{"cursor":"bb","number":"1"}}')]) as alike,
        speaking(lambda number, body: [http(b'{"data":{"rows":{"number":"1"}}}')]) as loosely,
        speaking(lambda number, body: [http(b'{"data":{"number":"2","cursor":"a"}}')]) as otherwise,
        speaking(lambda number, body: [http(b'{"data":{"number":"1","cursor":"a"},"errors":[]}')]) as faulty,
    ):
        names = {
            "ours": first,
            "limit": alike,
            "postgraphile": loosely,
            "apollo": otherwise,
            "idiomatic": faulty,
        }
        running = [Running(BY_NAME[name], os.getpid(), port) for name, port in names.items()]
        told: list[str] = []
        found = measure(running, 240, 0.01, None, told.append)
    equal = {(each.server, each.operation): each.equal for each in found}
    for label in LABELS:
        assert [equal[name, label] for name in names] == [True, True, True, False, False]
    assert all(len(each.rounds) == ROUNDS for each in found)
    assert sum(each.errors for each in found[0].rounds) == 0
    by_name = {each.server: each for each in found}
    assert all(each.errors > 0 for each in by_name["idiomatic"].rounds)
    assert not figures(found, 240, 0.01, {}, "PostgreSQL 18")["all_equal"]
    assert any("idiomatic" in line or TITLES["idiomatic"] in line for line in told)
