"""`lianxi bench`: what checks read. How fast it is depends on the machine and is not asked here."""

from __future__ import annotations

import json

from tests.cli.running import InProcess


def test_one_decision_is_measured_beside_zen_engine(run: InProcess) -> None:
    ran = run("bench", "rules", "--json", "--sizes", "10")
    assert ran.status == 0
    figures = json.loads(ran.out)
    assert figures["all_equal"]
    measured = {(each["engine"], each["workload"]) for each in figures["results"]}
    assert measured == {
        (engine, workload)
        for engine in ("live", "index", "reference", "zen")
        for workload in ("broad", "narrow")
    }
    assert all(each["median_us"] > 0 and each["compared"] >= 300 for each in figures["results"])
    assert all(each["disagreements"] == 0 for each in figures["results"])


def test_routing_a_file_is_measured(run: InProcess) -> None:
    ran = run("bench", "route", "--json", "--lines", "100")
    figures = json.loads(ran.out)
    assert figures["lines"] == 100
    assert figures["best_texts_per_s"] >= figures["texts_per_s"] > 0
    assert figures["start_s"] > 0
    assert ran.status == (0 if figures["within_bar"] else 1)
