"""Regions, from the register."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.context import Context, Info
from resolvers.policy import PolicyRow, policies_by_key
from resolvers.register import DepartmentEntry, RegionEntry


@dataclass(frozen=True, slots=True)
class RegionCriteria:
    """Which regions: of a level, directly below another."""

    level: str | None = None
    parent: str | None = None


async def find_region(context: Context, code: str) -> RegionEntry | None:
    """The region with a code."""
    return (await context.open_register()).regions.get(code)


async def find_regions(context: Context, criteria: RegionCriteria) -> list[RegionEntry]:
    """Regions that meet all criteria, by code."""
    register = await context.open_register()
    return [
        region
        for region in register.regions.values()
        if criteria.level in (None, region.level) and criteria.parent in (None, region.parent_code)
    ]


def parent(root: RegionEntry, info: Info) -> RegionEntry | None:
    """The region above."""
    return info.context.register.regions[root.parent_code] if root.parent_code else None


def children(root: RegionEntry, info: Info) -> list[RegionEntry]:
    """The regions directly below."""
    return info.context.register.children.get(root.code, [])


def departments(root: RegionEntry, info: Info) -> list[DepartmentEntry]:
    """The region's own departments."""
    return info.context.register.departments_of.get(root.code, [])


async def policy(root: RegionEntry, info: Info) -> PolicyRow | None:
    """The policy that routes here, its own or an inherited one."""
    key = info.context.register.policy_key(root.code)
    return await info.context.load(policies_by_key, key) if key else None
