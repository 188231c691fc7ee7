"""Lists of disputes: filter, order and Relay connection."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypedDict

import strawberry

from casework.intake import Channel
from casework.rights import ANYBODY, DISPUTE_READERS
from resolvers.connection import TOTAL_COUNT
from resolvers.criteria import DisputeCriteria
from resolvers.page import Direction, SortField, Sorting
from rules.model import TriageReason
from schema.access import shown_to
from schema.dispute import Dispute, DisputeStatus
from schema.enumeration import publish
from schema.field import Words, both, column, optional, relation


class WindowWords(TypedDict):
    """How the arguments are described by which a connection is asked for a page, as Relay has it."""

    first: Words
    after: Words
    last: Words
    before: Words


WINDOW: Final = WindowWords(
    first=("How many from the start, 1 to 100; by default 20.", "从前取多少，1 到 100，默认 20。"),
    after=("Only what comes after this cursor.", "只取此游标之后。"),
    last=(
        "How many from the end, 1 to 100; not together with first.",
        "从后取多少，1 到 100，不可与 first 并用。",
    ),
    before=("Only what comes before this cursor.", "只取此游标之前。"),
)

publish(
    SortField,
    ("What disputes are ordered by.", "排序字段。"),
    {
        SortField.RECEIVED_AT: ("When they came in.", "收件时间。"),
        SortField.NUMBER: ("Their number.", "编号。"),
    },
    name="DisputeSortField",
)
publish(
    Direction,
    ("Which end comes first.", "排序方向。"),
    {Direction.ASC: ("The smallest first.", "升序。"), Direction.DESC: ("The largest first.", "降序。")},
    name="SortDirection",
)


@shown_to(ANYBODY)
@strawberry.federation.type(
    shareable=True, description=both("Where a page stands in its list.", "分页信息。")
)
class PageInfo:
    """Relay's PageInfo; shareable, since every subgraph with connections has it."""

    has_next_page: bool = column("Whether there is more after it.", "后面是否还有。")
    has_previous_page: bool = column("Whether there is more before it.", "前面是否还有。")
    start_cursor: str | None = column("The cursor of its first edge.", "首条游标。")
    end_cursor: str | None = column("The cursor of its last edge.", "末条游标。")


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A dispute at its place in a list.", "列表中的一件信访事项。"))
class DisputeEdge:
    """Made of a page."""

    cursor: str = column(
        "Its place, for `after` and `before` of the same query.", "游标，用于同一查询的 after、before。"
    )
    node: Dispute = column("The dispute.", "信访事项。")


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A page of disputes.", "一页信访事项。"))
class DisputeConnection:
    """Made of a page."""

    edges: list[DisputeEdge] = column("The disputes with their cursors.", "事项及其游标。")
    nodes: list[Dispute] = column("The disputes alone.", "事项。")
    page_info: PageInfo = column("Where the page stands.", "分页信息。")
    total_count: int = relation(
        "How many the whole list has; counted when asked for.",
        "总数，查询此字段时才统计。",
        TOTAL_COUNT,
    )


@strawberry.input(
    description=both("Which disputes; all that is given has to hold.", "信访事项筛选条件，同时满足。")
)
class DisputeFilter:
    """The filter of `disputes`."""

    status: list[DisputeStatus] | None = optional("In one of these states.", "状态，满足其一。")
    channel: list[Channel] | None = optional("From one of these channels.", "渠道，满足其一。")
    region: str | None = optional("Code of a region, with everything below it.", "区域代码，含下级。")
    lead_department: str | None = optional("Code of the lead unit.", "牵头单位代码。")
    co_department: str | None = optional("Code of a present co-unit.", "现协办单位代码。")
    function: str | None = optional("Code of a function of the lead unit.", "牵头单位的职能代码。")
    flags: list[str] | None = optional("With all these flags.", "标记，须全部具有。")
    received_from: datetime | None = optional("Received at this moment or later.", "收件时间不早于。")
    received_to: datetime | None = optional("Received before this moment.", "收件时间早于。")
    triage_reason: TriageReason | None = optional("In triage for this reason.", "转人工研判的原因。")
    text: str | None = optional(
        "Part of the title, or the beginning of the number.", "标题的一部分，或编号的开头。"
    )

    def criteria(self) -> DisputeCriteria:
        """The same for the resolvers."""
        return DisputeCriteria(
            status=_distinct(self.status),
            channel=_distinct(self.channel),
            region=self.region,
            lead_department=self.lead_department,
            co_department=self.co_department,
            function=self.function,
            flags=_distinct(self.flags),
            received_from=self.received_from,
            received_to=self.received_to,
            triage_reason=self.triage_reason,
            text=self.text,
        )


@strawberry.input(description=both("How disputes are ordered.", "排序方式。"))
class DisputeOrder:
    """The order of `disputes`."""

    field: SortField = optional("By what.", "排序字段。", default=SortField.RECEIVED_AT)
    direction: Direction = optional("Which end first.", "排序方向。", default=Direction.DESC)

    def sorting(self) -> Sorting:
        """The same for the resolvers."""
        return Sorting(self.field, self.direction)


def _distinct(words: list[str] | list[DisputeStatus] | list[Channel] | None) -> tuple[str, ...] | None:
    # Sorted, so that a cursor fits the same filter written in another order.
    return None if words is None else tuple(sorted(set(map(str, words))))
