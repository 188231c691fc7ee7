"""Reference data: what ships is whole, loading twice changes nothing, mistakes are told by file and entry."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert, select, update

from db.database import Database
from db.migrate import upgrade
from db.reference_check import read_reference
from db.reference_data import REFERENCE, load_reference
from db.reference_files import CITY, CONFERENCES, FUNCTIONS, ReferenceInvalid
from db.tables import Base
from db.tables.conference import ConferenceMember, JointConference
from db.tables.policy import RoutingPolicy
from db.tables.region import Region
from db.tables.unit import Function, Unit, UnitAlias, UnitFunction
from wording.catalogue import Language

LOADED: list[type[Base]] = [
    Function,
    Region,
    Unit,
    UnitFunction,
    UnitAlias,
    JointConference,
    ConferenceMember,
]
FUNCTION_CODES = [
    "ecology",
    "urban_management",
    "agriculture",
    "transport",
    "port",
    "development_reform",
    "public_security",
    "water",
    "housing_construction",
    "natural_resources",
    "market_regulation",
    "town_government",
    "other",
]
DOMAINS = {
    "environment",
    "enterprise_restructuring",
    "land",
    "demolition",
    "litigation",
    "medical",
    "labour",
    "public_services",
}
TODAY = date(2026, 3, 2)
WATER = "990100-water"
SHIPPED = read_reference(REFERENCE)


async def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with database.read() as connection:
        return {
            table.__tablename__: [
                tuple(row)
                for row in await connection.execute(
                    select(table.__table__).order_by(*table.__table__.primary_key)
                )
            ]
            for table in LOADED
        }


async def load(database: Database, folder: Path) -> None:
    async with database.write() as connection:
        await load_reference(connection, folder)


def carriers(function: str, region: str, on: date = TODAY) -> list[str]:
    """The units of a region itself that carry a function on a day."""
    city = SHIPPED.city
    return [
        unit.code
        for unit in city.units
        for carried in unit.functions
        if unit.region == region
        and carried.function == function
        and (carried.since or unit.since or city.since) <= on <= (carried.to or unit.to or date.max)
    ]


def test_the_functions_are_those_of_the_trade_in_their_order() -> None:
    functions = SHIPPED.functions.functions
    assert [function.code for function in functions] == FUNCTION_CODES
    assert all(function.aliases for function in functions)


def test_the_city_has_four_districts_with_four_towns_each() -> None:
    regions = SHIPPED.city.regions
    districts = [region.code for region in regions if region.level == "district"]
    assert len(districts) == 4
    for district in districts:
        assert len([region for region in regions if region.parent == district]) == 4


@pytest.mark.parametrize("function", FUNCTION_CODES)
def test_every_function_has_a_unit_in_the_city(function: str) -> None:
    assert carriers(function, "990100")
    if function != "other":
        assert len(carriers(function, "990100")) == 1


def test_the_districts_lack_some_functions_and_have_most() -> None:
    ordinary = [code for code in FUNCTION_CODES if code != "other"]
    lacking = {
        district: {function for function in ordinary if not carriers(function, district)}
        for district in ("990102", "990103", "990104", "990121")
    }
    assert lacking == {
        "990102": {"agriculture", "water", "port"},
        "990103": {"development_reform"},
        "990104": {"natural_resources", "port"},
        "990121": {"development_reform", "port"},
    }


def test_every_region_has_a_government_of_its_own() -> None:
    for region in SHIPPED.city.regions:
        kind = "town" if region.level == "town" else "government"
        assert carriers("town_government", region.code) == [f"{region.code}-{kind}"]


def test_the_port_went_over_to_transport() -> None:
    assert carriers("port", "990100", date(2021, 6, 30)) == ["990100-port"]
    assert carriers("port", "990100", date(2021, 7, 1)) == ["990100-transport"]


def test_a_bureau_may_carry_two_functions() -> None:
    assert carriers("transport", "990103") == carriers("housing_construction", "990103")


def test_eight_standing_conferences() -> None:
    conferences = SHIPPED.conferences.conferences
    assert {conference.domain for conference in conferences} == DOMAINS
    assert all(len(conference.members) >= 2 for conference in conferences)


async def test_loading_twice_changes_nothing(database: Database) -> None:
    before = await content(database)
    assert all(before.values())
    await load(database, REFERENCE)
    assert await content(database) == before


async def test_a_change_of_the_files_arrives_and_other_things_stay(database: Database, folder: Path) -> None:
    async with database.write() as connection:
        await connection.execute(insert(RoutingPolicy).values(key="municipal", title="x", title_en="x"))
        await connection.execute(update(Region).values(policy_key="municipal"))
        extra = {"code": "990100-extra", "region_code": "990100", "name": "x", "name_en": "x"}
        await connection.execute(insert(Unit).values(extra))

    def alter(document: Any) -> None:
        unit(document, WATER).update(name="云澜市水务局", functions=["water", "port"], aliases=[])

    edit(folder, CITY, alter)
    await load(database, folder)
    async with database.read() as connection:
        assert set(await connection.scalars(select(Region.policy_key))) == {"municipal"}
        name = await connection.scalar(select(Unit.name).where(Unit.code == WATER))
        functions = select(UnitFunction.function_code).where(UnitFunction.unit_code == WATER)
        aliases = select(UnitAlias.alias).where(UnitAlias.unit_code == WATER)
        assert name == "云澜市水务局"
        assert set(await connection.scalars(functions)) == {"water", "port"}
        assert set(await connection.scalars(aliases)) == set()
        assert await connection.scalar(select(Unit.code).where(Unit.code == "990100-extra"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files to spoil."""
    for name in (FUNCTIONS, CITY, CONFERENCES):
        shutil.copy(REFERENCE / name, tmp_path)
    return tmp_path


def edit(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    document = yaml.safe_load((folder / name).read_text("utf-8"))
    change(document)
    (folder / name).write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def unit(document: Any, code: str) -> Any:
    return next(entry for entry in document["units"] if entry["code"] == code)


def region(document: Any, code: str) -> Any:
    return next(entry for entry in document["regions"] if entry["code"] == code)


def body(document: Any, domain: str) -> Any:
    return next(entry for entry in document["conferences"] if entry["domain"] == domain)


Spoil = Callable[[Any], Any]
MISTAKES: list[tuple[str, Spoil, str, str]] = [
    (FUNCTIONS, lambda d: d["functions"].append(d["functions"][0]), FUNCTIONS, "duplicate"),
    (FUNCTIONS, lambda d: d["functions"][2].pop("name"), "agriculture", "missing_field"),
    (FUNCTIONS, lambda d: d.pop("functions"), FUNCTIONS, "missing_field"),
    (FUNCTIONS, lambda d: d.update(functions={}), FUNCTIONS, "wrong_value"),
    (FUNCTIONS, lambda d: d["functions"].append("ecology"), "functions[14]", "wrong_value"),
    (FUNCTIONS, lambda d: d["functions"][0].update(code="Eco logy"), "Eco logy", "wrong_value"),
    (CITY, lambda d: d["regions"].append(d["regions"][5]), CITY, "duplicate"),
    (CITY, lambda d: d["units"].append(d["units"][5]), CITY, "duplicate"),
    (CITY, lambda d: d.update(city="990200"), CITY, "unknown_region"),
    (CITY, lambda d: d.update(city=990100), CITY, "wrong_value"),
    (CITY, lambda d: d.update(since="once"), CITY, "wrong_value"),
    (CITY, lambda d: region(d, "990102").update(parent="990199"), "990102", "unknown_region"),
    (CITY, lambda d: region(d, "990102").update(parent="990102001"), "990102", "cycle"),
    (CITY, lambda d: region(d, "990102").update(parent="990102"), "990102", "cycle"),
    (CITY, lambda d: region(d, "990102").pop("parent"), "990102", "wrong_district"),
    (CITY, lambda d: region(d, "990102001").update(parent="990103001"), "990102001", "wrong_town"),
    (CITY, lambda d: region(d, "990100").update(code="9901000"), CITY, "unknown_region"),
    (CITY, lambda d: region(d, "990102").update(level="province"), "990102", "wrong_value"),
    (CITY, lambda d: region(d, "990102").update(name="区" * 101), "990102", "wrong_value"),
    (CITY, lambda d: region(d, "990102").update(population=5), "990102", "unknown_field"),
    (CITY, lambda d: unit(d, WATER).update(region="990"), WATER, "unknown_region"),
    (CITY, lambda d: unit(d, WATER).update(functions=["weather"]), WATER, "unknown_function"),
    (CITY, lambda d: unit(d, WATER).update(functions=["water"] * 2), WATER, "duplicate"),
    (CITY, lambda d: unit(d, WATER).update(functions=[7]), WATER, "wrong_value"),
    (CITY, lambda d: unit(d, WATER).update(functions="water"), WATER, "wrong_value"),
    (CITY, lambda d: unit(d, WATER).update(successor="990100-rain"), WATER, "unknown_unit"),
    (CITY, lambda d: unit(d, "990100-transport").update(successor="990100-port"), "990100-port", "cycle"),
    (CITY, lambda d: unit(d, WATER).update(to=date(2000, 1, 1)), WATER, "dates"),
    (CITY, lambda d: unit(d, WATER).update(aliases=["甲", "甲"]), WATER, "duplicate"),
    (CITY, lambda d: unit(d, WATER).update(aliases=[{"alias": "甲"}]), WATER, "missing_field"),
    (CONFERENCES, lambda d: d.update(city="990200"), CONFERENCES, "unknown_region"),
    (CONFERENCES, lambda d: d["conferences"].append(d["conferences"][0]), CONFERENCES, "duplicate"),
    (CONFERENCES, lambda d: body(d, "land").update(lead="990100-x"), "land", "unknown_unit"),
    (CONFERENCES, lambda d: body(d, "land").update(office="990100-x"), "land", "unknown_unit"),
    (CONFERENCES, lambda d: body(d, "land")["members"].append("990100-x"), "land", "unknown_unit"),
    (CONFERENCES, lambda d: body(d, "land").update(members=[body(d, "land")["lead"]]), "land", "duplicate"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "entry", "kind"), MISTAKES)
def test_a_mistake_is_told_by_file_and_entry(
    folder: Path, name: str, spoil: Spoil, entry: str, kind: str
) -> None:
    edit(folder, name, spoil)
    with pytest.raises(ReferenceInvalid) as caught:
        read_reference(folder)
    assert (name, entry, kind) in {(found.file, found.entry, found.kind) for found in caught.value.findings}
    for language in Language:
        message = caught.value.message(language)
        assert name in message
        assert entry in message


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (None, "missing_file"),
        (b"", "wrong_value"),
        (b"- 1\n", "wrong_value"),
        (b"city: [\n", "not_yaml"),
        (b"since: 2026-02-30\n", "not_yaml"),
        (b"\xff\xfe\x00", "not_yaml"),
        (b"city: \xe4\xba", "not_yaml"),
        (b"[" * 20_000, "not_yaml"),
        (b"a: &a [*a]\n", "missing_field"),
    ],
)
def test_a_file_that_cannot_be_read(folder: Path, content: bytes | None, kind: str) -> None:
    if content is None:
        (folder / CITY).unlink()
    else:
        (folder / CITY).write_bytes(content)
    with pytest.raises(ReferenceInvalid) as caught:
        read_reference(folder)
    assert (CITY, kind) in {(found.file, found.kind) for found in caught.value.findings}
    assert all(found.message(language) for found in caught.value.findings for language in Language)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    edit(folder, CITY, lambda d: [entry.update(region="x") for entry in d["units"][:5]])
    edit(folder, CONFERENCES, lambda d: body(d, "land").update(lead="990100-x"))
    with pytest.raises(ReferenceInvalid) as caught:
        read_reference(folder)
    assert len(caught.value.findings) == 6


async def test_files_with_a_mistake_write_nothing(empty_database_url: str, folder: Path) -> None:
    edit(folder, CONFERENCES, lambda d: body(d, "land").update(lead="990100-x"))
    database = Database.open(empty_database_url)
    await upgrade(database)
    with pytest.raises(ReferenceInvalid):
        await load(database, folder)
    assert not any((await content(database)).values())
    await database.close()
