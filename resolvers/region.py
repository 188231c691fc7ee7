"""Regions, from the register."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Relation, Resident
from resolvers.policy import POLICY
from resolvers.register import DepartmentEntry, RegionEntry


@dataclass(frozen=True, slots=True)
class RegionCriteria:
    """Which regions: of a level, directly below another."""

    level: str | None = None
    parent: str | None = None


def find_region(context: Context, *, code: str) -> Ref:
    """The region with a code."""
    return Ref("Region", ("code",), (code,))


def find_regions(context: Context, criteria: RegionCriteria) -> list[RegionEntry]:
    """Regions that meet all criteria, by code."""
    return [
        region
        for region in context.register.regions.values()
        if criteria.level in (None, region.level) and criteria.parent in (None, region.parent_code)
    ]


def children(context: Context, code: str) -> list[RegionEntry]:
    """The regions directly below."""
    return context.register.children.get(code, [])


def departments(context: Context, code: str) -> list[DepartmentEntry]:
    """The region's own departments."""
    return context.register.departments_of.get(code, [])


REGION_BY_CODE = Found(find_region, {"Region": "region"})
PARENT = Resident("region", "parent_code")
CHILDREN = Computed(children)
DEPARTMENTS = Computed(departments)
POLICY_IN_USE = Relation(POLICY, on=(("policy_key", "key"),))
