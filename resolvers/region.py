"""Regions, from the register."""

from __future__ import annotations

from dataclasses import dataclass

from casework.region import SetRegionPolicy, set_region_policy
from resolvers.context import Context
from resolvers.description import Computed, Found, Ref, Relation, Resident
from resolvers.policy import POLICY
from resolvers.register import DepartmentEntry, RegionEntry
from resolvers.verb import Done, carry_out


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


async def set_policy(context: Context, request: SetRegionPolicy, key: str | None) -> Done:
    """Give a region a policy of its own, or let it inherit."""
    done = await carry_out(context, set_region_policy, request, key)
    await context.reopen_register()
    return done


REGION_BY_CODE = Found(find_region, {"Region": "region"})
PARENT = Resident("region", "parent_code")
CHILDREN = Computed(children)
DEPARTMENTS = Computed(departments)
POLICY_IN_USE = Relation(POLICY, on=(("policy_key", "key"),))
CHANGED_REGION = Resident("region", "changed")
"""The region that a mutation changed."""
