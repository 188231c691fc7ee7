"""Assignments: which department has, or had, a dispute."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import strawberry

from casework.assignment import ReassignDispute
from casework.rights import DISPUTE_READERS
from resolvers import assignment as answers
from resolvers.identity import uuid_or_nobody
from schema.access import shown_to
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, optional, relation, required
from schema.input import KEY
from schema.node import Node, made_of


class AssignmentRole(StrEnum):
    """In which role a department has a dispute."""

    LEAD = "lead"
    CO = "co"


class AssignmentOrigin(StrEnum):
    """Who assigned."""

    RULE = "rule"
    MANUAL = "manual"
    OBJECTION = "objection"
    CONFERENCE = "conference"
    SPLIT = "split"


publish(
    AssignmentRole,
    ("In which role a department has a dispute.", "承办身份。"),
    {
        AssignmentRole.LEAD: ("The lead unit.", "牵头（主办）单位。"),
        AssignmentRole.CO: ("A co-unit.", "协办单位。"),
    },
)
publish(
    AssignmentOrigin,
    ("Who assigned.", "分派来源。"),
    {
        AssignmentOrigin.RULE: ("The policy.", "规则。"),
        AssignmentOrigin.MANUAL: ("A person, with a reason.", "人工，附理由。"),
        AssignmentOrigin.OBJECTION: ("A person who agreed to an objection.", "异议成立后改派。"),
        AssignmentOrigin.CONFERENCE: ("A joint conference.", "联席会议。"),
        AssignmentOrigin.SPLIT: (
            "It goes back to the unit that had it before it was merged.",
            "拆分后恢复原承办单位。",
        ),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "A department has a dispute, until the assignment ends.", "单位承办一件信访事项，至分派终止为止。"
    )
)
class Assignment(Node):
    """Made of rows."""

    is_type_of = made_of(answers.ASSIGNMENT.row)

    department: Department = relation("Who has it.", "承办单位。", answers.DEPARTMENT)
    role: AssignmentRole = column("In which role: lead unit or co-unit.", "承办身份：牵头或协办。")
    origin: AssignmentOrigin = column("Who assigned.", "分派来源。")
    designated: bool = column(
        "Designated by a conference or common superior: it cannot be returned.",
        "是否指定管辖，指定的不得退回。",
    )
    reason: str | None = column("The reason that was given.", "理由。")
    assigned_at: datetime = column("When it began.", "分派时间。")
    assigned_by: str = column("The account that assigned.", "分派账号。")
    ended_at: datetime | None = column("When it ended; empty while it holds.", "终止时间，有效期间为空。")


@strawberry.input(
    description=both(
        "Give a dispute another lead by hand, or assign one that lies in triage.",
        "人工改派，或分派待研判事项。",
    )
)
class ReassignDisputeInput:
    """The input of `reassignDispute`."""

    id: strawberry.ID = required("The dispute.", "信访事项。")
    lead_department_code: str = required("Code of the new lead.", "新牵头单位代码。")
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    co_department_codes: list[str] | None = optional(
        "Codes of all co-units; left out, they stay.", "全部协办单位代码，省略则不变。"
    )
    expected_version: int | None = optional(
        "The version that you saw; another one is a CONFLICT.", "您所见的版本号，不一致则报 CONFLICT。"
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ReassignDispute:
        """The same for casework."""
        codes = self.co_department_codes
        return ReassignDispute(
            dispute_id=uuid_or_nobody(self.id, "Dispute"),
            lead_unit=self.lead_department_code,
            reason=self.reason,
            co_units=None if codes is None else tuple(codes),
            expected_version=self.expected_version,
        )
