"""Regions in the order of their tree, for a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A region, `depth` levels below the top."""

    depth: int
    region: Mapping[str, Any]


def tree(regions: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Every region right after the one above it, siblings by code."""
    below: dict[str | None, list[Mapping[str, Any]]] = {}
    for region in regions:
        below.setdefault(region["parent"]["code"] if region["parent"] else None, []).append(region)

    def places(parent: str | None, depth: int) -> Iterator[Place]:
        for region in below.get(parent, ()):
            yield Place(depth, region)
            yield from places(region["code"], depth + 1)

    return list(places(None, 0))
