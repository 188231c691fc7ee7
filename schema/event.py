"""Events: what happened to a dispute."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.rights import DISPUTE_READERS
from resolvers import event as answers
from schema.access import shown_to
from schema.field import both, column, relation
from schema.node import Node, made_of


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both("One named value of an event; never personal data.", "事件的一项内容，不含个人信息。")
)
class EventDetail:
    """Made of an event's data."""

    name: str = column("Its name.", "名称。")
    value: str = column("Its value: a code, a number or an id.", "值：代码、数字或标识。")


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("One step in the life of a dispute.", "信访事项办理过程中的一步。"))
class Event(Node):
    """Made of rows."""

    is_type_of = made_of(answers.EVENT.row)

    sequence: int = column("Counts the events of the dispute from 1.", "序号，从 1 起。")
    type: str = column("What happened, such as `submitted` or `assigned`.", "类型，如 submitted、assigned。")
    actor: str = column("The account that did it.", "操作账号。")
    occurred_at: datetime = column("When.", "发生时间。")
    details: list[EventDetail] = relation("What is told with it.", "内容。", answers.DETAILS)
