"""Load reference data: functions, regions, units and standing conferences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dialect import upsert
from db.reference_check import read_reference
from db.reference_files import CityFile, ConferenceFile, FunctionFile, UnitEntry
from db.tables.base import Base, new_key
from db.tables.conference import ConferenceMember, JointConference
from db.tables.region import Region
from db.tables.unit import Function, Unit, UnitAlias, UnitFunction

REFERENCE = Path(__file__).parent / "reference"
"""The data files that ship with the product: the functions and a demo city."""

Rows = list[dict[str, Any]]


async def load_reference(connection: AsyncConnection, folder: Path) -> None:
    """Make the database say what the files of `folder` say about everything that they name.

    What the files do not name stays as it is, and so does the policy that a region runs. Loading twice
    changes nothing. Raises ReferenceInvalid, before anything is written, with all that is wrong.
    """
    reference = read_reference(folder)
    await _write(connection, Function, _function_rows(reference.functions))
    await _write(connection, Region, _region_rows(reference.city), keep=frozenset({"policy_key"}))
    await _load_units(connection, reference.city)
    await _load_conferences(connection, reference.conferences)


async def _write(
    connection: AsyncConnection, table: type[Base], rows: Rows, keep: frozenset[str] = frozenset()
) -> None:
    if rows:
        await connection.execute(upsert(connection, table.__table__, keep=keep), rows)


def _function_rows(file: FunctionFile) -> Rows:
    return [
        {"code": entry.code, "name": entry.name, "name_en": entry.name_en, "position": position}
        for position, entry in enumerate(file.functions, 1)
    ]


def _region_rows(file: CityFile) -> Rows:
    paths: dict[str, str] = {}
    rows: Rows = []
    # Parents first: a region's path continues its parent's, and the database asks for the parent too.
    for level in ("city", "district", "town"):
        for entry in (region for region in file.regions if region.level == level):
            paths[entry.code] = f"{paths[entry.parent]}/{entry.code}" if entry.parent else entry.code
            rows.append(
                {
                    "code": entry.code,
                    "city": file.city,
                    "parent_code": entry.parent,
                    "level": entry.level,
                    "name": entry.name,
                    "name_en": entry.name_en,
                    "path": paths[entry.code],
                }
            )
    return rows


async def _load_units(connection: AsyncConnection, file: CityFile) -> None:
    await _write(connection, Unit, _unit_rows(file))
    codes = [unit.code for unit in file.units]
    for table, rows in ((UnitFunction, _unit_function_rows(file)), (UnitAlias, _unit_alias_rows(file))):
        await connection.execute(delete(table).where(table.unit_code.in_(codes)))
        await _write(connection, table, rows)


def _unit_rows(file: CityFile) -> Rows:
    units = {unit.code: unit for unit in file.units}

    def succeeded_by(unit: UnitEntry) -> int:
        return 1 + succeeded_by(units[unit.successor]) if unit.successor else 0

    return [
        {
            "code": unit.code,
            "region_code": unit.region,
            "name": unit.name,
            "name_en": unit.name_en,
            "valid_from": unit.since or file.since,
            "valid_to": unit.to,
            "successor_code": unit.successor,
        }
        # Successors first: the database asks for them.
        for unit in sorted(file.units, key=succeeded_by)
    ]


def _unit_function_rows(file: CityFile) -> Rows:
    return [
        {
            "unit_code": unit.code,
            "function_code": carried.function,
            "valid_from": carried.since or unit.since or file.since,
            "valid_to": carried.to,
        }
        for unit in file.units
        for carried in unit.functions
    ]


def _unit_alias_rows(file: CityFile) -> Rows:
    return [
        {"unit_code": unit.code, "alias": alias.name, "valid_from": alias.since, "valid_to": alias.to}
        for unit in file.units
        for alias in unit.aliases
    ]


async def _load_conferences(connection: AsyncConnection, file: ConferenceFile) -> None:
    known = await connection.execute(
        select(JointConference.domain, JointConference.id).where(JointConference.city == file.city)
    )
    keys = {row.domain: row.id for row in known}
    conferences: Rows = []
    members: Rows = []
    for entry in file.conferences:
        key = keys.setdefault(entry.domain, new_key())
        conferences.append(
            {
                "id": key,
                "city": file.city,
                "domain": entry.domain,
                "name": entry.name,
                "name_en": entry.name_en,
                "lead_unit_code": entry.lead,
                "office_unit_code": entry.office or entry.lead,
            }
        )
        members += [
            {"conference_id": key, "city": file.city, "unit_code": code, "position": position}
            for position, code in enumerate(entry.members, 1)
        ]
    await _write(connection, JointConference, conferences)
    listed = [conference["id"] for conference in conferences]
    await connection.execute(delete(ConferenceMember).where(ConferenceMember.conference_id.in_(listed)))
    await _write(connection, ConferenceMember, members)
