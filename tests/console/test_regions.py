"""The order of the list of regions."""

from __future__ import annotations

from typing import Any

from console.regions import tree


def _region(code: str, parent: str | None) -> dict[str, Any]:
    return {"code": code, "parent": {"code": parent} if parent else None}


def test_every_region_follows_the_one_above_it() -> None:
    regions = [
        _region("1", None),
        _region("11", "1"),
        _region("12", "1"),
        _region("111", "11"),
        _region("2", None),
    ]
    found = [(place.depth, place.region["code"]) for place in tree(regions)]
    assert found == [(0, "1"), (1, "11"), (2, "111"), (1, "12"), (0, "2")]
