"""Departments and the functions that they carry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.rights import ANYBODY
from resolvers import department as answers
from resolvers.register import DepartmentEntry
from schema.access import shown_to
from schema.field import both, column, optional, relation
from schema.node import Node, made_of

if TYPE_CHECKING:
    from schema.region import Region


@shown_to(ANYBODY)
@strawberry.type(
    description=both("A function such as `ecology`; units carry functions.", "职能，由单位承担。")
)
class Function:
    """One function."""

    code: str = column("The code that policies use.", "规则所用的代码。")
    name: str = column("Chinese name.", "中文名称。")
    name_en: str = column("English name.", "英文名称。")


@shown_to(ANYBODY)
@strawberry.type(
    description=both("A function that a department carries for a time.", "单位在一段时间内承担的职能。")
)
class DepartmentFunction:
    """One span of one function."""

    code: str = column("The function's code.", "职能代码。")
    name: str = column("The function's Chinese name.", "职能中文名称。")
    name_en: str = column("The function's English name.", "职能英文名称。")
    valid_from: date = column("The first day.", "起始日（含）。")
    valid_to: date | None = column("The last day, if it has one.", "终止日（含），未定则为空。")


@shown_to(ANYBODY)
@strawberry.federation.type(
    keys=["code"],
    description=both(
        "A unit: a department of one region, with one or more functions.",
        "单位：某一区域的部门，承担一项或多项职能。",
    ),
)
class Department(Node):
    """Made of register entries."""

    is_type_of = made_of(DepartmentEntry)

    code: str = column("Its code in the directory of units.", "单位代码。")
    name: str = column("Chinese name.", "中文名称。")
    name_en: str = column("English name.", "英文名称。")
    region: Annotated[Region, strawberry.lazy("schema.region")] = relation(
        "The region whose department it is.", "所属区域。", answers.REGION
    )
    functions: list[DepartmentFunction] = column(
        "What it carries, carried or will carry.", "承担的职能（含过去和将来）。"
    )
    aliases: list[str] = column("Other names: old, short or popular.", "别名：旧称、简称、俗称。")
    successor: Department | None = relation(
        "Who took over when it was dissolved.", "撤并后的承接单位。", answers.SUCCESSOR
    )
    valid_from: date | None = column("Its first day, where known.", "设立日。")
    valid_to: date | None = column("Its last day, if it was dissolved.", "撤销日。")
    active: bool = relation("Whether it is in service today.", "目前是否存续。", answers.ACTIVE)


@strawberry.input(
    description=both("Which departments; all that is given has to hold.", "单位筛选条件，同时满足。")
)
class DepartmentFilter:
    """The filter of `departments`."""

    region: str | None = optional("Code of a region, with everything below it.", "区域代码，含下级。")
    function: str | None = optional("Code of a function that it carries today.", "目前承担的职能代码。")
    active: bool | None = optional("In service today, or not.", "目前是否存续。")
    text: str | None = optional("Part of its code, of a name or of an alias.", "代码、名称或别名的一部分。")

    def criteria(self) -> answers.DepartmentCriteria:
        """The same for the resolvers."""
        return answers.DepartmentCriteria(self.region, self.function, self.active, self.text)
