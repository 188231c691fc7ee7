"""The root of all queries: unwrap the arguments, ask one function of `resolvers`."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import strawberry

from resolvers import conference, department, dispute, node, page, policy, region, routing
from resolvers.conference import ConferenceRow
from resolvers.context import Info
from resolvers.department import DepartmentCriteria
from resolvers.dispute import DisputeRow
from resolvers.page import DisputePage, Sorting, Window
from resolvers.policy import PolicyRow
from resolvers.region import RegionCriteria
from resolvers.register import DepartmentEntry, FunctionEntry, RegionEntry
from resolvers.routing import Previewed
from schema.conference import JointConference
from schema.department import Department, DepartmentFilter, Function
from schema.dispute import Dispute
from schema.entities import Service, service
from schema.field import both, relation
from schema.node import Node
from schema.page import DisputeConnection, DisputeFilter, DisputeOrder
from schema.policy import RoutingPolicy
from schema.region import Region, RegionFilter
from schema.routing import PreviewRoutingInput, PreviewRoutingPayload
from schema.viewer import Viewer


def _node(info: Info, id: strawberry.ID) -> Awaitable[object | None]:
    return node.find_node(info.context, id)


def _nodes(info: Info, ids: list[strawberry.ID]) -> list[Any]:
    return list(node.find_nodes(info.context, ids))


def _dispute(
    info: Info,
    id: strawberry.ID | None = None,
    number: str | None = None,
) -> Awaitable[DisputeRow | None]:
    return dispute.find_dispute(info.context, id, number)


def _disputes(
    info: Info,
    filter: DisputeFilter | None = None,
    order_by: DisputeOrder | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Awaitable[DisputePage]:
    criteria = (filter or DisputeFilter()).criteria()
    sorting = order_by.sorting() if order_by else Sorting()
    return page.page_of_disputes(info.context, criteria, sorting, Window(first, after, last, before))


def _departments(
    info: Info,
    filter: DepartmentFilter | None = None,
) -> Awaitable[list[DepartmentEntry]]:
    return department.find_departments(info.context, filter.criteria() if filter else DepartmentCriteria())


def _department(info: Info, code: str) -> Awaitable[DepartmentEntry | None]:
    return department.find_department(info.context, code)


def _functions(info: Info) -> Awaitable[list[FunctionEntry]]:
    return department.find_functions(info.context)


def _regions(
    info: Info,
    filter: RegionFilter | None = None,
) -> Awaitable[list[RegionEntry]]:
    return region.find_regions(info.context, filter.criteria() if filter else RegionCriteria())


def _region(info: Info, code: str) -> Awaitable[RegionEntry | None]:
    return region.find_region(info.context, code)


def _joint_conferences(
    info: Info, city: str | None = None, domain: str | None = None
) -> Awaitable[list[ConferenceRow]]:
    return conference.find_conferences(info.context, city, domain)


def _joint_conference(info: Info, id: strawberry.ID) -> Awaitable[ConferenceRow | None]:
    return conference.find_conference(info.context, id)


def _routing_policies(info: Info) -> Awaitable[list[PolicyRow]]:
    return policy.find_policies(info.context)


def _routing_policy(info: Info, id: strawberry.ID) -> Awaitable[PolicyRow | None]:
    return policy.find_policy(info.context, id)


def _preview_routing(info: Info, input: PreviewRoutingInput) -> Awaitable[Previewed]:
    return routing.preview(info.context, input.request())


def _viewer(info: Info) -> Viewer:
    actor = info.context.actor
    return Viewer(account=actor.id, role=actor.role, language=info.context.language)


@strawberry.type(description=both("What can be asked.", "可查询的内容。"))
class Query:
    """The fields of every query."""

    node: Node | None = relation(
        "The object with an id; null for ids that are malformed, foreign or of nothing.",
        "按 id 查询对象，无效或不存在时为 null。",
        _node,
        id=("Its id.", "全局标识。"),
    )
    nodes: list[Node | None] = relation(
        "The objects with these ids, in their order, at most 100.",
        "按多个 id 查询，次序相同，最多 100 个。",
        _nodes,
        ids=("Their ids.", "全局标识列表。"),
    )
    dispute: Dispute | None = relation(
        "The dispute with an id or a number; given both, it has to have both.",
        "按 id 或编号查询信访事项，同时给出须都相符。",
        _dispute,
        id=("Its id.", "全局标识。"),
        number=("Its number.", "编号。"),
    )
    disputes: DisputeConnection = relation(
        "Disputes, newest first unless ordered otherwise.",
        "信访事项列表，默认新者在前。",
        _disputes,
        filter=("Which.", "筛选条件。"),
        order_by=("In which order.", "排序方式。"),
        first=("How many from the start, 1 to 100; by default 20.", "从前取多少，1 到 100，默认 20。"),
        after=("Only what comes after this cursor.", "只取此游标之后。"),
        last=(
            "How many from the end, 1 to 100; not together with first.",
            "从后取多少，1 到 100，不可与 first 并用。",
        ),
        before=("Only what comes before this cursor.", "只取此游标之前。"),
    )
    departments: list[Department] = relation(
        "Departments by code.", "单位列表，按代码排列。", _departments, filter=("Which.", "筛选条件。")
    )
    department: Department | None = relation(
        "The department with a code.", "按代码查询单位。", _department, code=("Its code.", "单位代码。")
    )
    functions: list[Function] = relation("All functions.", "全部职能。", _functions)
    regions: list[Region] = relation(
        "Regions by code.", "区域列表，按代码排列。", _regions, filter=("Which.", "筛选条件。")
    )
    region: Region | None = relation(
        "The region with a code.", "按代码查询区域。", _region, code=("Its code.", "区域代码。")
    )
    joint_conferences: list[JointConference] = relation(
        "Joint conferences by city and domain.",
        "联席会议列表，按市和领域排列。",
        _joint_conferences,
        city=("Of the city with this region code.", "市的区域代码。"),
        domain=("Of this domain.", "领域代码。"),
    )
    joint_conference: JointConference | None = relation(
        "The joint conference with an id.",
        "按 id 查询联席会议。",
        _joint_conference,
        id=("Its id.", "全局标识。"),
    )
    routing_policies: list[RoutingPolicy] = relation(
        "All routing policies, by key.", "全部职责分工规则集。", _routing_policies
    )
    routing_policy: RoutingPolicy | None = relation(
        "The routing policy with an id.", "按 id 查询规则集。", _routing_policy, id=("Its id.", "全局标识。")
    )
    preview_routing: PreviewRoutingPayload = relation(
        "Ask the policy about a text; nothing is stored.",
        "对一段文字预分派，不作登记。",
        _preview_routing,
        input=("The question.", "提问。"),
    )
    viewer: Viewer = relation("Who asks.", "当前用户。", _viewer)
    service: Service = strawberry.field(
        name="_service",
        description=both("The schema of this subgraph, for gateways.", "本子图的接口定义，供网关使用。"),
        resolver=service,
    )
