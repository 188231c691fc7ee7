"""Objections: the lead unit holds that a dispute is not its duty, the sender decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from casework.objection import AcceptObjection, ObjectToAssignment, UpholdAssignment
from casework.rights import DISPUTE_READERS
from casework.settlement import ObjectionState
from resolvers import objection as answers
from resolvers.dispute import DISPUTE_OF_OBJECTION
from resolvers.identity import uuid_or_nobody
from schema.access import shown_to
from schema.decision import Decision
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, optional, relation, required
from schema.input import EXPECTED_DISPUTE, KEY
from schema.node import Node, made_of

if TYPE_CHECKING:
    from schema.dispute import Dispute

publish(
    ObjectionState,
    ("Where an objection stands.", "异议状态。"),
    {
        ObjectionState.OPEN: ("Nobody has decided it yet.", "待处理。"),
        ObjectionState.ACCEPTED: ("Agreed to: another unit leads.", "异议成立，已改由其他单位牵头。"),
        ObjectionState.UPHELD: ("Not agreed to: the assignment stands.", "异议不成立，维持原分派。"),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.type(
    description=both(
        "A lead unit's objection to having been assigned a dispute.", "牵头单位对分派提出的职责异议。"
    )
)
class Objection(Node):
    """Made of rows."""

    is_type_of = made_of(answers.OBJECTION.row)

    dispute: Annotated[Dispute, strawberry.lazy("schema.dispute")] = relation(
        "What it is about.", "所涉信访事项。", DISPUTE_OF_OBJECTION
    )
    department: Department = relation("The unit that objects.", "提出异议的单位。", answers.DEPARTMENT)
    reason: str = column("Why it is not its duty.", "异议理由。")
    proposed_department: Department | None = relation(
        "The unit that it holds to be competent.", "建议的承办单位。", answers.PROPOSED_DEPARTMENT
    )
    state: ObjectionState = column("Where it stands.", "状态。")
    raised_at: datetime = column("When it was raised.", "提出时间。")
    raised_by: str = column("The account that raised it.", "提出账号。")
    decided_at: datetime | None = column(
        "When it was decided; empty while it is open.", "处理时间，未处理为空。"
    )
    decided_by: str | None = column("The account that decided it.", "处理账号。")
    decided_reason: str | None = column("Why it was decided so.", "处理理由。")
    decision: Decision | None = relation(
        "The policy's decision that it objects to; empty where a person had assigned.",
        "所异议的规则决定，人工分派的为空。",
        answers.CONTESTED_DECISION,
    )


@strawberry.input(
    description=both(
        "Object, as the lead unit, to having been assigned a dispute; within five working days of receipt.",
        "牵头单位对分派提出异议，应在收到之日起五个工作日内提出。",
    )
)
class ObjectToAssignmentInput:
    """The input of `objectToAssignment`."""

    id: strawberry.ID = required("The dispute.", "信访事项。")
    department_code: str = required("Code of the unit that objects: the lead.", "提出异议的牵头单位代码。")
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    proposed_department_code: str | None = optional(
        "Code of the unit that it holds to be competent.", "建议的承办单位代码。"
    )
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ObjectToAssignment:
        """The same for casework."""
        return ObjectToAssignment(
            dispute_id=uuid_or_nobody(self.id, "Dispute"),
            unit=self.department_code,
            reason=self.reason,
            proposed_unit=self.proposed_department_code,
            expected_version=self.expected_version,
        )


@strawberry.input(
    description=both("Do not agree to an objection: the assignment stands.", "异议不成立，维持原分派。")
)
class UpholdAssignmentInput:
    """The input of `upholdAssignment`."""

    objection_id: strawberry.ID = required("The objection.", "异议。")
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> UpholdAssignment:
        """The same for casework."""
        return UpholdAssignment(
            objection_id=uuid_or_nobody(self.objection_id, "Objection"),
            reason=self.reason,
            expected_version=self.expected_version,
        )


@strawberry.input(
    description=both("Agree to an objection: another unit leads.", "异议成立，改由其他单位牵头。")
)
class AcceptObjectionInput:
    """The input of `acceptObjection`."""

    objection_id: strawberry.ID = required("The objection.", "异议。")
    lead_department_code: str = required("Code of the new lead.", "新牵头单位代码。")
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    expected_version: int | None = optional(*EXPECTED_DISPUTE)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> AcceptObjection:
        """The same for casework."""
        return AcceptObjection(
            objection_id=uuid_or_nobody(self.objection_id, "Objection"),
            lead_unit=self.lead_department_code,
            reason=self.reason,
            expected_version=self.expected_version,
        )
