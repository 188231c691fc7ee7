"""Joint conferences: the standing bodies, and their sessions about disputes."""

from __future__ import annotations

import strawberry
from sqlalchemy import ColumnElement, bindparam, or_, select

from casework.masking import masked_words
from casework.text import clean
from db.tables.conference import ConferenceMember, ConferenceSession, JointConference, Participant, Resolution
from db.tables.dispute import Decision
from db.tables.policy import PolicyVersion
from resolvers.context import Context
from resolvers.description import Found, Ref, Relation, Resident, Source, Values, Via
from resolvers.identity import uuid_text_of
from resolvers.policy import RULE
from resolvers.span import MOST, newest

_decision, _session, _version = Decision.__table__, ConferenceSession.__table__, PolicyVersion.__table__

CONFERENCE = Source("JointConference", JointConference)
"""The standing body of one domain in one city."""
MEMBER = Source("ConferenceMember", ConferenceMember)
"""A member of a standing body, without its lead."""
SESSION = Source(
    "ConferenceSession",
    ConferenceSession,
    masks={"topic": masked_words, "reason": masked_words},
    reach=("dispute_id",),
    # The decision that stood when the session was proposed tells in which version its rule is.
    text_id=select(_version.c.text_id)
    .join(_decision, _decision.c.policy_version_id == _version.c.id)
    .where(
        _decision.c.dispute_id == _session.c.dispute_id,
        _decision.c.decided_at <= _session.c.created_at,
    )
    .order_by(_decision.c.sequence.desc())
    .limit(1)
    .correlate(_session)
    .scalar_subquery(),
)
"""One meeting about one dispute."""
PARTICIPANT = Source("Participant", Participant)
"""A department invited to a session."""
RESOLUTION = Source("Resolution", Resolution, masks={"text": masked_words})
"""What a session resolved."""

LEAD = Resident("department", "lead_unit_code")
OFFICE = Resident("department", "office_unit_code")
MEMBERS = Via(
    Relation(MEMBER, on=(("key", "conference_id"),), many=True, order=(MEMBER.columns["position"],)),
    Resident("department", "unit_code"),
)
SESSIONS = Relation(
    SESSION,
    on=(("key", "conference_id"),),
    many=True,
    order=(SESSION.columns["created_at"].desc(), SESSION.columns["key"].desc()),
    narrow=newest,
    first=MOST,
)
SESSIONS_OF_DISPUTE = Relation(
    SESSION,
    on=(("key", "dispute_id"),),
    many=True,
    order=(SESSION.columns["created_at"], SESSION.columns["key"]),
)
"""Sessions about a dispute, oldest first."""
CONFERENCE_OF_SESSION = Relation(CONFERENCE, on=(("conference_id", "key"),))
RULE_OF_SESSION = Relation(RULE, on=(("text_id", "text_id"), ("rule_id", "rule_id")))
"""The rule that proposed a session, as it stood in the decision of that time."""
PARTICIPANTS = Relation(
    PARTICIPANT, on=(("key", "session_id"),), many=True, order=(PARTICIPANT.columns["position"],)
)
RESOLUTION_OF_SESSION = Relation(RESOLUTION, on=(("key", "session_id"),))
PARTICIPANT_DEPARTMENT = Resident("department", "unit_code")
RESOLVED_LEAD = Resident("department", "lead_unit_code")


def _given(name: str, column: ColumnElement[str]) -> ColumnElement[bool]:
    value = bindparam(name, type_=column.type)
    return or_(value.is_(None), column == value)


def _of_city_and_domain(context: Context, *, city: str | None = None, domain: str | None = None) -> Values:
    """The standing bodies of a city or of all, of a domain or of all."""
    return {
        "of_city": None if city is None else clean(city),
        "of_domain": None if domain is None else clean(domain),
    }


CONFERENCES = Relation(
    CONFERENCE,
    many=True,
    where=(
        _given("of_city", CONFERENCE.columns["city"]),
        _given("of_domain", CONFERENCE.columns["domain"]),
    ),
    order=(CONFERENCE.columns["city"], CONFERENCE.columns["domain"]),
    narrow=_of_city_and_domain,
)


def find_conference(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The standing body with an id."""
    key = uuid_text_of(id, "JointConference")
    return None if key is None else Ref("JointConference", ("key",), (key,))


CONFERENCE_BY_ID = Found(find_conference, {"JointConference": CONFERENCE})
CHANGED_SESSION = Relation(SESSION, on=(("changed", "key"),))
"""The session that a mutation changed."""
