"""Metrics for Prometheus. Labels are from bounded sets, never names or paths that a client chose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from casework.desk import Desk
from rules.engine import DEGRADED

TEXT_FORMAT = CONTENT_TYPE_LATEST
PATHS = frozenset({"/", "/console", "/graphql", "/healthz", "/readyz", "/metrics"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One application's counters. `answered` and `served` count; `text` is what Prometheus reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "lianxi_graphql_requests",
            "GraphQL requests by root field and by the code of their errors (OK: none).",
            ["operation", "code"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "lianxi_graphql_seconds",
            "Time from the parsed body to the answer of a GraphQL request.",
            ["operation"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._responses = Counter(
            "lianxi_http_responses",
            "HTTP responses by the first part of the path and by status (0: the client was gone).",
            ["path", "status"],
            registry=self.registry,
        )
        # Prometheus' own look-up by labels costs more than the counting.
        self._requests_of = cache(self._requests.labels)
        self._seconds_of = cache(self._seconds.labels)
        self._responses_of = cache(self._responses.labels)

    def answered(self, operation: str, code: str, seconds: float) -> None:
        """Count one GraphQL request."""
        self._requests_of(operation, code).inc()
        self._seconds_of(operation).observe(seconds)

    def served(self, scope: Scope, status: int) -> None:
        """Count one HTTP response."""
        path: str = scope["path"]
        if path not in PATHS:
            first = "/" + path.removeprefix("/").partition("/")[0]
            path = first if first in PATHS else "other"
        self._responses_of(path, status).inc()

    def watch(self, desk: Desk) -> None:
        """Add what the desk has counted, from now on."""
        self.registry.register(DeskCollector(desk))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class DeskCollector(Collector):
    """Reads the desk's counts when Prometheus asks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def collect(self) -> Iterator[Metric]:
        """The metrics of deciding."""
        decisions = CounterMetricFamily(
            "lianxi_decisions",
            "Routing decisions by policy and outcome: assigned, or the reason for triage.",
            labels=["policy", "outcome"],
        )
        for (policy, outcome), count in self.desk.tally.decisions.items():
            decisions.add_metric([policy, outcome], count)
        yield decisions
        yield CounterMetricFamily(
            "lianxi_engine_disagreements",
            "Decisions in which durable-rules and the index differed; the reference evaluator then decided.",
            value=self.desk.policies.disagreements,
        )
        yield GaugeMetricFamily(
            "lianxi_engine_degraded",
            "1 when durable-rules is missing and the reference evaluator decides alone.",
            value=float(DEGRADED),
        )
