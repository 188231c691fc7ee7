"""From a function and a region to a concrete unit: the nearest one that carries it, going up the tree.

A region inherits what it does not staff itself from the region above. A pure look-up: the directory is read
from wherever it is kept, and the day is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

TOWN_GOVERNMENT = "town_government"


@dataclass(frozen=True, slots=True)
class Region:
    """A region and the one above it. `level` is city, district or town."""

    code: str
    parent: str | None
    level: str


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """A unit carries a function for a time. Both days are inclusive; an open end is None."""

    function: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of one region. `valid_to` is its last day; its work then goes on at the `successor`."""

    code: str
    region: str
    functions: tuple[FunctionSpan, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True)
class Directory:
    """Regions and units by their codes. Never changed: a new directory takes the place of an old one."""

    regions: Mapping[str, Region]
    units: Mapping[str, Unit]

    @cached_property
    def carriers(self) -> Mapping[tuple[str, str], tuple[Unit, ...]]:
        """The units that carry or carried a function, by region and function, ordered by their codes."""
        found: dict[tuple[str, str], dict[str, Unit]] = {}
        for code in sorted(self.units):
            unit = self.units[code]
            for span in unit.functions:
                found.setdefault((unit.region, span.function), {})[code] = unit
        return {key: tuple(units.values()) for key, units in found.items()}


def within(first: date | None, last: date | None, on: date) -> bool:
    """Whether a day lies between two days, both inclusive; None is an open end."""
    return (first is None or first <= on) and (last is None or on <= last)


def exists(unit: Unit, on: date) -> bool:
    """Whether a unit has been founded and not been dissolved on a day."""
    return within(unit.valid_from, unit.valid_to, on)


def lineage(directory: Directory, region: str) -> tuple[str, ...]:
    """The region's code and those of all regions above it, upwards. Empty for a region that is not known."""
    codes: dict[str, None] = {}
    at = directory.regions.get(region)
    while at is not None and at.code not in codes:
        codes[at.code] = None
        at = directory.regions.get(at.parent) if at.parent else None
    return tuple(codes)


def nearest_unit(directory: Directory, function: str, region: str, on: date) -> str | None:
    """The unit that carries the function on that day in the region, or in the nearest region above it.

    In one region a unit that carries the function itself comes before the successor of one that was
    dissolved; among equals the lowest code does. None when no region up to the city has one.
    """
    for code in lineage(directory, region):
        carriers = directory.carriers.get((code, function), ())
        for unit in carriers:
            if exists(unit, on) and any(_carried(span, function, on) for span in unit.functions):
                return unit.code
        for unit in carriers:
            if heir := _heir(directory, unit, function, on):
                return heir
    return None


def territorial_owner(directory: Directory, region: str, on: date) -> str | None:
    """The government that organises ordinary items on the spot: the town's or sub-district's own; where the
    region is above the towns, the one that carries the function at that level, or the nearest above."""
    return nearest_unit(directory, TOWN_GOVERNMENT, region, on)


def _heir(directory: Directory, unit: Unit, function: str, on: date) -> str | None:
    """Who does the work of a dissolved unit that carried the function until its last day."""
    if unit.valid_to is None or on <= unit.valid_to:
        return None
    last_day = unit.valid_to
    if not any(_carried(span, function, last_day) for span in unit.functions):
        return None
    return next((heir.code for heir in _successors(directory, unit) if exists(heir, on)), None)


def _successors(directory: Directory, unit: Unit) -> Iterator[Unit]:
    seen = {unit.code}
    successor = directory.units.get(unit.successor) if unit.successor else None
    while successor is not None and successor.code not in seen:
        yield successor
        seen.add(successor.code)
        successor = directory.units.get(successor.successor) if successor.successor else None


def _carried(span: FunctionSpan, function: str, on: date) -> bool:
    return span.function == function and within(span.valid_from, span.valid_to, on)
