"""What the verbs about published versions ask for."""

from __future__ import annotations

from datetime import date

import strawberry

from casework.publication import PublishDraft, RollbackPolicy
from casework.region import SetRegionPolicy
from resolvers.identity import uuid_or_nobody
from schema.draft_input import DRAFT, EXPECTED
from schema.field import both, optional, required
from schema.input import KEY


@strawberry.input(
    description=both("Make an approved draft the next version.", "发布已审核的草案，成为下一版本。")
)
class PublishPolicyVersionInput:
    """The input of `publishPolicyVersion`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    effective_from: date | None = optional(
        "The first day on which it decides; by default today.", "自哪一天起生效，默认当天。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> PublishDraft:
        """The same for casework."""
        draft_id = uuid_or_nobody(self.id, "PolicyDraft")
        return PublishDraft(draft_id, self.expected_version, self.effective_from)


@strawberry.input(
    description=both(
        "Put what an earlier version says in force again, as a new version, from today.",
        "恢复较早版本的内容，作为新版本即日生效。",
    )
)
class RollbackPolicyInput:
    """The input of `rollbackPolicy`."""

    policy_key: str = required("The policy.", "规则集代号。")
    to_number: int = required("The number of the version to go back to.", "恢复到哪一版本。")
    expected_newest: int = required(
        "The number of the newest version that you saw; another one is a CONFLICT.",
        "您所见的最新版本号，不一致则报 CONFLICT。",
    )
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RollbackPolicy:
        """The same for casework."""
        return RollbackPolicy(self.policy_key, self.to_number, self.expected_newest, self.reason)


@strawberry.input(
    description=both(
        "Give a region a policy of its own, or let it inherit that of the region above.",
        "为区域指定规则集，或改为沿用上级区域的规则集。",
    )
)
class SetRegionPolicyInput:
    """The input of `setRegionPolicy`."""

    region_code: str = required("The region.", "区域代码。")
    policy_key: str | None = optional(
        "The policy; without it the region inherits.", "规则集代号，不填则沿用上级。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> SetRegionPolicy:
        """The same for casework."""
        return SetRegionPolicy(self.region_code, self.policy_key)
