"""The figures of a run: as plain data, as a table for the terminal, and as a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.graphql.load import CONNECTIONS
from bench.graphql.measurement import ROUNDS, Measured
from bench.graphql.operations import operations
from bench.graphql.servers import SERVERS

COMPARED_WITH = ("mercurius", "apollo", "postgraphile", "limit")
"""What every rate is also given as a multiple of."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`server` has to reach `least` times the rate of `other` with these operations."""

    server: str
    other: str
    least: float
    operations: Sequence[str] = ("Q1", "Q2", "Q3")


BARS = (
    Bar("ours", "mercurius", 1.3),
    Bar("ours", "apollo", 2.0, ("Q1",)),
    Bar("ours", "apollo", 8.0, ("Q2",)),
    Bar("ours", "apollo", 4.0, ("Q3",)),
    Bar("ours", "postgraphile", 2.0, ("Q1",)),
    Bar("ours", "postgraphile", 3.0, ("Q2",)),
    Bar("ours", "postgraphile", 2.5, ("Q3",)),
    Bar("ours", "limit", 0.75),
    Bar("unplanned", "idiomatic", 2.0, ("Q2",)),
    Bar("sqlite", "ours", 0.667),
)

TITLES = {server.name: server.title for server in SERVERS}
COLUMNS = (
    "requests/s, best",
    "median",
    "p50 ms",
    "p99 ms",
    "server CPU ms",
    "database CPU ms",
    *(f"of {name}" for name in COMPARED_WITH),
    "errors",
)

Figures = dict[str, Any]


def figures(
    found: Sequence[Measured], disputes: int, seconds: float, not_run: Mapping[str, str], database: str
) -> Figures:
    """All figures as plain data. `ratios` are a server's rate as a multiple of another's in the same round,
    the median over rounds; of a bar that could not be measured, `reached` is None."""
    by_key = {(each.server, each.operation): each for each in found}
    bars = [row for bar in BARS for row in _checked(bar, by_key)]
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "database": database,
        },
        "disputes": disputes,
        "seconds": seconds,
        "rounds": ROUNDS,
        "connections": CONNECTIONS,
        "operations": {each.label: each.title for each in operations(1)},
        "servers": TITLES,
        "not_run": dict(not_run),
        "results": [_result(each, by_key) for each in found],
        "bars": bars,
        "within_bars": all(row["reached"] is not False for row in bars),
        "all_equal": all(each.equal for each in found),
        "errors": sum(each.errors for measured in found for each in measured.rounds),
    }


def _result(measured: Measured, by_key: Mapping[tuple[str, str], Measured]) -> Figures:
    best = measured.best()
    database = [each.database_cpu_ms for each in measured.rounds if each.database_cpu_ms is not None]
    return {
        "server": measured.server,
        "operation": measured.operation,
        "equal": measured.equal,
        "best_requests_per_s": best.requests_per_s,
        "median_requests_per_s": round(measured.median_rate(), 1),
        "p50_ms": best.p50_ms,
        "p99_ms": best.p99_ms,
        "server_cpu_ms": min(each.server_cpu_ms for each in measured.rounds),
        "database_cpu_ms": min(database) if database else None,
        "errors": sum(each.errors for each in measured.rounds),
        "ratios": {
            name: round(measured.of(other), 3)
            for name in COMPARED_WITH
            if (other := by_key.get((name, measured.operation)))
        },
        "rounds": [asdict(each) for each in measured.rounds],
    }


def _checked(bar: Bar, by_key: Mapping[tuple[str, str], Measured]) -> list[Figures]:
    rows = []
    for operation in bar.operations:
        mine, theirs = by_key.get((bar.server, operation)), by_key.get((bar.other, operation))
        ratio = round(mine.of(theirs), 3) if mine and theirs else None
        reached = None if ratio is None else ratio >= bar.least
        rows.append(
            {
                "server": bar.server,
                "other": bar.other,
                "operation": operation,
                "least": bar.least,
                "ratio": ratio,
                "reached": reached,
            }
        )
    return rows


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def page(figures: Figures) -> str:
    """The figures as a page of Markdown."""
    machine = figures["machine"]
    lines = [
        "# GraphQL servers side by side",
        "",
        f"{figures['at']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{machine['python']}, {machine['database']}.",
        "",
        f"Made by `lianxi bench graphql --disputes {figures['disputes']} --seconds {figures['seconds']:g}`. "
        "Each server is one process held to one core; the database and the load "
        f"({figures['connections']} keep-alive connections) share another. The servers take turns in "
        f"{figures['rounds']} rounds; ratios are medians over rounds. Latencies are those of the best round, "
        "CPU times the lowest of all rounds.",
    ]
    for label, title in figures["operations"].items():
        lines += ["", f"## {label}: {title}", "", *_markdown(["", *COLUMNS], _rows(figures, label))]
    lines += ["", "## Bars", "", *_markdown(["", "at least", "measured", ""], _bar_rows(figures))]
    if figures["not_run"]:
        lines += ["", "## Not run", ""]
        lines += [f"- {TITLES[name]}: {reason}" for name, reason in figures["not_run"].items()]
    return "\n".join(lines) + "\n"


def table(figures: Figures) -> str:
    """The figures for a terminal."""
    lines = []
    for label, title in figures["operations"].items():
        lines += [f"{label}: {title}", *_aligned([["", *COLUMNS], *_rows(figures, label)]), ""]
    lines += _aligned(_bar_rows(figures))
    lines += [f"not run: {TITLES[name]}: {reason}" for name, reason in figures["not_run"].items()]
    return "\n".join(lines)


def _rows(figures: Figures, label: str) -> list[list[str]]:
    return [
        [
            TITLES[each["server"]],
            f"{each['best_requests_per_s']:,.0f}",
            f"{each['median_requests_per_s']:,.0f}",
            f"{each['p50_ms']:.1f}",
            f"{each['p99_ms']:.1f}",
            f"{each['server_cpu_ms']:.2f}",
            "-" if each["database_cpu_ms"] is None else f"{each['database_cpu_ms']:.2f}",
            *(f"{each['ratios'][name]:.2f}" if name in each["ratios"] else "-" for name in COMPARED_WITH),
            f"{each['errors']}" if each["equal"] else "ANSWERS DIFFER",
        ]
        for each in figures["results"]
        if each["operation"] == label
    ]


def _bar_rows(figures: Figures) -> list[list[str]]:
    verdicts = {True: "reached", False: "MISSED", None: "not measured"}
    return [
        [
            f"{row['operation']}: {TITLES[row['server']]} of {TITLES[row['other']]}",
            f"{row['least']:.2f}",
            "-" if row["ratio"] is None else f"{row['ratio']:.2f}",
            verdicts[row["reached"]],
        ]
        for row in figures["bars"]
    ]


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(row)} |" for row in (head, ruler, *rows)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
