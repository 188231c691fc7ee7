"""`lianxi bench`: what checks read. How fast it is depends on the machine and is not asked here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.running import InProcess
from tests.conftest import PostgresDatabases


def test_one_decision_is_measured_beside_zen_engine(run: InProcess) -> None:
    ran = run("bench", "rules", "--json", "--sizes", "10", "--bulk", "0")
    assert ran.status == 0
    figures = json.loads(ran.out)
    assert figures["all_equal"]
    measured = {(each["contender"], each["workload"]) for each in figures["results"]}
    assert measured == {
        (contender, workload)
        for contender in ("live", "trace", "index", "zen", "scan")
        for workload in ("broad", "narrow")
    }
    assert all(each["median_us"] > 0 and each["answered"] == 2000 for each in figures["results"])
    assert all(each["disagreements"] == 0 for each in figures["results"])
    assert figures["bars_reached"] == all(bar["value"] <= bar["limit"] for bar in figures["bars"])
    assert figures["bulk"] == []


def test_routing_a_file_is_measured(run: InProcess) -> None:
    ran = run("bench", "route", "--json", "--lines", "100")
    figures = json.loads(ran.out)
    assert figures["lines"] == 100
    assert figures["best_texts_per_s"] >= figures["texts_per_s"] > 0
    assert figures["start_s"] > 0
    assert ran.status == (0 if figures["within_bar"] else 1)


def test_servers_are_measured_on_a_server_that_is_named(
    run: InProcess, postgres_databases: PostgresDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_databases.server.render_as_string(hide_password=False)
    monkeypatch.setenv("LIANXI_BENCH_POSTGRES_URL", url)
    cores = os.sched_getaffinity(0)
    written = tmp_path / "results.md"
    options = ("--disputes", "100", "--seconds", "0.5", "--only", "limit", "--write", written)
    ran = run("bench", "graphql", "--json", *options)
    assert ran.status == 0
    figures = json.loads(ran.out)
    assert {(row["server"], row["operation"]) for row in figures["results"]} == {
        ("limit", label) for label in ("Q1", "Q2", "Q3")
    }
    assert all(row["equal"] and row["best_requests_per_s"] > 0 for row in figures["results"])
    assert all(row["server_cpu_ms"] > 0 and row["errors"] == 0 for row in figures["results"])
    assert figures["disputes"] == 100
    assert figures["not_run"] == {}
    assert "practical limit" in written.read_text(encoding="utf-8")
    assert os.sched_getaffinity(0) == cores


def test_a_server_that_does_not_exist_is_not_measured(run: InProcess) -> None:
    ran = run("bench", "graphql", "--only", "ours,hasura")
    assert ran.status == 2
    assert "hasura" in ran.err
    assert "mercurius" in ran.err
