"""What a region has of its own: the policy that decides in it and below it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select, update

from casework.act import Change, act
from casework.actor import Actor
from casework.content import is_policy_key
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.draft import check_place, record
from casework.errors import ErrorCode, Refused, Result, UserError
from db import revision
from db.tables.base import new_key
from db.tables.policy import RoutingPolicy
from db.tables.region import Region


@dataclass(frozen=True, slots=True)
class SetRegionPolicy:
    """Give a region a policy of its own, or (None) let it inherit that of the region above."""

    region_code: str
    policy_key: str | None


async def set_region_policy(
    desk: Desk, actor: Actor, request: SetRegionPolicy, key: str | None = None
) -> Result[str]:
    """Set a region's policy. Answers with the region's code."""

    async def work(change: Change) -> UUID:
        directory = await change.desk.directory.current(change.connection)
        city = directory.city_of(request.region_code)
        if city is None:
            values = {"region": request.region_code}
            raise Refused(UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), values))
        await check_place(change, request.region_code)
        if request.policy_key is not None and not await _exists(change, request.policy_key):
            values = {"policy": request.policy_key}
            raise Refused(UserError(ErrorCode.UNKNOWN_POLICY, ("policyKey",), values))
        await change.connection.execute(
            update(Region).where(Region.code == request.region_code).values(policy_key=request.policy_key)
        )
        await revision.bump(change.connection, DIRECTORY)
        await record(
            change,
            city,
            "set_region_policy",
            f"region/{request.region_code}",
            {"policy": request.policy_key},
            "assigned",
        )
        return new_key()  # a region has no UUID to answer with

    result = await act(desk, actor, "set_region_policy", key, asdict(request), work)
    return Result(None if result.errors else request.region_code, result.errors)


async def _exists(change: Change, policy_key: str) -> bool:
    if not is_policy_key(policy_key):
        return False
    found = select(RoutingPolicy.key).where(RoutingPolicy.key == policy_key)
    return await change.connection.scalar(found) is not None
