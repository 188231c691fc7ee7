"""Replies, and what resolves a dispute."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.reply import ResolveDispute
from casework.rights import DISPUTE_READERS
from resolvers.identity import uuid_or_nobody
from schema.access import shown_to
from schema.field import both, column, optional, required
from schema.input import EXPECTED_DISPUTE, KEY


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("What the complainants of a dispute were told.", "对信访人的答复。"))
class Reply:
    """Made of rows."""

    text: str = column("Its words; personal data are masked.", "答复内容，个人信息已脱敏。")
    replied_at: datetime = column("When.", "答复时间。")
    replied_by: str = column("The account that replied.", "答复账号。")


@strawberry.input(
    description=both(
        "Resolve a dispute with one reply to its complainants and to those of all disputes merged into it.",
        "办结并答复：本件及并入各件的信访人得到同一答复。",
    )
)
class ResolveDisputeInput:
    """The input of `resolveDispute`."""

    id: strawberry.ID = required("The dispute.", "事项。")
    reply: str = required(
        "What the complainants are told, at most 20,000 characters.", "答复内容，不超过 20000 字。"
    )
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ResolveDispute:
        """The same for casework."""
        return ResolveDispute(uuid_or_nobody(self.id, "Dispute"), self.reply, self.expected_version)
