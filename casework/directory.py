"""The directory: regions and units of the database, resident until they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db import revision
from db.tables.region import Region as RegionRow
from db.tables.unit import Unit as UnitRow
from db.tables.unit import UnitFunction
from rules.territory import Directory, FunctionSpan, Region, Unit, exists, lineage, territorial_owner

DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class CityDirectory:
    """Regions and units for the rules, with what casework asks beside."""

    tree: Directory
    cities: Mapping[str, str]
    policies: Mapping[str, str]

    def city_of(self, region: str) -> str | None:
        """The city that a region belongs to; None for a region that is not known."""
        return self.cities.get(region)

    def owner_of(self, region: str, on: date) -> str | None:
        """The territorial owner of a region on a day."""
        return territorial_owner(self.tree, region, on)

    def policy_of(self, region: str) -> str | None:
        """The key of the policy that a region carries or inherits."""
        return next(
            (self.policies[code] for code in lineage(self.tree, region) if code in self.policies), None
        )

    def is_open(self, unit: str, on: date) -> bool:
        """Whether there is such a unit on a day."""
        found = self.tree.units.get(unit)
        return found is not None and exists(found, on)


class DirectoryShelf:
    """Keeps the directory of one process, read again when the database says that it changed."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._directory: CityDirectory | None = None

    async def current(self, connection: AsyncConnection) -> CityDirectory:
        """The directory as this connection's transaction sees it."""
        number = await revision.current(connection, DIRECTORY)
        if self._directory is None or number != self._revision:
            self._directory = await read_directory(connection)
            self._revision = number
        return self._directory


async def read_directory(connection: AsyncConnection) -> CityDirectory:
    """Read all regions and units: some thousands of rows in a large city."""
    regions = (await connection.execute(select(RegionRow.__table__))).all()
    spans: dict[str, list[FunctionSpan]] = {}
    for row in (await connection.execute(select(UnitFunction.__table__))).all():
        span = FunctionSpan(row.function_code, row.valid_from, row.valid_to)
        spans.setdefault(row.unit_code, []).append(span)
    units = {
        row.code: Unit(
            row.code,
            row.region_code,
            tuple(spans.get(row.code, ())),
            row.valid_from,
            row.valid_to,
            row.successor_code,
        )
        for row in (await connection.execute(select(UnitRow.__table__))).all()
    }
    return CityDirectory(
        tree=Directory({row.code: Region(row.code, row.parent_code, row.level) for row in regions}, units),
        cities={row.code: row.city for row in regions},
        policies={row.code: row.policy_key for row in regions if row.policy_key},
    )
