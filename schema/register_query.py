"""What can be asked about the city: departments, functions, regions, joint conferences."""

from __future__ import annotations

import strawberry

from casework.rights import ANYBODY
from resolvers.conference import CONFERENCE_BY_ID, CONFERENCES
from resolvers.context import Context
from resolvers.department import DEPARTMENT_BY_CODE, FUNCTIONS, DepartmentCriteria, find_departments
from resolvers.description import Asked
from resolvers.region import REGION_BY_CODE, RegionCriteria, find_regions
from resolvers.register import DepartmentEntry, RegionEntry
from schema.conference import JointConference
from schema.department import Department, DepartmentFilter, Function
from schema.field import relation
from schema.region import Region, RegionFilter


def _departments(context: Context, *, filter: DepartmentFilter | None = None) -> list[DepartmentEntry]:
    return find_departments(context, filter.criteria() if filter else DepartmentCriteria())


def _regions(context: Context, *, filter: RegionFilter | None = None) -> list[RegionEntry]:
    return find_regions(context, filter.criteria() if filter else RegionCriteria())


@strawberry.type
class RegisterQuery:
    """Departments, functions, regions and joint conferences."""

    departments: list[Department] = relation(
        "Departments by code.",
        "单位列表，按代码排列。",
        Asked(_departments),
        roles=ANYBODY,
        filter=("Which.", "筛选条件。"),
    )
    department: Department | None = relation(
        "The department with a code.",
        "按代码查询单位。",
        DEPARTMENT_BY_CODE,
        roles=ANYBODY,
        code=("Its code.", "单位代码。"),
    )
    functions: list[Function] = relation("All functions.", "全部职能。", FUNCTIONS, roles=ANYBODY)
    regions: list[Region] = relation(
        "Regions by code.",
        "区域列表，按代码排列。",
        Asked(_regions),
        roles=ANYBODY,
        filter=("Which.", "筛选条件。"),
    )
    region: Region | None = relation(
        "The region with a code.",
        "按代码查询区域。",
        REGION_BY_CODE,
        roles=ANYBODY,
        code=("Its code.", "区域代码。"),
    )
    joint_conferences: list[JointConference] = relation(
        "Joint conferences by city and domain.",
        "联席会议列表，按市和领域排列。",
        CONFERENCES,
        roles=ANYBODY,
        city=("Of the city with this region code.", "市的区域代码。"),
        domain=("Of this domain.", "领域代码。"),
    )
    joint_conference: JointConference | None = relation(
        "The joint conference with an id.",
        "按 id 查询联席会议。",
        CONFERENCE_BY_ID,
        roles=ANYBODY,
        id=("Its id.", "全局标识。"),
    )
