"""What is counted, and how Prometheus reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from casework.desk import Desk
from casework.tally import Attempt, Backlog
from server.metrics import BUCKETS, EXECUTOR, OK, PLAN, Metrics
from tests.conftest import NOW


def _lines(text: bytes, start: str) -> list[str]:
    return [line for line in text.decode().splitlines() if line.startswith(start)]


def test_requests_are_counted_by_label_and_code_and_operations_by_what_answered_them() -> None:
    metrics = Metrics()
    for code, way in ((OK, PLAN), (OK, EXECUTOR), ("NOT_FOUND", PLAN), ("BAD_USER_INPUT", None)):
        metrics.answered("dispute", code, way, 0.5)
    assert _lines(metrics.text(), "lianxi_graphql_requests_total") == [
        'lianxi_graphql_requests_total{code="OK",operation="dispute"} 2.0',
        'lianxi_graphql_requests_total{code="NOT_FOUND",operation="dispute"} 1.0',
        'lianxi_graphql_requests_total{code="BAD_USER_INPUT",operation="dispute"} 1.0',
    ]
    assert _lines(metrics.text(), "lianxi_graphql_answers_total") == [
        'lianxi_graphql_answers_total{way="plan"} 2.0',
        'lianxi_graphql_answers_total{way="executor"} 1.0',
    ]
    assert _lines(metrics.text(), "lianxi_graphql_seconds_count") == [
        'lianxi_graphql_seconds_count{operation="dispute"} 4.0'
    ]


def test_before_the_first_request_there_are_noughts_for_both_ways() -> None:
    assert _lines(Metrics().text(), "lianxi_graphql_answers_total") == [
        'lianxi_graphql_answers_total{way="plan"} 0.0',
        'lianxi_graphql_answers_total{way="executor"} 0.0',
    ]


async def test_what_is_delivered_and_what_waits(desk: Desk) -> None:
    metrics = Metrics()
    metrics.watch(desk)
    noughts = [f'lianxi_webhook_deliveries_total{{outcome="{each}"}} 0.0' for each in Attempt]
    assert _lines(metrics.text(), "lianxi_webhook_") == noughts  # nobody has counted what waits
    desk.tally.attempts.update([Attempt.DELIVERED, Attempt.FAILED, Attempt.FAILED])
    desk.tally.backlog = Backlog(3, NOW - timedelta(seconds=90))
    assert _lines(metrics.text(), "lianxi_webhook_") == [
        'lianxi_webhook_deliveries_total{outcome="delivered"} 1.0',
        'lianxi_webhook_deliveries_total{outcome="failed"} 2.0',
        'lianxi_webhook_deliveries_total{outcome="dead"} 0.0',
        "lianxi_webhook_waiting 3.0",
        "lianxi_webhook_lag_seconds 90.0",
    ]
    desk.tally.backlog = Backlog(0, None)
    assert _lines(metrics.text(), "lianxi_webhook_lag") == ["lianxi_webhook_lag_seconds 0.0"]


@pytest.mark.parametrize("way", [PLAN, EXECUTOR])
def test_times_are_told_as_prometheus_itself_would_count_them(way: str) -> None:
    registry = CollectorRegistry()
    theirs = Histogram("lianxi_graphql_seconds", "", ["operation"], buckets=BUCKETS, registry=registry)
    ours = Metrics()
    for seconds in (0.0, 0.001, 0.00101, 0.3, 10.0, 10.5, 1e6):
        theirs.labels("several").observe(seconds)
        ours.answered("several", OK, way, seconds)
    for part in ("bucket", "sum", "count"):
        name = f"lianxi_graphql_seconds_{part}"
        assert _lines(ours.text(), name) == _lines(generate_latest(registry), name)
