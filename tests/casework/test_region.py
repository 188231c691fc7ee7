"""A region's own policy."""

from __future__ import annotations

from sqlalchemy import select

from casework.desk import Desk
from casework.errors import ErrorCode
from casework.region import SetRegionPolicy, set_region_policy
from casework.routing import PreviewRouting, preview_routing
from db.tables.audit import AuditRecord
from tests.casework.drafts import CHIEF, CITY

DISTRICT, TOWN = "990121", "990121101"


async def policy_of(desk: Desk, region: str) -> str:
    """The policy that decides in a region."""
    result = await preview_routing(desk, PreviewRouting("小区楼下的烧烤店油烟很大。", region))
    assert result.value is not None
    return result.value.version.policy_key


async def test_a_district_may_have_a_policy_of_its_own_and_give_it_back(desk: Desk) -> None:
    for key, expected in (("rugao-2014", "rugao-2014"), (None, "municipal")):
        result = await set_region_policy(desk, CHIEF, SetRegionPolicy(DISTRICT, key))
        assert (result.value, result.errors) == (DISTRICT, ())
        assert await policy_of(desk, TOWN) == expected
        assert await policy_of(desk, CITY) == "municipal"
    async with desk.database.read() as connection:
        records = await connection.execute(
            select(AuditRecord.subject, AuditRecord.data)
            .where(AuditRecord.action == "set_region_policy")
            .order_by(AuditRecord.sequence)
        )
        assert [tuple(record) for record in records] == [
            (f"region/{DISTRICT}", {"policy": "rugao-2014"}),
            (f"region/{DISTRICT}", {"policy": None}),
        ]


async def test_regions_and_policies_have_to_be_known(desk: Desk) -> None:
    for request, code in (
        (SetRegionPolicy("000000", "municipal"), ErrorCode.UNKNOWN_REGION),
        (SetRegionPolicy(DISTRICT, "atlantis"), ErrorCode.UNKNOWN_POLICY),
        (SetRegionPolicy(DISTRICT, "\x00"), ErrorCode.UNKNOWN_POLICY),
    ):
        result = await set_region_policy(desk, CHIEF, request)
        assert [error.code for error in result.errors] == [code]
    assert await policy_of(desk, TOWN) == "municipal"
