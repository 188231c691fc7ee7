"""Parties of a dispute, masked."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from casework.rights import CONTACTS
from resolvers import party as answers
from schema.access import shown_to
from schema.enumeration import publish
from schema.field import both, column
from schema.node import Node, made_of


class PartyRole(StrEnum):
    """In which role somebody is in a dispute."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"


publish(
    PartyRole,
    ("In which role somebody is in a dispute.", "当事人身份。"),
    {
        PartyRole.COMPLAINANT: ("Who complains.", "信访人。"),
        PartyRole.RESPONDENT: ("Who is complained about.", "被反映人。"),
    },
)


@shown_to(CONTACTS)
@strawberry.type(
    description=both("Somebody in a dispute; personal data are masked.", "当事人，个人信息已脱敏。")
)
class Party(Node):
    """Made of masked rows."""

    is_type_of = made_of(answers.PARTY.row)

    role: PartyRole = column("In which role.", "身份。")
    anonymous: bool = column("Whether they gave no name.", "是否匿名。")
    reachable: bool = column("Whether a phone or address is known.", "是否留有联系方式。")
    name: str | None = column("Masked name.", "脱敏姓名。")
    phone: str | None = column("Masked phone number.", "脱敏电话。")
    address: str | None = column("Masked address.", "脱敏地址。")
