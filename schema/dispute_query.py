"""What can be asked about disputes."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry

from casework.rights import DISPUTE_READERS, SIGNED_IN
from resolvers.context import Context
from resolvers.criteria import DisputeCriteria
from resolvers.description import Asked, PageQuery
from resolvers.dispute import DISPUTE_BY_ID_OR_NUMBER
from resolvers.duplicates import SimilarDisputes, similar_disputes, similar_to
from resolvers.explaining import Explained, explain
from resolvers.page import Sorting, Window, disputes_of, page_of_disputes
from resolvers.routing import Previewed, preview
from schema.dispute import Dispute
from schema.duplicates import SimilarDisputesPayload, SimilarToTextInput
from schema.explaining import ExplainRoutingPayload
from schema.field import relation
from schema.page import WINDOW, DisputeConnection, DisputeFilter, DisputeOrder
from schema.routing import PreviewRoutingInput, PreviewRoutingPayload


def _disputes(
    context: Context,
    *,
    filter: DisputeFilter | None = None,
    order_by: DisputeOrder | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageQuery:
    criteria = filter.criteria() if filter else DisputeCriteria()
    sorting = order_by.sorting() if order_by else Sorting()
    return page_of_disputes(context, criteria, sorting, Window(first, after, last, before))


def _preview_routing(context: Context, *, input: PreviewRoutingInput) -> Awaitable[Previewed]:
    return preview(context, input.request())


def _explain_routing(
    context: Context, *, input: PreviewRoutingInput, rule_id: strawberry.ID
) -> Awaitable[Explained]:
    return explain(context, input.request(), rule_id)


def _similar_disputes(context: Context, *, id: strawberry.ID, first: int = 5) -> Awaitable[SimilarDisputes]:
    return similar_disputes(context, id, first)


def _similar_to_text(context: Context, *, input: SimilarToTextInput) -> Awaitable[SimilarDisputes]:
    return similar_to(context, input.request())


@strawberry.type
class DisputeQuery:
    """Disputes, what resembles them, and what the policy would say of a text."""

    dispute: Dispute | None = relation(
        "The dispute with an id or a number; given both, it has to have both.",
        "按 id 或编号查询信访事项，同时给出须都相符。",
        DISPUTE_BY_ID_OR_NUMBER,
        roles=DISPUTE_READERS,
        id=("Its id.", "全局标识。"),
        number=("Its number.", "编号。"),
    )
    disputes: DisputeConnection = relation(
        "Disputes, newest first unless ordered otherwise.",
        "信访事项列表，默认新者在前。",
        disputes_of(_disputes),
        roles=DISPUTE_READERS,
        sized=("edges", "nodes"),
        filter=("Which.", "筛选条件。"),
        order_by=("In which order.", "排序方式。"),
        **WINDOW,
    )
    similar_disputes: SimilarDisputesPayload = relation(
        "Disputes of the same region, open or of the last 90 days, that may be about the same matter.",
        "同一区域内正在办理或近 90 天收到的、可能属于同一事项的信访件。",
        Asked(_similar_disputes),
        roles=DISPUTE_READERS,
        sized=("disputes",),
        id=("The dispute.", "信访事项。"),
        first=("How many at most, 1 to 100; by default 5.", "最多条数，1 到 100，默认 5。"),
    )
    similar_to_text: SimilarDisputesPayload = relation(
        "The same for a text before it is submitted.",
        "登记前按文字查找可能属于同一事项的信访件。",
        Asked(_similar_to_text),
        roles=DISPUTE_READERS,
        input=("The text.", "文字。"),
    )
    preview_routing: PreviewRoutingPayload = relation(
        "Ask the policy about a text; nothing is stored.",
        "对一段文字预分派，不作登记。",
        Asked(_preview_routing),
        roles=SIGNED_IN,
        input=("The question.", "提问。"),
    )
    explain_routing: ExplainRoutingPayload = relation(
        "Ask why one rule does or does not decide about a text; nothing is stored.",
        "询问某条规则对一段文字为何起作用或不起作用，不作登记。",
        Asked(_explain_routing),
        roles=SIGNED_IN,
        input=("The question.", "提问。"),
        rule_id=(
            "The rule's code, or its id in the version that decides there.",
            "规则编号，或该规则在所依版本中的 id。",
        ),
    )
