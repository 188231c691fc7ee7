"""Which unit carries a function in a region on a day."""

from __future__ import annotations

from datetime import date

import pytest

from rules.territory import (
    TOWN_GOVERNMENT,
    Directory,
    FunctionSpan,
    Region,
    Unit,
    lineage,
    nearest_unit,
    territorial_owner,
)

CITY, NORTH, SOUTH, MARSH, HILL = "320000", "320100", "320200", "320100001", "320200001"
DAY = date(2026, 6, 1)
BEFORE, LAST, AFTER = date(2025, 1, 1), date(2026, 5, 31), date(2026, 12, 31)


def unit(
    code: str,
    region: str,
    *functions: str | FunctionSpan,
    start: date | None = None,
    end: date | None = None,
    successor: str | None = None,
) -> Unit:
    spans = tuple(FunctionSpan(each) if isinstance(each, str) else each for each in functions)
    return Unit(code, region, spans, start, end, successor)


def directory(*units: Unit) -> Directory:
    regions = (
        Region(CITY, None, "city"),
        Region(NORTH, CITY, "district"),
        Region(SOUTH, CITY, "district"),
        Region(MARSH, NORTH, "town"),
        Region(HILL, SOUTH, "town"),
    )
    return Directory({region.code: region for region in regions}, {each.code: each for each in units})


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (MARSH, (MARSH, NORTH, CITY)),
        (NORTH, (NORTH, CITY)),
        (CITY, (CITY,)),
        ("999999", ()),
        ("", ()),
    ],
)
def test_lineage_goes_up_to_the_city(region: str, expected: tuple[str, ...]) -> None:
    assert lineage(directory(), region) == expected


def test_regions_that_contain_each_other_end() -> None:
    loop = Directory({"a": Region("a", "b", "town"), "b": Region("b", "a", "town")}, {})
    assert lineage(loop, "a") == ("a", "b")
    assert nearest_unit(loop, "ecology", "a", DAY) is None


CASES: dict[str, tuple[tuple[Unit, ...], str, str | None]] = {
    "the region's own": ((unit("N-1", NORTH, "ecology"), unit("C-1", CITY, "ecology")), NORTH, "N-1"),
    "a town asks its district": ((unit("N-1", NORTH, "ecology"), unit("C-1", CITY, "ecology")), MARSH, "N-1"),
    "else the city": ((unit("N-1", NORTH, "ecology"), unit("C-1", CITY, "ecology")), HILL, "C-1"),
    "never a sister district": ((unit("N-1", NORTH, "ecology"),), HILL, None),
    "never downwards": ((unit("N-1", NORTH, "ecology"),), CITY, None),
    "an unknown region": ((unit("C-1", CITY, "ecology"),), "999999", None),
    "the lowest of several codes": (
        (unit("C-2", CITY, "ecology"), unit("C-1", CITY, "ecology")),
        CITY,
        "C-1",
    ),
    "another function": ((unit("C-1", CITY, "water"),), CITY, None),
    "one of several functions": ((unit("C-1", CITY, "water", "ecology"),), CITY, "C-1"),
    "not yet carried": ((unit("C-1", CITY, FunctionSpan("ecology", AFTER)),), CITY, None),
    "carried from today": ((unit("C-1", CITY, FunctionSpan("ecology", DAY)),), CITY, "C-1"),
    "carried until today": ((unit("C-1", CITY, FunctionSpan("ecology", None, DAY)),), CITY, "C-1"),
    "no longer carried": ((unit("C-1", CITY, FunctionSpan("ecology", None, LAST)),), CITY, None),
    "carried again": (
        (unit("C-1", CITY, FunctionSpan("ecology", None, BEFORE), FunctionSpan("ecology", DAY)),),
        CITY,
        "C-1",
    ),
    "a unit that does not exist yet": ((unit("C-1", CITY, "ecology", start=AFTER),), CITY, None),
    "dissolved without a successor: upwards": (
        (unit("N-1", NORTH, "ecology", end=LAST), unit("C-1", CITY, "ecology")),
        NORTH,
        "C-1",
    ),
    "dissolved with a successor": (
        (
            unit("N-1", NORTH, "ecology", end=LAST, successor="N-2"),
            unit("N-2", NORTH, "water"),
            unit("C-1", CITY, "ecology"),
        ),
        NORTH,
        "N-2",
    ),
    "on its last day it is itself": (
        (unit("N-1", NORTH, "ecology", end=DAY, successor="N-2"), unit("N-2", NORTH, "water")),
        NORTH,
        "N-1",
    ),
    "a successor of a successor": (
        (
            unit("N-1", NORTH, "ecology", end=BEFORE, successor="N-2"),
            unit("N-2", NORTH, end=LAST, successor="N-3"),
            unit("N-3", NORTH),
        ),
        NORTH,
        "N-3",
    ),
    "a unit of its own before a successor": (
        (
            unit("N-1", NORTH, "ecology", end=LAST, successor="N-2"),
            unit("N-2", NORTH),
            unit("N-9", NORTH, "ecology"),
        ),
        NORTH,
        "N-9",
    ),
    "lost before it was dissolved: not inherited": (
        (
            unit("N-1", NORTH, FunctionSpan("ecology", None, BEFORE), end=LAST, successor="N-2"),
            unit("N-2", NORTH),
        ),
        NORTH,
        None,
    ),
    "successors in a circle": (
        (
            unit("N-1", NORTH, "ecology", end=LAST, successor="N-2"),
            unit("N-2", NORTH, end=LAST, successor="N-1"),
        ),
        NORTH,
        None,
    ),
    "its own successor": ((unit("N-1", NORTH, "ecology", end=LAST, successor="N-1"),), NORTH, None),
    "a successor that nobody knows": (
        (unit("N-1", NORTH, "ecology", end=LAST, successor="?"),),
        NORTH,
        None,
    ),
    "a successor elsewhere": (
        (unit("N-1", NORTH, "ecology", end=LAST, successor="C-7"), unit("C-7", CITY)),
        NORTH,
        "C-7",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nearest_unit(case: str) -> None:
    units, region, expected = CASES[case]
    assert nearest_unit(directory(*units), "ecology", region, DAY) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [(MARSH, "MARSH-GOV"), (HILL, "S-GOV"), (SOUTH, "S-GOV"), (NORTH, "C-GOV"), (CITY, "C-GOV")],
)
def test_territorial_owner(region: str, expected: str) -> None:
    found = directory(
        unit("MARSH-GOV", MARSH, TOWN_GOVERNMENT),
        unit("S-GOV", SOUTH, TOWN_GOVERNMENT),
        unit("C-GOV", CITY, TOWN_GOVERNMENT),
    )
    assert territorial_owner(found, region, DAY) == expected
