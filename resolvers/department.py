"""Departments and functions, from the register."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.context import Context, Info
from resolvers.register import DepartmentEntry, FunctionEntry, RegionEntry


@dataclass(frozen=True, slots=True)
class DepartmentCriteria:
    """Which departments: in a region and everything below it, with a function today, in service, by name."""

    region: str | None = None
    function: str | None = None
    active: bool | None = None
    text: str | None = None


async def find_department(context: Context, code: str) -> DepartmentEntry | None:
    """The department with a code."""
    return (await context.open_register()).departments.get(code)


async def find_departments(context: Context, criteria: DepartmentCriteria) -> list[DepartmentEntry]:
    """Departments that meet all criteria, by code."""
    register = await context.open_register()
    regions = set(register.within(criteria.region)) if criteria.region is not None else None
    return [
        department
        for department in register.departments.values()
        if (regions is None or department.region_code in regions)
        and (criteria.function is None or department.carries(criteria.function, context.today))
        and (criteria.active is None or department.is_active(context.today) is criteria.active)
        and (criteria.text is None or _named(department, criteria.text.casefold()))
    ]


async def find_functions(context: Context) -> list[FunctionEntry]:
    """All functions in their order."""
    return list((await context.open_register()).functions.values())


def region(root: DepartmentEntry, info: Info) -> RegionEntry:
    """Whose department it is."""
    return info.context.register.regions[root.region_code]


def successor(root: DepartmentEntry, info: Info) -> DepartmentEntry | None:
    """Who took over."""
    return info.context.register.departments[root.successor_code] if root.successor_code else None


def active(root: DepartmentEntry, info: Info) -> bool:
    """Whether it is in service today."""
    return root.is_active(info.context.today)


def _named(department: DepartmentEntry, text: str) -> bool:
    names = (department.code, department.name, department.name_en, *department.aliases)
    return any(text in name.casefold() for name in names)
