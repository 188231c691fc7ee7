"""Deadlines: until when a unit has to act, or may."""

from __future__ import annotations

from datetime import datetime

import strawberry

from casework.deadline import DeadlineKind
from casework.rights import DISPUTE_READERS
from resolvers import deadline as answers
from schema.access import shown_to
from schema.department import Department
from schema.enumeration import publish
from schema.field import both, column, relation
from schema.policy import LegalBasis

publish(
    DeadlineKind,
    ("What a term is for.", "时限种类。"),
    {
        DeadlineKind.OBJECTION: (
            "The lead unit may object to the assignment until then.",
            "牵头单位在此之前可对分派提出异议。",
        ),
    },
)


@shown_to(DISPUTE_READERS)
@strawberry.type(description=both("A term that runs for a department.", "单位的一项时限。"))
class Deadline:
    """Made of `casework.deadline.Deadline`."""

    kind: DeadlineKind = column("What it is for.", "种类。")
    due_at: datetime = column(
        "When it is over: the midnight after its last day, in China.",
        "届满时间，即末日的次日零时（北京时间）。",
    )
    department: Department = relation("Whose it is.", "所属单位。", answers.DEPARTMENT)
    legal_basis: list[LegalBasis] = column("What it stands on.", "法律依据。")
    provisional: bool = column(
        "Whether the calendar may still move it: for now always, since public holidays, and weekends that "
        "are worked in their stead, are not known.",
        "是否暂定。法定节假日和调休尚未计入，目前一律为是。",
    )
    is_over: bool = column("Whether it was over when this was asked.", "查询时是否已届满。")
