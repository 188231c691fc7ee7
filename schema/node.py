"""Objects that can be fetched again by their id."""

from __future__ import annotations

from collections.abc import Callable

import strawberry

from casework.rights import ANYBODY
from schema.access import shown_to
from schema.field import both, column


@shown_to(ANYBODY)
@strawberry.interface(
    description=both("An object that `node` finds by its id.", "可用 node 按 id 查询的对象。"),
)
class Node:
    """Relay's Node."""

    id: strawberry.ID = column(
        "Opaque, the same everywhere and for ever; do not take it apart.",
        "全局标识，不透明、永不改变，请勿解析。",
    )


def made_of(*rows: type) -> Callable[[object, object], bool]:
    """The type test of a GraphQL type whose objects are rows: interfaces and unions ask for it."""

    def is_type_of(row: object, info: object) -> bool:
        return isinstance(row, rows)

    return is_type_of
