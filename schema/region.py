"""Regions: the tree from city to town and sub-district."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.rights import ANYBODY
from resolvers import region as answers
from resolvers.register import RegionEntry
from schema.access import shown_to
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, optional, relation
from schema.node import Node, made_of

if TYPE_CHECKING:
    from schema.policy import RoutingPolicy


class RegionLevel(StrEnum):
    """How high a region stands."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"


publish(
    RegionLevel,
    ("How high a region stands.", "区域层级。"),
    {
        RegionLevel.CITY: ("A city.", "市。"),
        RegionLevel.DISTRICT: ("A district or county.", "区、县。"),
        RegionLevel.TOWN: ("A town or sub-district.", "镇、街道。"),
    },
)


@shown_to(ANYBODY)
@strawberry.federation.type(
    keys=["code"],
    description=both(
        "A region, coded after GB/T 2260 and GB/T 10114.", "区域，代码依 GB/T 2260、GB/T 10114。"
    ),
)
class Region(Node):
    """Made of register entries."""

    is_type_of = made_of(RegionEntry)

    code: str = column("Its code.", "区域代码。")
    name: str = column("Chinese name.", "中文名称。")
    name_en: str = column("English name.", "英文名称。")
    level: RegionLevel = column("How high it stands.", "层级。")
    parent: Region | None = relation("The region above.", "上级区域。", answers.PARENT)
    children: list[Region] = relation("The regions directly below.", "直接下级区域。", answers.CHILDREN)
    departments: list[Department] = relation("Its own departments.", "本级单位。", answers.DEPARTMENTS)
    policy: Annotated[RoutingPolicy, strawberry.lazy("schema.policy")] | None = relation(
        "The routing policy in use here, its own or inherited.",
        "本区域适用的职责分工规则集（自有或沿用上级）。",
        answers.POLICY_IN_USE,
    )


@strawberry.input(
    description=both("Which regions; all that is given has to hold.", "区域筛选条件，同时满足。")
)
class RegionFilter:
    """The filter of `regions`."""

    level: RegionLevel | None = optional("Of this level.", "层级。")
    parent: str | None = optional("Directly below the region with this code.", "上级区域代码。")

    def criteria(self) -> answers.RegionCriteria:
        """The same for the resolvers."""
        return answers.RegionCriteria(self.level, self.parent)
