"""Compare the answers of all servers, then load them in short rounds, one after the other.

The speed of a machine drifts, so the servers take turns within each round, and two servers are compared by
what they did in the same round.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.graphql.load import CONNECTIONS, BadAnswer, Request, Taken, ask, load, wire
from bench.graphql.operations import Operation, content, operations
from bench.graphql.processes import cpu_seconds
from bench.graphql.servers import Running

ROUNDS = 5
WARM_UP_SECONDS = 3.0
LEAST_ANSWERS = 2 * CONNECTIONS
"""Answers that a stretch waits for, so that slow servers are measured too."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Round:
    """One server in one round. Latencies and CPU times in milliseconds, the latter a request."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    server_cpu_ms: float
    database_cpu_ms: float | None
    errors: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One server with one operation. `equal`: it answered every request like the first server."""

    server: str
    operation: str
    equal: bool
    rounds: list[Round] = field(default_factory=list)

    def best(self) -> Round:
        """The round with the most requests a second."""
        return max(self.rounds, key=lambda each: each.requests_per_s)

    def median_rate(self) -> float:
        """Requests a second, the median of the rounds."""
        return statistics.median(each.requests_per_s for each in self.rounds)

    def of(self, other: Measured) -> float:
        """This server's rate as a multiple of another's: the median over rounds that they had together."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(mine.requests_per_s / theirs.requests_per_s for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class _Job:
    running: Running
    requests: Sequence[Request]
    measured: Measured


def measure(
    servers: Sequence[Running], disputes: int, seconds: float, database: int | None, tell: Progress
) -> list[Measured]:
    """Every server with every operation; the first server is the one whose answers are right.

    `seconds` are shared by the rounds; `database` is PostgreSQL's process, where it is one of this machine.
    Raises BadAnswer.
    """
    found = []
    for jobs in _compared(servers, disputes, tell).values():
        for job in jobs:
            tell(f"warming up: {job.measured.operation}, {job.running.server.title}")
            load(job.running.port, job.requests, min(seconds, WARM_UP_SECONDS), LEAST_ANSWERS)
        for turn in range(1, ROUNDS + 1):
            for job in jobs:
                tell(f"round {turn} of {ROUNDS}: {job.measured.operation}, {job.running.server.title}")
                job.measured.rounds.append(_round(job, seconds / ROUNDS, database))
        found += [job.measured for job in jobs]
    return found


def _compared(servers: Sequence[Running], disputes: int, tell: Progress) -> Mapping[str, list[_Job]]:
    """What there is to do for each operation, after everybody has answered every request once."""
    right: dict[str, list[bytes]] = {}
    jobs: dict[str, list[_Job]] = {}
    for running in servers:
        # In PostGraphile's wording only some fields can be compared.
        loosely = running.server.of_tables or servers[0].server.of_tables
        for operation in operations(disputes, of_tables=running.server.of_tables):
            tell(f"comparing answers: {operation.label}, {running.server.title}")
            bodies = operation.bodies()
            answers = _asked(running, operation, bodies)
            contents = [content(answer, of_tables=loosely) for answer in answers]
            expected = right.setdefault(operation.label, answers)
            equal = None not in contents and contents == [
                content(answer, of_tables=loosely) for answer in expected
            ]
            requests = [
                Request(wire(running.port, body), len(answer))
                for body, answer in zip(bodies, answers, strict=True)
            ]
            measured = Measured(running.server.name, operation.label, equal)
            jobs.setdefault(operation.label, []).append(_Job(running, requests, measured))
    return jobs


def _asked(running: Running, operation: Operation, bodies: Sequence[bytes]) -> list[bytes]:
    try:
        return ask(running.port, bodies)
    except BadAnswer as bad:
        raise BadAnswer(f"{running.server.title}, {operation.label}: {bad}") from None


def _round(job: _Job, seconds: float, database: int | None) -> Round:
    server_before = cpu_seconds(job.running.process)
    database_before = cpu_seconds(database) if database else 0.0
    taken = load(job.running.port, job.requests, seconds, LEAST_ANSWERS)
    server = cpu_seconds(job.running.process) - server_before
    used = cpu_seconds(database) - database_before if database else None
    return round_of(taken, server, used)


def round_of(taken: Taken, server_s: float, database_s: float | None) -> Round:
    """The figures of one stretch, with the CPU seconds that server and database used in it."""
    ordered = sorted(taken.latencies) or [0.0]
    return Round(
        requests_per_s=round(taken.rate, 1),
        p50_ms=round(ordered[len(ordered) // 2] * 1000, 2),
        p99_ms=round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        server_cpu_ms=round(server_s / taken.sent * 1000, 3),
        database_cpu_ms=None if database_s is None else round(database_s / taken.sent * 1000, 3),
        errors=taken.errors,
    )
