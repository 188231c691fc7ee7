"""What the commands about policies print: tables on a terminal, tab-separated lines elsewhere, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from cli.speech import harmless, tell


def print_json(value: Any) -> None:
    """One JSON object or list on one line; data classes, days and moments included."""
    sys.stdout.write(orjson.dumps(value, default=_plain, option=orjson.OPT_APPEND_NEWLINE).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows under the headings `policy.column.<column>`."""
    headings = [tell(f"policy.column.{column}") for column in columns]
    lines = [["" if cell is None else harmless(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in [headings, *lines]:
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    # rich takes a fifth of a second to import.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings)
    for line in lines:
        # As Text, because rich would take brackets for marks of its own.
        table.add_row(*map(Text, line))
    Console().print(table)


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, UUID):  # a driver's own kind of it
        return str(value)
    raise TypeError(type(value).__name__)
