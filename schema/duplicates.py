"""Disputes that are about one matter: what is alike, what is merged, what repeats."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.duplicates import AskSimilarToText
from casework.merging import MergeDisputes, SplitDispute
from casework.repeats import ConfirmRepeat, WithdrawRepeat
from casework.rights import DISPUTE_READERS
from resolvers import duplicates as answers
from resolvers.identity import uuid_or_nobody
from rules.repeats import Repeat
from schema.access import shown_to
from schema.enumeration import publish
from schema.errors import UserError
from schema.field import both, column, optional, relation, required
from schema.input import EXPECTED_DISPUTE, KEY

if TYPE_CHECKING:
    from schema.dispute import Dispute

publish(
    Repeat,
    ("In which sense a dispute repeats an earlier one.", "重复信访的情形。"),
    {
        Repeat.ACCEPTED: (
            "The same matter has been accepted or is in progress (Regulations on Petitions, art. 19).",
            "同一事项已受理或正在办理（信访工作条例第十九条）。",
        ),
        Repeat.REVIEWED: (
            "The same facts and reasons after the final review (art. 36).",
            "复核后仍以同一事实和理由提出（第三十六条）。",
        ),
        Repeat.NOTHING_NEW: (
            "In progress or done, and nothing new is told (Beijing regulations on hotlines, art. 11).",
            "正在办理或已办结，且无新情况、新理由（北京市接诉即办工作条例第十一条）。",
        ),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both("A dispute that may be about the same matter.", "可能属于同一事项的另一件。")
)
class SimilarDispute:
    """Made of `resolvers.duplicates.SimilarEntry`."""

    dispute: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "The dispute; of one that was merged, the main one.",
        "该事项；已并单的为主件。",
        answers.SIMILAR_DISPUTE,
    )
    score: float = column("How alike, from 0 to 1.", "相似度，0 到 1。")
    mergeable: bool = column(
        "Whether the two can be merged. Where one of them is over, what happens again is a new matter.",
        "能否并单；其中一件已办结的，再次发生属于新事项。",
    )
    words: list[str] = column("Words in common, the most special first.", "共同的词语，最能区分者在前。")


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "The answer of `similarDisputes` and `similarToText`; nothing is merged.",
        "相似事项的查询结果，不作并单。",
    )
)
class SimilarDisputesPayload:
    """Made of `resolvers.duplicates.SimilarDisputes`."""

    disputes: list[SimilarDispute] = column(
        "The most alike first; empty with errors.", "相似度高者在前，有错误时为空。"
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A dispute was merged into another one.", "一次并单。"))
class Merger:
    """Made of rows."""

    main: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "The dispute under whose number the matter is worked on.", "主件。", answers.MAIN
    )
    reason: str = column("Why.", "并单理由。")
    merged_at: datetime = column("When.", "并单时间。")
    merged_by: str = column("The account that merged.", "并单账号。")
    split_at: datetime | None = column("When it was split off again.", "拆分时间，未拆分为空。")
    split_by: str | None = column("The account that split.", "拆分账号。")
    split_reason: str | None = column("Why it was split.", "拆分理由。")


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "A person has confirmed that a dispute repeats an earlier one, in one sense.",
        "经人工认定的一种重复情形。",
    )
)
class RepeatTag:
    """Made of rows."""

    repeat: Repeat = column("In which sense.", "情形。")
    earlier: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "The earlier dispute.", "在先的事项。", answers.EARLIER
    )
    confirmed_at: datetime = column("When.", "认定时间。")
    confirmed_by: str = column("The account that confirmed it.", "认定账号。")


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both("A repeat that was confirmed and no longer holds.", "一项已撤销的重复认定。")
)
class WithdrawnRepeat:
    """Made of rows."""

    repeat: Repeat = column("In which sense.", "情形。")
    earlier: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "The earlier dispute.", "在先的事项。", answers.NO_LONGER_EARLIER
    )
    confirmed_at: datetime = column("When it was confirmed.", "认定时间。")
    confirmed_by: str = column("The account that confirmed it.", "认定账号。")
    withdrawn_at: datetime = column("When it was taken back.", "撤销时间。")
    withdrawn_by: str = column("The account that took it back.", "撤销账号。")
    reason: str | None = column(
        "Why; empty where a later word about the same two took its place.",
        "撤销理由；由其后的认定取代的为空。",
    )


@strawberry.input(description=both("A text that nobody has submitted yet.", "尚未登记的一段文字。"))
class SimilarToTextInput:
    """The input of `similarToText`."""

    text: str = required("The complaint, at most 20,000 characters.", "反映内容，不超过 20000 字。")
    region_code: str = required(
        "Code of the region where it is; of the city where the town is not known.",
        "所在区域代码，镇街不明时填市。",
    )
    first: int = optional("How many at most, 1 to 100.", "最多条数，1 到 100。", default=5)

    def request(self) -> AskSimilarToText:
        """The same for casework."""
        return AskSimilarToText(self.text, self.region_code, self.first)


@strawberry.input(
    description=both(
        "Merge disputes into the main one: it alone is worked on, and every complainant gets its reply.",
        "并单：只办理主件，答复所有信访人。",
    )
)
class MergeDisputesInput:
    """The input of `mergeDisputes`."""

    id: strawberry.ID = required("The main dispute.", "主件。")
    duplicate_ids: list[strawberry.ID] = required(
        "The disputes to merge into it, at most 50.", "并入的事项，最多 50 件。"
    )
    reason: str = required("Why, at most 2,000 characters.", "并单理由，不超过 2000 字。")
    something_new: bool = optional(
        "Whether they tell of a new situation or reason.", "是否反映了新情况、新理由。", default=False
    )
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> MergeDisputes:
        """The same for casework."""
        return MergeDisputes(
            main_id=uuid_or_nobody(self.id, "Dispute"),
            duplicate_ids=tuple(uuid_or_nobody(each, "Dispute") for each in self.duplicate_ids),
            reason=self.reason,
            something_new=self.something_new,
            expected_version=self.expected_version,
        )


@strawberry.input(
    description=both(
        "Split a dispute from the one that it was merged into.", "拆分：已并单的事项恢复单独办理。"
    )
)
class SplitDisputeInput:
    """The input of `splitDispute`."""

    id: strawberry.ID = required("The dispute that was merged.", "已并入的事项。")
    reason: str = required("Why, at most 2,000 characters.", "拆分理由，不超过 2000 字。")
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> SplitDispute:
        """The same for casework."""
        return SplitDispute(uuid_or_nobody(self.id, "Dispute"), self.reason, self.expected_version)


@strawberry.input(
    description=both(
        "Confirm that a dispute repeats an earlier one; in which senses, a rule derives.",
        "认定一件事项与在先事项重复，具体情形由规则得出。",
    )
)
class ConfirmRepeatInput:
    """The input of `confirmRepeat`."""

    id: strawberry.ID = required("The dispute that repeats.", "重复的事项。")
    earlier_id: strawberry.ID = required("The earlier dispute.", "在先的事项。")
    something_new: bool = optional(
        "Whether it tells of a new situation or reason.", "是否反映了新情况、新理由。", default=False
    )
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ConfirmRepeat:
        """The same for casework."""
        return ConfirmRepeat(
            dispute_id=uuid_or_nobody(self.id, "Dispute"),
            earlier_id=uuid_or_nobody(self.earlier_id, "Dispute"),
            something_new=self.something_new,
            expected_version=self.expected_version,
        )


@strawberry.input(
    description=both("A dispute does not repeat an earlier one after all.", "撤销对重复的认定。")
)
class WithdrawRepeatInput:
    """The input of `withdrawRepeat`."""

    id: strawberry.ID = required("The dispute.", "事项。")
    earlier_id: strawberry.ID = required("The earlier dispute.", "在先的事项。")
    reason: str = required("Why, at most 2,000 characters.", "撤销理由，不超过 2000 字。")
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> WithdrawRepeat:
        """The same for casework."""
        return WithdrawRepeat(
            dispute_id=uuid_or_nobody(self.id, "Dispute"),
            earlier_id=uuid_or_nobody(self.earlier_id, "Dispute"),
            reason=self.reason,
            expected_version=self.expected_version,
        )
