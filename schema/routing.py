"""Asking the policy without storing anything."""

from __future__ import annotations

import strawberry

from casework.intake import Channel
from casework.rights import SIGNED_IN
from casework.routing import PreviewRouting
from resolvers import routing as answers
from schema.access import shown_to
from schema.decision import RoutingOutcome
from schema.department import Department, Function
from schema.errors import UserError
from schema.field import both, column, optional, relation, required
from schema.node import made_of


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both(
        "What would be decided about a text, and to whom it would go.",
        "对一段文字的预分派：结论、理由和承办单位。",
    )
)
class RoutingPreview(RoutingOutcome):
    """Made of casework's previews."""

    is_type_of = made_of(answers.PreviewRow)

    lead_department: Department | None = relation("The lead unit.", "牵头单位。", answers.LEAD_DEPARTMENT)
    co_departments: list[Department] = relation("The co-units.", "协办单位。", answers.CO_DEPARTMENTS)
    territorial_owner: Department | None = relation(
        "The territorial owner of the region.", "属地（镇街）。", answers.TERRITORIAL_OWNER
    )
    unstaffed_functions: list[Function] = relation(
        "Functions that should join and that nobody carries there.",
        "应协办而当地无单位承担的职能。",
        answers.UNSTAFFED_FUNCTIONS,
    )


@shown_to(SIGNED_IN)
@strawberry.type(description=both("The answer of `previewRouting`.", "预分派的结果。"))
class PreviewRoutingPayload:
    """Made of `resolvers.routing.Previewed`."""

    preview: RoutingPreview | None = column(
        "What would be decided; empty with errors.", "预分派结论，有错误时为空。"
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")


@strawberry.input(
    description=both("A question: who would lead? Nothing is stored.", "预分派的提问，不作登记。")
)
class PreviewRoutingInput:
    """The input of `previewRouting`."""

    text: str = required("The complaint, at most 20,000 characters.", "反映内容，不超过 20000 字。")
    region_code: str = required("Code of the region where it is.", "所在区域代码。")
    channel: Channel | None = optional("Where it comes from.", "来源渠道。")
    severity: int = optional("1 (slight) to 5 (grave).", "严重程度，1（轻）到 5（重）。", default=3)
    policy_key: str | None = optional(
        "Key of a policy to ask instead of the region's own.", "指定规则集代号，默认用该区域的规则集。"
    )

    def request(self) -> PreviewRouting:
        """The same for casework."""
        return PreviewRouting(self.text, self.region_code, self.channel, self.severity, self.policy_key)
