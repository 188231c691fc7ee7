"""Metrics for Prometheus. Labels are from bounded sets, never names or paths that a client chose."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from operator import add
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from casework.desk import Desk
from rules.engine import DEGRADED

TEXT_FORMAT = CONTENT_TYPE_LATEST
PATHS = frozenset({"/", "/console", "/graphql", "/healthz", "/readyz", "/metrics"})
OK = "OK"
"""The code of an answer without errors."""
PLAN = "plan"
EXECUTOR = "executor"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Timed:
    """How long requests took: how many in each of BUCKETS and beyond, and all together."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, other: Timed) -> None:
        """Take in those of another."""
        self.counts = list(map(add, self.counts, other.counts))
        self.seconds += other.seconds

    def buckets(self) -> list[tuple[str, float]]:
        """As Prometheus has them: each with all that took less."""
        bounds = map(floatToGoString, (*BUCKETS, math.inf))
        return list(zip(bounds, accumulate(self.counts), strict=True))


class Metrics(Collector):
    """One application's counters. They belong to the thread of the event loop and need no lock, which saves
    most of what Prometheus' own cost; `text` is what Prometheus reads."""

    def __init__(self) -> None:
        self._answers: defaultdict[tuple[str, str, str | None], Timed] = defaultdict(Timed)
        self._responses: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.subscriptions = 0
        """Those that are under way."""
        self.told = 0
        """Events that subscribers were told of."""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def answered(self, operation: str, code: str, way: str | None, seconds: float) -> None:
        """Count one GraphQL request. `way` is PLAN, EXECUTOR, or None for one that was not carried out."""
        timed = self._answers[operation, code, way]
        timed.counts[bisect_left(BUCKETS, seconds)] += 1
        timed.seconds += seconds

    def served(self, path: str, status: int) -> None:
        """Count one HTTP response."""
        if path not in PATHS:
            first = "/" + path.removeprefix("/").partition("/")[0]
            path = first if first in PATHS else "other"
        self._responses[path, status] += 1

    def watch(self, desk: Desk) -> None:
        """Add what the desk has counted, from now on."""
        self._registry.register(DeskCollector(desk))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The metrics of serving."""
        requests: Counter[tuple[str, str]] = Counter()
        seconds: defaultdict[str, Timed] = defaultdict(Timed)
        answers = Counter({(PLAN,): 0, (EXECUTOR,): 0})
        for (operation, code, way), timed in self._answers.items():
            count = sum(timed.counts)
            requests[operation, code] += count
            seconds[operation].add(timed)
            if way is not None:
                answers[way,] += count
        yield _counter(
            "lianxi_graphql_requests",
            "GraphQL requests by root field and by the code of their errors (OK: none).",
            ["operation", "code"],
            requests,
        )
        took = HistogramMetricFamily(
            "lianxi_graphql_seconds",
            "Time from the parsed body to the answer of a GraphQL request.",
            labels=["operation"],
        )
        for operation, timed in seconds.items():
            took.add_metric([operation], timed.buckets(), timed.seconds)
        yield took
        yield _counter(
            "lianxi_graphql_answers",
            "Operations carried out, by what did it: a plan, or the executor where there is no plan for one.",
            ["way"],
            answers,
        )
        yield GaugeMetricFamily(
            "lianxi_subscriptions", "Subscriptions that are under way.", value=float(self.subscriptions)
        )
        yield CounterMetricFamily(
            "lianxi_subscription_events", "Events that subscribers were told of.", value=self.told
        )
        yield _counter(
            "lianxi_http_responses",
            "HTTP responses by the first part of the path and by status (0: the client was gone).",
            ["path", "status"],
            {(path, str(status)): count for (path, status), count in self._responses.items()},
        )


class DeskCollector(Collector):
    """Reads the desk's counts when Prometheus asks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def collect(self) -> Iterator[Metric]:
        """The metrics of deciding."""
        yield _counter(
            "lianxi_decisions",
            "Routing decisions by policy and outcome: assigned, or the reason for triage.",
            ["policy", "outcome"],
            self.desk.tally.decisions,
        )
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
        yield from self._deliveries()

    def _deliveries(self) -> Iterator[Metric]:
        yield _counter(
            "lianxi_webhook_deliveries",
            "Attempts of this server to deliver to webhooks: delivered, failed (and tried again), dead (given"
            " up).",
            ["outcome"],
            {(outcome.value,): count for outcome, count in self.desk.tally.attempts.items()},
        )
        backlog = self.desk.tally.backlog
        if backlog is not None:  # nothing is better than a figure of long ago
            age = (self.desk.clock() - backlog.since).total_seconds() if backlog.since else 0.0
            yield GaugeMetricFamily(
                "lianxi_webhook_waiting",
                "Deliveries that wait, of webhooks that are served; all servers tell the same.",
                value=float(backlog.waiting),
            )
            yield GaugeMetricFamily(
                "lianxi_webhook_lag_seconds",
                "Since when the oldest of them waits; all servers tell the same.",
                value=max(age, 0.0),
            )


def _counter(name: str, words: str, labels: Sequence[str], counts: Mapping[Any, int]) -> CounterMetricFamily:
    """A metric with a count for each set of values of its labels."""
    family = CounterMetricFamily(name, words, labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family
