"""Who asks."""

from __future__ import annotations

import strawberry

from casework.rights import ANYBODY
from schema.access import shown_to
from schema.field import both, column
from schema.language import Language


@shown_to(ANYBODY)
@strawberry.type(
    description=both("A role of an account, and where it holds.", "账号的一项角色及其适用范围。")
)
class Grant:
    """Made of `casework.actor.Grant`."""

    role: str = column("The role.", "角色。")
    unit: str | None = column("Code of the unit that it holds for.", "所代表单位的代码。")
    region: str | None = column(
        "Code of the region that it holds for, with everything below it; without unit and region it holds "
        "everywhere.",
        "适用区域的代码（含下级）；单位和区域均为空则不限范围。",
    )


@shown_to(ANYBODY)
@strawberry.type(description=both("Who asks, and in which language.", "当前用户及其语言。"))
class Viewer:
    """Made of the request's actor."""

    account: str = column("The account.", "账号。")
    role: str = column(
        "The role that it is known by: that of its first grant.", "主要角色，即首项授权的角色。"
    )
    grants: list[Grant] = column("All its roles, and where each holds.", "全部角色及其适用范围。")
    language: Language = column("The language of messages.", "提示语言。")
    may: list[str] = column(
        "Names of the queries, mutations and subscriptions that its roles may ask for: what a front end "
        "should offer. How far each role reaches is in the grants.",
        "其角色可调用的查询、变更和订阅的名称，前端据此决定提供哪些功能；各角色的适用范围见授权。",
    )
