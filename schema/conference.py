"""Joint conferences: the standing bodies and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.conference import ConveneConference
from casework.resolution import RecordResolution
from casework.rights import ANYBODY, DISPUTE_READERS
from resolvers import conference as answers
from resolvers.dispute import DISPUTE_OF_SESSION
from resolvers.identity import uuid_or_nobody
from schema.access import shown_to
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, optional, relation, required
from schema.input import EXPECTED_DISPUTE, KEY
from schema.node import Node, made_of
from schema.policy import PolicyRule

if TYPE_CHECKING:
    from schema.dispute import Dispute


class SessionStatus(StrEnum):
    """Where a session stands."""

    PROPOSED = "proposed"
    CONVENED = "convened"
    RESOLVED = "resolved"


class ParticipantRole(StrEnum):
    """In which role a department takes part."""

    CHAIR = "chair"
    MEMBER = "member"
    TERRITORIAL_OWNER = "territorial_owner"


publish(
    SessionStatus,
    ("Where a session stands.", "会议状态。"),
    {
        SessionStatus.PROPOSED: ("A rule proposed it.", "规则提议。"),
        SessionStatus.CONVENED: ("It has been called.", "已召集。"),
        SessionStatus.RESOLVED: ("Its resolution is recorded.", "已有决议。"),
    },
)
publish(
    ParticipantRole,
    ("In which role a department takes part.", "参会身份。"),
    {
        ParticipantRole.CHAIR: ("It chairs.", "召集单位。"),
        ParticipantRole.MEMBER: ("It takes part.", "参会单位。"),
        ParticipantRole.TERRITORIAL_OWNER: ("It is the territorial owner.", "属地单位。"),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A department invited to a session.", "参会单位。"))
class Participant:
    """Made of rows."""

    role: ParticipantRole = column("In which role.", "参会身份。")
    department: Department = relation("Who.", "单位。", answers.PARTICIPANT_DEPARTMENT)


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both("What a session resolved; its lead is designated.", "会议决议，所定牵头为指定管辖。")
)
class Resolution:
    """Made of rows."""

    lead_department: Department = relation(
        "Who leads from then on.", "决议确定的牵头单位。", answers.RESOLVED_LEAD
    )
    text: str = column("Its words.", "决议内容。")
    resolved_at: datetime = column("When it was recorded.", "登记时间。")
    resolved_by: str = column("The account that recorded it.", "登记账号。")


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "One meeting of a joint conference about one dispute.", "联席会议就一件信访事项召开的一次会议。"
    )
)
class ConferenceSession(Node):
    """Made of rows."""

    is_type_of = made_of(answers.SESSION.row)

    topic: str = column("What it is about.", "议题。")
    status: SessionStatus = column("Where it stands.", "状态。")
    reason: str | None = column("Why it was called.", "召集理由。")
    scheduled_at: datetime | None = column("When it meets.", "召开时间。")
    created_at: datetime = column("When it was proposed or called.", "提议或召集的时间。")
    created_by: str = column("The account that did so.", "提议或召集的账号。")
    conference: JointConference = relation(
        "Whose session it is.", "所属联席会议。", answers.CONFERENCE_OF_SESSION
    )
    dispute: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "What it is about.", "所议信访事项。", DISPUTE_OF_SESSION
    )
    rule: PolicyRule | None = relation("The rule that proposed it.", "提议的规则。", answers.RULE_OF_SESSION)
    participants: list[Participant] = relation("Who is invited.", "参会单位。", answers.PARTICIPANTS)
    resolution: Resolution | None = relation("What was resolved.", "决议。", answers.RESOLUTION_OF_SESSION)


@shown_to(ANYBODY)
@strawberry.federation.type(
    keys=["id"],
    description=both(
        "A joint conference: the standing body of one domain in one city.", "联席会议：一市一领域的常设机制。"
    ),
)
class JointConference(Node):
    """Made of rows."""

    is_type_of = made_of(answers.CONFERENCE.row)

    domain: str = column("Its domain.", "领域代码。")
    name: str = column("Chinese name.", "中文名称。")
    name_en: str = column("English name.", "英文名称。")
    lead: Department = relation("Who convenes and chairs.", "召集（牵头）单位。", answers.LEAD)
    office: Department = relation("Who keeps its office.", "办公室所在单位。", answers.OFFICE)
    members: list[Department] = relation(
        "Its members, without the lead.", "成员单位（不含牵头）。", answers.MEMBERS
    )
    sessions: list[ConferenceSession] = relation(
        "Its newest sessions, newest first.",
        "最近的会议，新者在前。",
        answers.SESSIONS,
        roles=DISPUTE_READERS,
        first=("How many at most, 1 to 100.", "最多几次，1 到 100。"),
    )


@strawberry.input(
    description=both(
        "Call a joint conference about a dispute. The chair, the dispute's departments and its territorial "
        "owner are always invited.",
        "就一件信访事项召集联席会议；召集单位、承办单位和属地单位必被邀请。",
    )
)
class ConveneConferenceInput:
    """The input of `conveneConference`."""

    id: strawberry.ID = required("The dispute.", "信访事项。")
    domain: str = required("The domain of the conference.", "联席会议领域代码。")
    topic: str | None = optional(
        "What it is about; by default the dispute's title.", "议题，默认为事项标题。"
    )
    reason: str | None = optional("Why it is called.", "召集理由。")
    scheduled_at: datetime | None = optional("When it meets.", "召开时间。")
    invite_department_codes: list[str] = optional(
        "Codes of further departments.", "另邀单位代码。", default=()
    )
    invite_members: bool = optional("Invite all standing members.", "是否邀请全部成员单位。", default=False)
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ConveneConference:
        """The same for casework."""
        return ConveneConference(
            dispute_id=uuid_or_nobody(self.id, "Dispute"),
            domain=self.domain,
            topic=self.topic,
            reason=self.reason,
            scheduled_at=self.scheduled_at,
            invite=tuple(self.invite_department_codes),
            invite_members=self.invite_members,
            expected_version=self.expected_version,
        )


@strawberry.input(
    description=both(
        "Record what a session resolved; its lead becomes a designated assignment.",
        "登记会议决议；所定牵头成为指定管辖。",
    )
)
class RecordConferenceResolutionInput:
    """The input of `recordConferenceResolution`."""

    session_id: strawberry.ID = required("The session.", "会议。")
    lead_department_code: str = required("Code of the lead.", "牵头单位代码。")
    text: str = required(
        "The words of the resolution, at most 2,000 characters.", "决议内容，不超过 2000 字。"
    )
    co_department_codes: list[str] | None = optional(
        "Codes of all co-units; left out, they stay.", "全部协办单位代码，省略则不变。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RecordResolution:
        """The same for casework."""
        codes = self.co_department_codes
        return RecordResolution(
            session_id=uuid_or_nobody(self.session_id, "ConferenceSession"),
            lead_unit=self.lead_department_code,
            text=self.text,
            co_units=None if codes is None else tuple(codes),
        )
