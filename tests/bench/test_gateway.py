"""From rounds to figures: what a gateway adds is told round by round, and held against the bar."""

from __future__ import annotations

import pytest

from bench import gateway
from bench.gateway import BAR_MS, DIRECT, Asked, Round, figures, measure
from tests.bench.tiny import http, speaking


def test_what_is_added_is_the_middle_of_the_rounds_differences() -> None:
    # The machine is slow in the second round, which the hub and the gateway have in common.
    rounds = {
        DIRECT: [Round(1.0, 2.0, 0.5), Round(9.0, 20.0, 0.6), Round(1.2, 2.0, 0.5)],
        "hive": [Round(5.0, 8.0, 3.0), Round(14.0, 60.0, 3.3), Round(6.0, 9.0, 3.1)],
    }
    made = figures(rounds, 100)
    assert made["answered_by"][DIRECT] == {"p50_ms": 1.2, "p99_ms": 2.0, "cpu_ms": 0.5}
    assert made["answered_by"]["hive"] == {"p50_ms": 6.0, "p99_ms": 9.0, "cpu_ms": 3.1, "added_p50_ms": 4.8}
    assert made["within_bar"] is True


@pytest.mark.parametrize(("added", "within"), [(BAR_MS, True), (BAR_MS + 0.01, False)])
def test_the_bar_is_for_every_gateway(added: float, within: bool) -> None:
    rounds = {
        DIRECT: [Round(1.0, 1.0, 1.0)],
        "hive": [Round(2.0, 1.0, 1.0)],
        "apollo": [Round(1.0 + added, 1.0, 1.0)],
    }
    assert figures(rounds, 1)["within_bar"] is within


def test_a_round_asks_what_it_is_told_over_one_connection() -> None:
    asked: list[bytes] = []

    def reply(number: int, body: bytes) -> list[bytes]:
        asked.append(body)
        return [http(b'{"data":{}}')]

    with speaking(reply) as port:
        found = measure(Asked(f"http://127.0.0.1:{port}/graphql", 1), [b"{1}", b"{2}"], 5)
    assert asked == [b"{1}", b"{2}", b"{1}", b"{2}", b"{1}"]
    assert 0 < found.p50 <= found.p99


def test_who_answers_otherwise_than_the_hub_is_not_measured() -> None:
    with (
        speaking(lambda *_: [http(b'{"data":{"dispute":1}}')]) as hub,
        speaking(lambda *_: [http(b'{"data":{"dispute":2}}')]) as other,
    ):
        everybody = {
            name: Asked(f"http://127.0.0.1:{port}/", 1) for name, port in ((DIRECT, hub), ("other", other))
        }
        with pytest.raises(SystemExit, match=r"^other answers otherwise"):
            gateway._compare(everybody, [b"{}"])
