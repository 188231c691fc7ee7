"""The data that is measured on: the demo city with a register of disputes, the same on every machine.

Thirty departments of the city share all disputes. Every eleventh dispute waits in triage; the others have a
lead and none to three co-units. The newest ones are before a joint conference, with two sessions of five
participants each. A minute lies between two disputes, so a larger register reaches further back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.demo import COMPLAINTS, load_city
from casework.desk import Desk
from casework.text import LONGEST_TITLE
from db.database import Database
from db.dialect import SQLITE
from db.migrate import upgrade
from db.tables.base import Base
from db.tables.conference import ConferenceSession, JointConference, Participant
from db.tables.dispute import Assignment, Decision, Dispute, Fact
from db.tables.holder import Holder
from db.tables.policy import PolicyVersion
from db.tables.region import Region
from db.tables.unit import Unit

DEPARTMENTS = 30
TRIAGE = 11
"""One dispute in so many waits in triage. It shares no factor with the departments, so all of them lead."""
CONFERRING = 2_500
"""Disputes before a conference, unless more are wanted; in a small register a quarter of them."""
SESSIONS = 2
PARTICIPANTS = 5
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
BATCH = 5_000
"""Disputes that are stored in one transaction."""

CHANNELS = ("hotline", "web", "letter", "hotline", "wechat", "visit")
WORDS = ("noise", "odor", "dust", "fumes", "wastewater", "smoke")
EXPLANATION = {"zh": ["按规则分派。"], "en": ["Assigned by rule."]}

Row = dict[str, Any]
Progress = Callable[[int, int], None]
"""Told after each transaction: how many disputes are stored, of how many."""


@dataclass(frozen=True, slots=True)
class City:
    """What the rows of disputes refer to."""

    code: str
    towns: Sequence[str]
    departments: Sequence[str]
    conference: UUID
    version: UUID
    texts: Sequence[str]
    conferring: int
    """How many of the newest disputes are before a conference."""


def load(
    url: str,
    disputes: int,
    progress: Progress = lambda done, total: None,
    *,
    conferring: int = CONFERRING,
) -> None:
    """Migrate the empty database of an SQLAlchemy URL, store the demo city and `disputes` disputes, and let
    the database count them."""
    asyncio.run(_load(url, disputes, progress, min(conferring, disputes // 4)))


def key(kind: int, number: int, at: int) -> UUID:
    """The UUIDv7 of row `number` of a kind (1 to 15) that belongs to the dispute received `at` minutes before
    the newest: it sorts by time, as the product's own keys do."""
    milliseconds = int((NEWEST - timedelta(minutes=at)).timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | kind << 64 | 2 << 62 | number)


def dispute_key(number: int, disputes: int) -> UUID:
    """The key of the dispute `number`, counted from 0 for the oldest."""
    return key(1, number, disputes - 1 - number)


async def _load(url: str, disputes: int, progress: Progress, conferring: int) -> None:
    desk = Desk(Database.open(url))
    try:
        await upgrade(desk.database)
        await load_city(desk)
        async with desk.database.read() as connection:
            city = await _read_city(connection, conferring)
        for first in range(0, disputes, BATCH):
            numbers = range(first, min(first + BATCH, disputes))
            async with desk.database.write() as connection:
                for table, rows in _tables(city, numbers, disputes).items():
                    await store(connection, table, rows)
            progress(numbers.stop, disputes)
        async with desk.database.write() as connection:
            await connection.exec_driver_sql("ANALYZE")
    finally:
        await desk.database.close()


async def _read_city(connection: AsyncConnection, conferring: int) -> City:
    regions = list(await connection.execute(select(Region.code, Region.level).order_by(Region.code)))
    code = next(code for code, level in regions if level == "city")
    units = select(Unit.code).where(Unit.region_code == code, Unit.valid_to.is_(None)).order_by(Unit.code)
    conference = await connection.scalar(select(JointConference.id).order_by(JointConference.domain).limit(1))
    version = await connection.scalar(
        select(PolicyVersion.id).where(PolicyVersion.policy_key == "municipal").limit(1)
    )
    assert conference is not None  # the demo city has both
    assert version is not None
    return City(
        code=code,
        towns=[code for code, level in regions if level == "town"],
        departments=list(await connection.scalars(units.limit(DEPARTMENTS))),
        conference=conference,
        version=version,
        texts=[orjson.loads(line)["text"] for line in COMPLAINTS.read_bytes().splitlines()],
        conferring=conferring,
    )


async def store(connection: AsyncConnection, table: type[Base], rows: list[Row]) -> None:
    """Store rows of one table."""
    if not rows:
        return
    if connection.dialect.name == SQLITE:
        await connection.execute(insert(table), rows)
        return
    # COPY takes a third of the time of INSERT.
    columns = list(rows[0])
    lists = {name for name in columns if isinstance(table.__table__.c[name].type, JSON)}
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(
        table.__tablename__,
        columns=columns,
        records=[
            tuple(orjson.dumps(value).decode() if name in lists else value for name, value in row.items())
            for row in rows
        ],
    )


def _tables(city: City, numbers: Sequence[int], disputes: int) -> Mapping[type[Base], list[Row]]:
    """The rows of these disputes by table, in the order in which the database wants them."""
    matters = [_Matter(city, number, disputes) for number in numbers]
    return {
        Dispute: [matter.dispute() for matter in matters],
        Fact: [row for matter in matters for row in matter.facts()],
        Decision: [matter.decision() for matter in matters],
        Assignment: [row for matter in matters for row in matter.assignments()],
        Holder: [row for matter in matters for row in matter.holders()],
        ConferenceSession: [row for matter in matters for row in matter.sessions()],
        Participant: [row for matter in matters for row in matter.participants()],
    }


class _Matter:
    """One dispute with everything that belongs to it."""

    def __init__(self, city: City, number: int, disputes: int) -> None:
        self.city = city
        self.number = number
        self.age = disputes - 1 - number
        self.key = key(1, number, self.age)
        self.received_at = NEWEST - timedelta(minutes=self.age)
        self.triage = self.age % TRIAGE == TRIAGE - 1
        newer = self.age - self.age // TRIAGE  # newer ones that are not in triage
        self.conferring = not self.triage and newer < city.conferring
        self.town = city.towns[number % len(city.towns)]
        self.text = city.texts[number % len(city.texts)]

    def department(self, step: int) -> str:
        """The lead for step 0, then others, all different up to step 29."""
        return self.city.departments[(self.number * 13 + step * 7) % len(self.city.departments)]

    def of_dispute(self) -> Row:
        return {"dispute_id": self.key, "city": self.city.code}

    def dispute(self) -> Row:
        status = "triage" if self.triage else "in_conference" if self.conferring else "assigned"
        return {
            "id": self.key,
            "city": self.city.code,
            "number": f"{self.city.code}-{self.received_at.year}-{self.number + 1:06d}",
            "title": self.text[:LONGEST_TITLE],
            "description": f"{self.text}（第 {self.number + 1} 件）",
            "status": status,
            "severity": 1 + self.number * 31 % 5,
            "channel": CHANNELS[self.number % len(CHANNELS)],
            "received_at": self.received_at,
            "region_code": self.town,
            "lead_unit_code": None if self.triage else self.department(0),
            "territorial_owner_code": f"{self.town}-town",
            "version": 2,
        }

    def facts(self) -> Iterator[Row]:
        word = WORDS[self.number % len(WORDS)]
        yield {**self.of_dispute(), "field": "pollutant", "position": 0, "word": word, "number": None}
        yield {**self.of_dispute(), "field": "severity", "position": 0, "word": None, "number": 3.0}

    def decision(self) -> Row:
        return {
            **self.of_dispute(),
            "id": key(2, self.number, self.age),
            "sequence": 1,
            "policy_version_id": self.city.version,
            "decided_at": self.received_at,
            "rule_id": None if self.triage else "barbecue",
            "lead_function": None if self.triage else "urban_management",
            "conference_domain": None,
            "legal_path": None,
            "triage_reason": "no_rule" if self.triage else None,
            "confidence": 0.8,
            "co_functions": [],
            "flags": [],
            "overlay_ids": [],
            "candidates": [],
            "facts": {"pollutant": [WORDS[self.number % len(WORDS)]], "severity": 3},
            "matches": [],
            "trace": {},
            "explanation": EXPLANATION,
        }

    def assignments(self) -> Iterator[Row]:
        if self.triage:
            return
        if self.number % 20 == 1:
            yield self._assignment(9, "lead", self.department(9), ended_at=self.received_at)
        for step in range(1 + self.number * 17 % 4):
            yield self._assignment(step, "co" if step else "lead", self.department(step), ended_at=None)

    def _assignment(self, step: int, role: str, unit: str, ended_at: datetime | None) -> Row:
        return {
            **self.of_dispute(),
            "id": key(3, self.number * 10 + step, self.age),
            "unit_code": unit,
            "role": role,
            "origin": "rule",
            "designated": False,
            "reason": None,
            "decision_id": key(2, self.number, self.age),
            "assigned_at": self.received_at,
            "assigned_by": "bench",
            "ended_at": ended_at,
        }

    def holders(self) -> Iterator[Row]:
        units = {each["unit_code"] for each in self.assignments() if each["ended_at"] is None}
        for unit in sorted({*units, f"{self.town}-town"}):
            yield {**self.of_dispute(), "unit_code": unit, "received_at": self.received_at}

    def sessions(self) -> Iterator[Row]:
        for turn in range(SESSIONS if self.conferring else 0):
            yield {
                **self.of_dispute(),
                "id": self._session(turn),
                "conference_id": self.city.conference,
                "topic": f"第 {turn + 1} 次会议：{self.text[:100]}",
                "status": "convened",
                "reason": None,
                "rule_id": None,
                "created_at": self.received_at + timedelta(days=turn),
                "created_by": "bench",
                "scheduled_at": self.received_at + timedelta(days=turn + 7),
            }

    def participants(self) -> Iterator[Row]:
        for turn in range(SESSIONS if self.conferring else 0):
            for place in range(PARTICIPANTS):
                yield {
                    "session_id": self._session(turn),
                    "city": self.city.code,
                    "unit_code": self.department(place + turn),
                    "role": "member" if place else "chair",
                    "position": place,
                }

    def _session(self, turn: int) -> UUID:
        return key(4, self.number * SESSIONS + turn, self.age)
