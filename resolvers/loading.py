"""From the rows of one statement to one answer for each key that was asked for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Columns = tuple[InstrumentedAttribute[Any], ...]
"""The columns of a row, in the order of its fields."""
Rows = Select[*tuple[Any, ...]]
"""A statement for such rows."""


def matched(keys: Sequence[K], pairs: Iterable[tuple[K, V]]) -> list[V | None]:
    """The row of each key; None where there is none."""
    found = dict(pairs)
    return [found.get(key) for key in keys]


def grouped(keys: Sequence[K], pairs: Iterable[tuple[K, V]]) -> list[list[V]]:
    """The rows of each key, in the order of the statement."""
    found: dict[K, list[V]] = {key: [] for key in keys}
    for key, row in pairs:
        found[key].append(row)
    return [found[key] for key in keys]


def select_row(columns: Columns) -> Rows:
    """A statement for rows of these columns."""
    return Select(*columns)
