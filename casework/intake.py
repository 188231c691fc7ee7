"""Intake: a complaint becomes a dispute, and is routed in the same transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert

from casework.act import Change, act
from casework.actor import Actor
from casework.civil import CLOCK_SKEW, civil_day
from casework.desk import Desk
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.number import next_number
from casework.record import record
from casework.routing import route_dispute
from casework.text import LONGEST_TITLE, clean, text_errors, title_of
from db.tables.base import new_key
from db.tables.dispute import Dispute, Party, PartyIdentity
from rules.personal_data import masked_text
from rules.territory import lineage

LONGEST = {"name": 100, "phone": 40, "address": 300}


class Channel(StrEnum):
    """Where a complaint comes from (信访工作条例, article 17, and the sources that cities add to it)."""

    HOTLINE = "hotline"
    LETTER = "letter"
    VISIT = "visit"
    WEB = "web"
    WECHAT = "wechat"
    WEIBO = "weibo"
    EMAIL = "email"
    TRANSFER = "transfer"
    INSPECTION = "inspection"
    MEDIA = "media"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complains, as far as they say. All empty: anonymous."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SubmitDispute:
    """A complaint as it comes in. `severity` 1 (slight) to 5 (grave); `received_at` defaults to now."""

    description: str
    region_code: str
    channel: str
    title: str | None = None
    severity: int = 3
    received_at: datetime | None = None
    complainant: Complainant | None = None


async def submit_dispute(
    desk: Desk, actor: Actor, request: SubmitDispute, key: str | None = None
) -> Result[UUID]:
    """Store, route and assign a complaint. Answers with the dispute's key."""
    text = clean(request.description)
    errors = _errors(desk, request, text)
    if errors:
        return Result(errors=errors)

    async def work(change: Change) -> UUID:
        directory = await desk.directory.current(change.connection)
        city = directory.city_of(request.region_code)
        if city is None:
            code = UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code})
            raise Refused(code)
        owner = directory.owner_of(request.region_code, civil_day(change.now))
        if owner is None:
            raise Refused(
                UserError(ErrorCode.NO_TERRITORIAL_OWNER, ("regionCode",), {"region": request.region_code})
            )
        if not change.reach.covers(owner, lineage(directory.tree, request.region_code)):
            elsewhere = {"region": request.region_code}
            raise Refused(UserError(ErrorCode.NOT_YOUR_REGION, ("regionCode",), elsewhere))
        received_at = request.received_at or change.now
        dispute_id, number = new_key(), await next_number(change.connection, city, received_at)
        await change.connection.execute(
            insert(Dispute).values(
                id=dispute_id,
                city=city,
                number=number,
                # Without personal data, because whoever may look for words in titles could look for them.
                title=masked_text(clean(request.title or "")) or title_of(masked_text(text)),
                description=text,
                status="triage",
                severity=request.severity,
                channel=request.channel,
                received_at=received_at,
                region_code=request.region_code,
                lead_unit_code=None,
                territorial_owner_code=owner,
                version=1,
            )
        )
        await _add_complainant(change, city, dispute_id, request.complainant or Complainant())
        routed = await route_dispute(change, directory, dispute_id)
        submitted = ("submitted", {"channel": request.channel, "region": request.region_code})
        await record(
            change,
            city=city,
            dispute_id=dispute_id,
            number=number,
            action="submit_dispute",
            happenings=[submitted, *routed],
        )
        return dispute_id

    return await act(desk, actor, "submit_dispute", key, asdict(request), work)


def _errors(desk: Desk, request: SubmitDispute, text: str) -> tuple[UserError, ...]:
    errors = list(text_errors(text, ("description",)))
    if request.title and clean(request.title):
        errors.extend(text_errors(clean(request.title), ("title",), LONGEST_TITLE))
    if request.channel not in set(Channel):
        errors.append(UserError(ErrorCode.UNKNOWN_CHANNEL, ("channel",), {"channel": request.channel}))
    if not 1 <= request.severity <= 5:
        errors.append(UserError(ErrorCode.SEVERITY_OUT_OF_RANGE, ("severity",)))
    if request.received_at and request.received_at > desk.clock() + CLOCK_SKEW:
        errors.append(UserError(ErrorCode.RECEIVED_IN_FUTURE, ("receivedAt",)))
    for name, most in LONGEST.items():
        value = getattr(request.complainant, name, None)
        if value and clean(value):
            errors.extend(text_errors(clean(value), ("complainant", name), most))
    return tuple(errors)


async def _add_complainant(change: Change, city: str, dispute_id: UUID, complainant: Complainant) -> None:
    known = {name: clean(getattr(complainant, name) or "") or None for name in LONGEST}
    party_id = new_key()
    await change.connection.execute(
        insert(Party).values(
            id=party_id,
            city=city,
            dispute_id=dispute_id,
            role="complainant",
            anonymous=known["name"] is None,
            reachable=bool(known["phone"] or known["address"]),
        )
    )
    if any(known.values()):
        await change.connection.execute(insert(PartyIdentity).values(party_id=party_id, city=city, **known))
