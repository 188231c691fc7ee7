"""Departments, functions and regions."""

from __future__ import annotations

from typing import Any

import pytest

from db import revision
from tests.resolvers.api import Api


async def codes(api: Api, criteria: dict[str, Any]) -> list[str]:
    query = "query ($filter: DepartmentFilter) { departments(filter: $filter) { code } }"
    return [found["code"] for found in (await api.ask(query, filter=criteria))["departments"]]


async def test_a_department_and_its_region(settled: Api) -> None:
    found = await settled.ask(
        '{ department(code: "990100-ecology") { code name nameEn active validFrom validTo successor { code } '
        "aliases functions { code name nameEn validFrom validTo } region { code name children { code } } } }"
    )
    department = found["department"]
    assert department["name"] == "云澜市生态环境局"
    assert department["active"] is True
    assert department["validTo"] is None
    assert "ecology" in [function["code"] for function in department["functions"]]
    assert department["region"]["code"] == "990100"
    assert len(department["region"]["children"]) == 4


async def test_a_dissolved_department_names_its_successor(settled: Api) -> None:
    query = "{ departments(filter: {active: false}) { code active validTo successor { code active } } }"
    dissolved = (await settled.ask(query))["departments"]
    assert dissolved
    for department in dissolved:
        assert department["active"] is False
        assert department["validTo"] < "2026-03-16"
        assert department["successor"]["active"] is True


async def test_departments_are_filtered(settled: Api) -> None:
    everyone = await codes(settled, {})
    assert everyone == sorted(everyone)
    below = await codes(settled, {"region": "990102"})
    assert below == [code for code in everyone if code.startswith("990102")]
    assert await codes(settled, {"region": "990102", "function": "ecology"}) == ["990102-ecology"]
    assert await codes(settled, {"text": "云澜市生态环境局"}) == ["990100-ecology"]
    assert await codes(settled, {"text": "990100-ECOLOGY"}) == ["990100-ecology"]
    both = [*await codes(settled, {"active": True}), *await codes(settled, {"active": False})]
    assert sorted(both) == everyone


@pytest.mark.parametrize(
    "criteria", [{"region": "\x00"}, {"function": "none"}, {"text": "没有这个单位"}], ids=str
)
async def test_filters_that_nothing_meets(settled: Api, criteria: dict[str, Any]) -> None:
    assert await codes(settled, criteria) == []


async def test_regions(settled: Api) -> None:
    found = await settled.ask(
        """
        {
          all: regions { code level parent { code } policy { key } }
          districts: regions(filter: {level: DISTRICT}) { code }
          towns: regions(filter: {parent: "990102"}) { code departments { code } }
          none: regions(filter: {parent: "nowhere"}) { code }
          one: region(code: "990102") { id nameEn }
          nobody: region(code: "nowhere") { id }
        }
        """
    )
    assert len(found["all"]) == 21
    # A district and a town inherit the city's policy.
    assert {region["policy"]["key"] for region in found["all"]} == {"small"}
    assert [region["code"] for region in found["districts"]] == ["990102", "990103", "990104", "990121"]
    assert len(found["towns"]) == 4
    assert all(region["departments"] for region in found["towns"])
    assert found["none"] == []
    assert found["one"]["nameEn"] == "Wanglan District"
    assert found["nobody"] is None


async def test_functions_come_in_their_order(settled: Api) -> None:
    functions = (await settled.ask("{ functions { code name nameEn } }"))["functions"]
    assert functions[0]["code"] == "ecology"
    assert all(function["name"] and function["nameEn"] for function in functions)


async def test_a_change_of_the_directory_is_seen_at_once(busy: Api) -> None:
    async def names() -> Any:
        return (await busy.ask('{ region(code: "990121200") { name } }'))["region"]["name"]

    from sqlalchemy import update

    from db.tables.region import Region

    async def rename(name: str) -> None:
        async with busy.desk.database.write() as connection:
            await connection.execute(update(Region).where(Region.code == "990121200").values(name=name))
            await revision.bump(connection, "directory")

    before = await names()
    await rename("改名乡")
    assert await names() == "改名乡"
    await rename(before)
    assert await names() == before
