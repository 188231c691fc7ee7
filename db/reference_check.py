"""Whether the reference files agree with each other: nothing unknown, nothing twice, nothing in circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from db.reference_files import (
    CITY,
    CONFERENCES,
    FUNCTIONS,
    CityFile,
    Finding,
    Reference,
    ReferenceInvalid,
    RegionEntry,
    UnitEntry,
    read_files,
)

LEVELS = ("city", "district", "town")
DIGITS = {"city": 6, "district": 6, "town": 9}
"""Codes of cities and districts follow GB/T 2260, those of towns and sub-districts GB/T 10114."""


def read_reference(folder: Path) -> Reference:
    """Read the three files of a folder and check them. Raises ReferenceInvalid with every finding."""
    reference = read_files(folder)
    findings = [
        *_duplicates(FUNCTIONS, FUNCTIONS, (function.code for function in reference.functions.functions)),
        *_check_regions(reference.city),
        *_check_units(reference),
        *_check_conferences(reference),
    ]
    if findings:
        raise ReferenceInvalid(findings)
    return reference


def _check_regions(file: CityFile) -> Iterator[Finding]:
    regions = {region.code: region for region in file.regions}
    yield from _duplicates(CITY, CITY, (region.code for region in file.regions))
    yield from _cycles({region.code: region.parent for region in file.regions})
    if file.city not in regions:
        yield _finding(CITY, CITY, "unknown_region", code=file.city)
    for region in file.regions:
        if region.parent and region.parent not in regions:
            yield _finding(CITY, region.code, "unknown_region", code=region.parent)
        elif not _placed(region, regions, file.city):
            yield _finding(CITY, region.code, f"wrong_{region.level}")


def _placed(region: RegionEntry, regions: Mapping[str, RegionEntry], city: str) -> bool:
    if len(region.code) != DIGITS[region.level]:
        return False
    if region.parent is None:
        return region.level == "city" and region.code == city
    # Some cities have towns and no districts.
    return LEVELS.index(regions[region.parent].level) < LEVELS.index(region.level)


def _check_units(reference: Reference) -> Iterator[Finding]:
    file = reference.city
    functions = {function.code for function in reference.functions.functions}
    regions = {region.code for region in file.regions}
    units = {unit.code for unit in file.units}
    yield from _duplicates(CITY, CITY, (unit.code for unit in file.units))
    yield from _cycles({unit.code: unit.successor for unit in file.units})
    for unit in file.units:
        if unit.region not in regions:
            yield _finding(CITY, unit.code, "unknown_region", code=unit.region)
        if unit.successor and unit.successor not in units:
            yield _finding(CITY, unit.code, "unknown_unit", code=unit.successor)
        for carried in unit.functions:
            if carried.function not in functions:
                yield _finding(CITY, unit.code, "unknown_function", code=carried.function)
        spans = (f"{carried.function} {carried.since or ''}".rstrip() for carried in unit.functions)
        yield from _duplicates(CITY, unit.code, spans)
        yield from _duplicates(CITY, unit.code, (alias.name for alias in unit.aliases))
        if _ends_too_early(unit, file.since):
            yield _finding(CITY, unit.code, "dates")


def _ends_too_early(unit: UnitEntry, since: date) -> bool:
    start = unit.since or since
    spans = [(start, unit.to)]
    spans += [(carried.since or start, carried.to) for carried in unit.functions]
    spans += [(alias.since or date.min, alias.to) for alias in unit.aliases]
    return any(last is not None and last < first for first, last in spans)


def _check_conferences(reference: Reference) -> Iterator[Finding]:
    file = reference.conferences
    units = {unit.code for unit in reference.city.units}
    if file.city != reference.city.city:
        yield _finding(CONFERENCES, CONFERENCES, "unknown_region", code=file.city)
    yield from _duplicates(CONFERENCES, CONFERENCES, (entry.domain for entry in file.conferences))
    for entry in file.conferences:
        yield from _duplicates(CONFERENCES, entry.domain, (entry.lead, *entry.members))
        for code in dict.fromkeys((entry.lead, entry.office or entry.lead, *entry.members)):
            if code not in units:
                yield _finding(CONFERENCES, entry.domain, "unknown_unit", code=code)


def _duplicates(file: str, entry: str, codes: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield _finding(file, entry, "duplicate", code=code)
        seen.add(code)


def _cycles(links: Mapping[str, str | None]) -> Iterator[Finding]:
    for start in links:
        code, passed = links[start], {start}
        while code is not None and code not in passed:
            passed.add(code)
            code = links.get(code)
        if code == start:
            yield _finding(CITY, start, "cycle", code=start)


def _finding(file: str, entry: str, kind: str, **values: object) -> Finding:
    return Finding(file, entry, kind, values)
