"""A register whose decisions a policy really made: facts, explanation and trace are those of its router.

The complaints of the demo city come in again and again, from all towns and channels and of every severity,
one a minute. Nothing else of a dispute is stored: no assignments, and its facts only with its decision.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any

import orjson
from sqlalchemy import select

from bench.graphql.city import BATCH, CHANNELS, NEWEST, Progress, Row, key, store
from casework.civil import civil_day
from casework.demo import COMPLAINTS, load_city
from casework.desk import Desk
from casework.directory import CityDirectory, read_directory
from casework.routing import stored_routing
from casework.text import LONGEST_TITLE
from db.database import Database
from db.migrate import upgrade
from db.tables.dispute import Decision, Dispute
from db.tables.policy import PolicyVersion
from rules.model import DAY_FIELD, REGION_FIELD
from rules.pack import load_pack
from rules.router import Router
from rules.territory import lineage, nearest_unit
from wording.catalogue import Language

POLICY = "municipal"
_SEED = 5


def load(url: str, disputes: int, progress: Progress = lambda done, total: None) -> None:
    """Migrate the empty database of an SQLAlchemy URL, store the demo city and `disputes` decided disputes,
    and let the database count them."""
    asyncio.run(_load(url, disputes, progress))


async def _load(url: str, disputes: int, progress: Progress) -> None:
    desk = Desk(Database.open(url))
    router = Router(load_pack(POLICY))
    try:
        await upgrade(desk.database)
        await load_city(desk)
        async with desk.database.read() as connection:
            directory = await read_directory(connection)
            version = await connection.scalar(
                select(PolicyVersion.id).where(PolicyVersion.policy_key == POLICY).limit(1)
            )
        register = _Register(router, directory, version, disputes)
        for first in range(0, disputes, BATCH):
            numbers = range(first, min(first + BATCH, disputes))
            rows = [register.rows(number) for number in numbers]
            async with desk.database.write() as connection:
                await store(connection, Dispute, [dispute for dispute, _ in rows])
                await store(connection, Decision, [decision for _, decision in rows])
            progress(numbers.stop, disputes)
        async with desk.database.write() as connection:
            await connection.exec_driver_sql("ANALYZE")
    finally:
        await desk.close()


class _Register:
    def __init__(self, router: Router, directory: CityDirectory, version: Any, disputes: int) -> None:
        self._router = router
        self._directory = directory
        self._version = version
        self._disputes = disputes
        self._texts: Sequence[str] = [
            orjson.loads(line)["text"] for line in COMPLAINTS.read_bytes().splitlines()
        ]
        self._towns = [region.code for region in directory.tree.regions.values() if region.level == "town"]
        self._random = Random(_SEED)
        self._decided = lru_cache(None)(self._decide)

    def rows(self, number: int) -> tuple[Row, Row]:
        """The dispute and its decision."""
        age = self._disputes - 1 - number
        at = NEWEST - timedelta(minutes=age)
        text = self._texts[number % len(self._texts)]
        town, channel = self._random.choice(self._towns), self._random.choice(CHANNELS)
        severity = self._random.randint(1, 5)
        facts, decision = self._decided(text, town, channel, severity)
        lead = decision["lead_function"]
        unit = lead and nearest_unit(self._directory.tree, lead, town, civil_day(NEWEST))
        dispute = key(1, number, age)
        city = self._directory.cities[town]
        return (
            {
                "id": dispute,
                "city": city,
                "number": f"{city}-{at.year}-{number + 1:07d}",
                "title": text[:LONGEST_TITLE],
                "description": text,
                "status": "assigned" if unit else "triage",
                "severity": severity,
                "channel": channel,
                "received_at": at,
                "region_code": town,
                "lead_unit_code": unit,
                "territorial_owner_code": f"{town}-town",
                "version": 2,
            },
            {
                "id": key(2, number, age),
                "city": city,
                "dispute_id": dispute,
                "sequence": 1,
                "policy_version_id": self._version,
                "decided_at": at,
                "facts": {**facts, DAY_FIELD: civil_day(at).toordinal()},
                **decision,
            },
        )

    def _decide(self, text: str, town: str, channel: str, severity: int) -> tuple[Row, Row]:
        """The facts and what is stored of the decision, but for the day."""
        routing = self._router.route_text(
            text,
            {
                REGION_FIELD: frozenset(lineage(self._directory.tree, town)),
                DAY_FIELD: civil_day(NEWEST).toordinal(),
                "severity": severity,
                "channel": channel,
            },
        )
        stored = stored_routing(routing)
        explanation = {each.value: list(self._router.explain(routing, each)) for each in Language}
        return stored.pop("facts"), {**stored, "explanation": explanation}
