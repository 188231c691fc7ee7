"""Routing policies as they decide: which version is in force, and its rules compiled in every process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.directory import CityDirectory
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from rules.document import policy_from_document
from rules.model import Policy
from rules.router import Router

MOST_ROUTERS = 8
VALIDITY = ("valid_from", "valid_to")
RULE_COLUMNS = ("kind", "priority", "title", "title_en", "conditions", "outcome", "legal_basis", "regions")


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that may decide: its key in the database, the policy's key, and its number."""

    id: UUID
    policy_key: str
    number: int


class PolicyShelf:
    """Compiled policy versions of one process; which is in force is read with every use."""

    def __init__(self) -> None:
        self._routers: OrderedDict[UUID, Router] = OrderedDict()
        self._disagreements = 0  # of those that were put away

    @property
    def disagreements(self) -> int:
        """In how many decisions durable-rules and the index differed, or durable-rules failed."""
        return self._disagreements + sum(router.disagreements for router in self._routers.values())

    async def in_force(
        self, connection: AsyncConnection, directory: CityDirectory, region: str, on: date
    ) -> PublishedVersion | None:
        """The version that decides in a region on a day: that of the nearest region with a policy."""
        key = directory.policy_of(region)
        return await version_in_force(connection, key, on) if key else None

    async def router(self, connection: AsyncConnection, version: PublishedVersion) -> Router:
        """The compiled version. Use it before the next await: it may be put away after that."""
        found = self._routers.get(version.id)
        if found is None:
            policy = await read_policy(connection, version)
            # Another task may have compiled it while this one was reading.
            found = self._routers.get(version.id) or self._routers.setdefault(version.id, Router(policy))
        self._routers.move_to_end(version.id)
        while len(self._routers) > MOST_ROUTERS:
            self._put_away(self._routers.popitem(last=False)[1])
        return found

    def close(self) -> None:
        """Free all compiled versions."""
        while self._routers:
            self._put_away(self._routers.popitem()[1])

    def _put_away(self, router: Router) -> None:
        self._disagreements += router.disagreements
        router.close()


async def version_in_force(connection: AsyncConnection, key: str, on: date) -> PublishedVersion | None:
    """The newest published version of a policy that has taken effect by a day."""
    found = (
        await connection.execute(
            select(PolicyVersion.id, PolicyVersion.number)
            .where(PolicyVersion.policy_key == key, PolicyVersion.effective_from <= on)
            .order_by(PolicyVersion.number.desc())
            .limit(1)
        )
    ).first()
    return PublishedVersion(found.id, key, found.number) if found else None


async def version_of(connection: AsyncConnection, version_id: UUID) -> PublishedVersion:
    """A version by its key in the database. Raises NoResultFound."""
    found = (
        await connection.execute(
            select(PolicyVersion.policy_key, PolicyVersion.number).where(PolicyVersion.id == version_id)
        )
    ).one()
    return PublishedVersion(version_id, found.policy_key, found.number)


async def read_policy(connection: AsyncConnection, version: PublishedVersion) -> Policy:
    """A version as it was published, rules and lexicon."""
    head = (
        await connection.execute(
            select(
                PolicyVersion.fields, PolicyVersion.triage_below, RoutingPolicy.title, RoutingPolicy.title_en
            )
            .join(RoutingPolicy, RoutingPolicy.key == PolicyVersion.policy_key)
            .where(PolicyVersion.id == version.id)
        )
    ).one()
    rules = await connection.execute(
        select(PolicyRule.__table__).where(PolicyRule.version_id == version.id).order_by(PolicyRule.position)
    )
    terms = await connection.scalars(
        select(LexiconTerm.document)
        .where(LexiconTerm.version_id == version.id)
        .order_by(LexiconTerm.position)
    )
    readings = await connection.scalars(
        select(LexiconReading.document)
        .where(LexiconReading.version_id == version.id)
        .order_by(LexiconReading.position)
    )
    return policy_from_document(
        {
            "key": version.policy_key,
            "version": version.number,
            "title": head.title,
            "title_en": head.title_en,
            "fields": head.fields,
            "triage_below": head.triage_below,
            "rules": [_rule_of(row) for row in rules],
            "terms": list(terms),
            "readings": list(readings),
        }
    )


def _rule_of(row: Row[Any]) -> dict[str, Any]:
    days = {name: day.isoformat() if (day := getattr(row, name)) else None for name in VALIDITY}
    return {**{name: getattr(row, name) for name in RULE_COLUMNS}, "id": row.rule_id, **days}
