"""Disputes, and what is asked of lists of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import strawberry

from casework.intake import Channel, Complainant, SubmitDispute
from casework.rights import CONTACTS, DISPUTE_READERS
from resolvers import dispute as answers
from resolvers import duplicates
from resolvers.conference import SESSIONS_OF_DISPUTE
from resolvers.deadline import DEADLINES
from resolvers.objection import OBJECTIONS_OF_DISPUTE
from resolvers.reply import REPLIES_OF_DISPUTE
from schema.access import shown_to
from schema.assignment import Assignment
from schema.conference import ConferenceSession
from schema.deadline import Deadline
from schema.decision import Decision, Fact
from schema.department import Department
from schema.duplicates import Merger, RepeatTag, WithdrawnRepeat
from schema.enumeration import publish
from schema.event import Event
from schema.field import both, column, optional, relation, required
from schema.input import KEY
from schema.node import Node, made_of
from schema.objection import Objection
from schema.party import Party
from schema.region import Region
from schema.reply import Reply


class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    TRIAGE = "triage"
    ASSIGNED = "assigned"
    IN_CONFERENCE = "in_conference"
    MERGED = "merged"
    RESOLVED = "resolved"


publish(
    DisputeStatus,
    ("Where a dispute stands.", "办理状态。"),
    {
        DisputeStatus.TRIAGE: ("A person has to decide who leads.", "待人工研判。"),
        DisputeStatus.ASSIGNED: ("A lead unit has it.", "已分派牵头单位。"),
        DisputeStatus.IN_CONFERENCE: ("A joint conference has been called about it.", "已召集联席会议。"),
        DisputeStatus.MERGED: ("It is worked on under another number.", "已并入其他事项办理。"),
        DisputeStatus.RESOLVED: ("It is done, and the complainants have the reply.", "已办结并答复。"),
    },
)
publish(
    Channel,
    ("Where a complaint comes from.", "来源渠道。"),
    {
        Channel.HOTLINE: ("A hotline such as 12345.", "热线电话。"),
        Channel.LETTER: ("A letter.", "来信。"),
        Channel.VISIT: ("A visit.", "来访。"),
        Channel.WEB: ("A web site.", "网络。"),
        Channel.WECHAT: ("WeChat.", "微信。"),
        Channel.WEIBO: ("Weibo.", "微博。"),
        Channel.EMAIL: ("E-mail.", "电子邮件。"),
        Channel.TRANSFER: ("Passed on by another organ.", "其他机关转送。"),
        Channel.INSPECTION: ("An inspection team.", "督察巡查交办。"),
        Channel.MEDIA: ("The media.", "媒体报道。"),
        Channel.OTHER: ("Another way.", "其他。"),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.federation.type(
    keys=["id", "number"],
    description=both("One environmental dispute or petition.", "一件生态环境矛盾纠纷（信访事项）。"),
)
class Dispute(Node):
    """Made of rows."""

    is_type_of = made_of(answers.DISPUTE.row)

    number: str = column("The number for people, such as 990100-2026-000001.", "编号。")
    title: str = column(
        "A title, the first sentence unless one was given; personal data are masked.",
        "标题，个人信息已脱敏。",
    )
    description: str = column(
        "The complaint as it was made, with stars for personal data, so that positions in it stay right.",
        "反映内容，个人信息已用星号脱敏，字数与位置不变。",
    )
    status: DisputeStatus = column("Where it stands.", "办理状态。")
    severity: int = column("1 (slight) to 5 (grave).", "严重程度，1（轻）到 5（重）。")
    channel: Channel = column("Where it came from.", "来源渠道。")
    received_at: datetime = column("When it came in.", "收件时间。")
    version: int = column("Counts its changes; for `expectedVersion`.", "版本号，供 expectedVersion 使用。")
    region: Region = relation("Where it is.", "所在区域。", answers.REGION)
    facts: list[Fact] = relation(
        "What the decision in force saw.", "现行决定所见要素。", answers.FACTS_IN_FORCE
    )
    lead_department: Department | None = relation(
        "The lead unit; empty while a person has to decide, and of a dispute that was merged.",
        "牵头单位，待研判和已并单时为空。",
        answers.LEAD_DEPARTMENT,
    )
    co_departments: list[Department] = relation("The co-units.", "协办单位。", answers.CO_DEPARTMENTS)
    territorial_owner: Department = relation(
        "The town or sub-district government that organises ordinary items.",
        "属地（镇街）。",
        answers.TERRITORIAL_OWNER,
    )
    decision: Decision | None = relation("The decision in force.", "现行决定。", answers.DECISION_IN_FORCE)
    decisions: list[Decision] = relation(
        "All decisions, newest first.", "全部决定，新者在前。", answers.DECISIONS
    )
    assignments: list[Assignment] = relation(
        "Who has had it and who has it, oldest first.", "历次分派，旧者在前。", answers.ASSIGNMENTS
    )
    conferences: list[ConferenceSession] = relation(
        "Sessions of joint conferences about it, oldest first.",
        "就本事项召开的联席会议，旧者在前。",
        SESSIONS_OF_DISPUTE,
    )
    objections: list[Objection] = relation(
        "Objections of lead units to it, oldest first.",
        "牵头单位提出的异议，旧者在前。",
        OBJECTIONS_OF_DISPUTE,
    )
    deadlines: list[Deadline] = relation(
        "The terms that run for it, also those that are over by now, the earliest first: the lead unit's to "
        "object, unless it has objected or was designated. Of a dispute that is over there are none.",
        "本事项的各项时限，先到期者在前，已届满的也在内。目前为牵头单位提出异议的期限；已提出异议或系指定管辖的除外，"
        "已办结和已并单的为空。",
        DEADLINES,
    )
    merged_into: Dispute | None = relation(
        "The dispute that it is worked on with; empty unless it was merged.",
        "并入的主件，未并单为空。",
        duplicates.MERGED_INTO,
    )
    merged_disputes: list[Dispute] = relation(
        "The disputes merged into it: their complainants get the same reply.",
        "并入本件的事项，其信访人得到同一答复。",
        duplicates.MERGED_DISPUTES,
    )
    mergers: list[Merger] = relation(
        "How it was merged into others and split off, oldest first.",
        "历次并单与拆分，旧者在前。",
        duplicates.MERGERS,
    )
    repeats: list[RepeatTag] = relation(
        "The senses in which it repeats earlier ones, as people confirmed.",
        "经认定与在先事项重复的情形。",
        duplicates.REPEATS,
    )
    withdrawn_repeats: list[WithdrawnRepeat] = relation(
        "Repeats that were confirmed and no longer hold, oldest first.",
        "已撤销的重复认定，旧者在前。",
        duplicates.WITHDRAWN_REPEATS,
    )
    replies: list[Reply] = relation(
        "What its complainants were told, oldest first; of a dispute that was merged, the main one's reply.",
        "对信访人的答复，旧者在前；已并单的为主件的答复。",
        REPLIES_OF_DISPUTE,
    )
    parties: list[Party] = relation(
        "Who is in it, masked.", "当事人（脱敏）。", answers.PARTIES, roles=CONTACTS
    )
    events: list[Event] = relation(
        "What happened to it, in order.",
        "办理过程，按发生次序。",
        answers.EVENTS,
        after=("Events with a higher sequence only.", "只取序号大于此数者。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )


@strawberry.input(
    description=both(
        "Who complains, as far as they say; all empty: anonymous.", "信访人所留信息，全空为匿名。"
    )
)
class ComplainantInput:
    """Part of `SubmitDisputeInput`."""

    name: str | None = optional("Name.", "姓名。")
    phone: str | None = optional("Phone number.", "电话。")
    address: str | None = optional("Address.", "地址。")


@strawberry.input(
    description=both("A complaint as it comes in; it is routed at once.", "一件来件，登记后即时分派。")
)
class SubmitDisputeInput:
    """The input of `submitDispute`."""

    description: str = required("The complaint, at most 20,000 characters.", "反映内容，不超过 20000 字。")
    region_code: str = required("Code of the region where it is.", "所在区域代码。")
    channel: Channel = required("Where it comes from.", "来源渠道。")
    title: str | None = optional(
        "A title of at most 200 characters; by default the first sentence.",
        "标题，不超过 200 字，默认取首句。",
    )
    severity: int = optional("1 (slight) to 5 (grave).", "严重程度，1（轻）到 5（重）。", default=3)
    received_at: datetime | None = optional("When it came in; by default now.", "收件时间，默认现在。")
    complainant: ComplainantInput | None = optional("Who complains.", "信访人。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> SubmitDispute:
        """The same for casework."""
        who = self.complainant
        return SubmitDispute(
            description=self.description,
            region_code=self.region_code,
            channel=self.channel,
            title=self.title,
            severity=self.severity,
            received_at=self.received_at,
            complainant=Complainant(who.name, who.phone, who.address) if who else None,
        )
