"""The register: regions, departments and functions with their names, resident until they change.

Reference data is small and asked for by nearly every query, so its fields are answered without a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.directory import DIRECTORY
from db import revision
from db.database import Database
from db.tables.region import Region
from db.tables.unit import Function, Unit, UnitAlias, UnitFunction
from resolvers.identity import global_id
from rules import territory

T = TypeVar("T")


@dataclass(frozen=True)
class RegionEntry:
    """One region. `path` lists the codes from the city down to it, joined by `/`."""

    code: str
    name: str
    name_en: str
    level: str
    city: str
    parent_code: str | None
    path: str
    policy_key: str | None
    """The policy in use here, its own or an inherited one."""

    @cached_property
    def id(self) -> str:
        """The global id."""
        return global_id("Region", self.code)


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """A function such as `ecology`."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """A function that a department carries for a time; the days are inclusive."""

    code: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class DepartmentEntry:
    """One department of one region."""

    code: str
    region_code: str
    name: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None
    functions: tuple[FunctionSpan, ...]
    aliases: tuple[str, ...]

    @cached_property
    def id(self) -> str:
        """The global id."""
        return global_id("Department", self.code)

    def is_active(self, on: date) -> bool:
        """Whether it exists on a day."""
        return territory.within(self.valid_from, self.valid_to, on)

    def carries(self, function: str, on: date) -> bool:
        """Whether it has a function on a day."""
        return any(
            span.code == function and territory.within(span.valid_from, span.valid_to, on)
            for span in self.functions
        )


@dataclass(frozen=True)
class Register:
    """All of them, by code, each in the order of the codes; functions in their own order. `revision` counts
    the changes of the directory in the database."""

    revision: int
    regions: Mapping[str, RegionEntry]
    departments: Mapping[str, DepartmentEntry]
    functions: Mapping[str, FunctionEntry]

    @cached_property
    def children(self) -> Mapping[str, list[RegionEntry]]:
        """Regions by the code of the region above."""
        return _by(self.regions.values(), "parent_code")

    @cached_property
    def departments_of(self) -> Mapping[str, list[DepartmentEntry]]:
        """Departments by the code of their region."""
        return _by(self.departments.values(), "region_code")

    @cached_property
    def territory(self) -> territory.Directory:
        """The same as the rules see it: who carries what, and where."""
        return territory.Directory(
            {
                region.code: territory.Region(region.code, region.parent_code, region.level)
                for region in self.regions.values()
            },
            {unit.code: _carrier(unit) for unit in self.departments.values()},
        )

    def within(self, code: str) -> list[str]:
        """The codes of a region and of all regions below it; none for a code that is not known."""
        region = self.regions.get(code)
        if region is None:
            return []
        below = f"{region.path}/"
        return [code, *(other.code for other in self.regions.values() if other.path.startswith(below))]

    def department(self, code: str) -> DepartmentEntry:
        """The department with a code. Raises KeyError."""
        return self.departments[code]

    def region(self, code: str) -> RegionEntry:
        """The region with a code. Raises KeyError."""
        return self.regions[code]

    def function(self, code: str) -> FunctionEntry:
        """A function; a policy may name one that the register does not have yet."""
        return self.functions.get(code) or FunctionEntry(code, code, code)

    def find(self, kind: str, code: object) -> RegionEntry | DepartmentEntry | FunctionEntry | None:
        """The entry of a kind with a code; None where there is none."""
        kept: Mapping[str, Mapping[Any, Any]] = {
            "department": self.departments,
            "region": self.regions,
            "function": self.functions,
        }
        return kept[kind].get(code)


KEPT = "register"
"""The name under which a database's register is kept."""


async def current_register(database: Database) -> Register:
    """The register, read again when the database says that it has changed."""
    kept: Register | None = database.kept.get(KEPT)
    async with database.read() as connection:
        number = await revision.current(connection, DIRECTORY)
        if kept is None or kept.revision != number:
            kept = database.kept[KEPT] = await read_register(connection)
    return kept


async def read_register(connection: AsyncConnection) -> Register:
    """Read regions, departments and functions: five statements, some thousands of rows in a large city."""
    functions = await connection.execute(
        select(Function.code, Function.name, Function.name_en).order_by(Function.position, Function.code)
    )
    known = {row.code: FunctionEntry(*row) for row in functions}
    regions = await connection.execute(
        select(
            Region.code,
            Region.name,
            Region.name_en,
            Region.level,
            Region.city,
            Region.parent_code,
            Region.path,
            Region.policy_key,
        ).order_by(Region.code)
    )
    own = {row.code: RegionEntry(*row) for row in regions}
    return Register(
        revision=await revision.current(connection, DIRECTORY),
        regions={
            code: replace(region, policy_key=_policy_in_use(own, region)) for code, region in own.items()
        },
        departments=await _read_departments(connection, known),
        functions=known,
    )


def _policy_in_use(regions: Mapping[str, RegionEntry], region: RegionEntry) -> str | None:
    at: RegionEntry | None = region
    while at is not None and at.policy_key is None:
        at = regions[at.parent_code] if at.parent_code else None
    return at.policy_key if at else None


async def _read_departments(
    connection: AsyncConnection, known: Mapping[str, FunctionEntry]
) -> dict[str, DepartmentEntry]:
    spans: dict[str, list[FunctionSpan]] = {}
    rows = await connection.execute(
        select(UnitFunction.__table__).order_by(UnitFunction.function_code, UnitFunction.valid_from)
    )
    for row in rows:
        function = known[row.function_code]
        span = FunctionSpan(function.code, function.name, function.name_en, row.valid_from, row.valid_to)
        spans.setdefault(row.unit_code, []).append(span)
    aliases: dict[str, list[str]] = {}
    for unit, alias in await connection.execute(
        select(UnitAlias.unit_code, UnitAlias.alias).order_by(UnitAlias.alias)
    ):
        aliases.setdefault(unit, []).append(alias)
    units = await connection.execute(select(Unit.__table__).order_by(Unit.code))
    return {
        row.code: DepartmentEntry(
            row.code,
            row.region_code,
            row.name,
            row.name_en,
            row.valid_from,
            row.valid_to,
            row.successor_code,
            tuple(spans.get(row.code, ())),
            tuple(aliases.get(row.code, ())),
        )
        for row in units
    }


def _carrier(department: DepartmentEntry) -> territory.Unit:
    return territory.Unit(
        department.code,
        department.region_code,
        tuple(
            territory.FunctionSpan(span.code, span.valid_from, span.valid_to) for span in department.functions
        ),
        department.valid_from,
        department.valid_to,
        department.successor_code,
    )


def _by(entries: Iterable[T], attribute: str) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for entry in entries:
        found.setdefault(getattr(entry, attribute), []).append(entry)
    return found
