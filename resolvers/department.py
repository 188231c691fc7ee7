"""Departments and functions, from the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from resolvers.context import Context
from resolvers.description import Asked, Computed, Found, Ref, Resident
from resolvers.register import DepartmentEntry, FunctionEntry
from rules import territory


@dataclass(frozen=True, slots=True)
class DepartmentCriteria:
    """Which departments: in a region and everything below it, with a function today, in service, by name."""

    region: str | None = None
    function: str | None = None
    active: bool | None = None
    text: str | None = None


def find_department(context: Context, *, code: str) -> Ref:
    """The department with a code."""
    return Ref("Department", ("code",), (code,))


def find_departments(context: Context, criteria: DepartmentCriteria) -> list[DepartmentEntry]:
    """Departments that meet all criteria, by code."""
    register = context.register
    regions = set(register.within(criteria.region)) if criteria.region is not None else None
    return [
        department
        for department in register.departments.values()
        if (regions is None or department.region_code in regions)
        and (criteria.function is None or department.carries(criteria.function, context.today))
        and (criteria.active is None or department.is_active(context.today) is criteria.active)
        and (criteria.text is None or _named(department, criteria.text.casefold()))
    ]


def find_functions(context: Context) -> list[FunctionEntry]:
    """All functions in their order."""
    return list(context.register.functions.values())


def active(context: Context, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether a department is in service today."""
    return territory.within(valid_from, valid_to, context.today)


def _named(department: DepartmentEntry, text: str) -> bool:
    names = (department.code, department.name, department.name_en, *department.aliases)
    return any(text in name.casefold() for name in names)


DEPARTMENT_BY_CODE = Found(find_department, {"Department": "department"})
FUNCTIONS = Asked(find_functions)
REGION = Resident("region", "region_code")
SUCCESSOR = Resident("department", "successor_code")
ACTIVE = Computed(active)
