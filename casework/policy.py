"""Routing policies: published into the database, and kept compiled in every server process."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Actor
from casework.directory import CityDirectory
from db import audit, revision
from db.dialect import lock
from db.tables.base import new_key
from db.tables.conference import JointConference
from db.tables.policy import LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from db.tables.unit import Function
from rules.check import Finding, check
from rules.document import policy_document, policy_from_document
from rules.model import Policy
from rules.router import Router
from rules.trial import trial_compile

POLICY = "policy"
MOST_ROUTERS = 8


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
            found = self._routers.setdefault(version.id, Router(policy))
        self._routers.move_to_end(version.id)
        while len(self._routers) > MOST_ROUTERS:
            self._routers.popitem(last=False)[1].close()
        return found

    def close(self) -> None:
        """Free all compiled versions."""
        while self._routers:
            self._routers.popitem()[1].close()


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
        select(PolicyRule.__table__)
        .where(PolicyRule.version_id == version.id)
        .order_by(PolicyRule.position)
    )
    terms = await connection.scalars(
        select(LexiconTerm.document)
        .where(LexiconTerm.version_id == version.id)
        .order_by(LexiconTerm.position)
    )
    return policy_from_document(
        {
            "key": version.policy_key,
            "version": version.number,
            "title": head.title,
            "title_en": head.title_en,
            "fields": head.fields,
            "triage_below": head.triage_below,
            "rules": [_rule_document(row) for row in rules],
            "lexicon": list(terms),
        }
    )
