"""Publication: a policy becomes the next version of its key. A published version never changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.policy import VALIDITY, PublishedVersion
from db import audit
from db.dialect import lock
from db.tables.base import Base, new_key
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from rules.document import policy_document
from rules.model import Policy


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing answers; `new` is false when the newest version said the same already."""

    version: PublishedVersion
    new: bool


async def publish_policy(desk: Desk, actor: Actor, policy: Policy, city: str) -> Published:
    """Publish a policy as the next version of its key, in force from today. A policy whose newest version
    says the same is left alone.

    `city` is the city whose audit chain tells of it. The caller has checked the policy (`findings_of`).
    """
    document = policy_document(policy)
    checksum = _checksum(document)
    async with desk.database.write() as connection:
        await lock(connection, f"policy:{policy.key}")
        newest = (
            await connection.execute(
                select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.checksum)
                .where(PolicyVersion.policy_key == policy.key)
                .order_by(PolicyVersion.number.desc())
                .limit(1)
            )
        ).first()
        if newest is not None and newest.checksum == checksum:
            return Published(PublishedVersion(newest.id, policy.key, newest.number), new=False)
        number = newest.number + 1 if newest else 1
        version_id = await _write(connection, desk, actor, document, number, checksum)
        await audit.append(
            connection,
            city=city,
            actor=actor.id,
            action="publish_policy",
            subject=f"{policy.key}/{number}",
            data={"checksum": checksum, "rules": len(policy.rules)},
            occurred_at=desk.clock(),
        )
        return Published(PublishedVersion(version_id, policy.key, number), new=True)


async def _write(
    connection: AsyncConnection,
    desk: Desk,
    actor: Actor,
    document: dict[str, Any],
    number: int,
    checksum: str,
) -> UUID:
    key, now, version_id = document["key"], desk.clock(), new_key()
    titles = {"title": document["title"], "title_en": document["title_en"]}
    if number == 1:
        await connection.execute(insert(RoutingPolicy).values(key=key, **titles))
    else:
        await connection.execute(update(RoutingPolicy).where(RoutingPolicy.key == key).values(**titles))
        await connection.execute(
            update(PolicyVersion).where(PolicyVersion.policy_key == key).values(status="superseded")
        )
    await connection.execute(
        insert(PolicyVersion).values(
            id=version_id,
            policy_key=key,
            number=number,
            status="published",
            fields=document["fields"],
            triage_below=document["triage_below"],
            checksum=checksum,
            effective_from=civil_day(now),
            published_at=now,
            published_by=actor.id,
        )
    )
    parts: tuple[tuple[type[Base], list[dict[str, Any]]], ...] = (
        (PolicyRule, [_row_of(rule) for rule in document["rules"]]),
        (LexiconTerm, [{"text": t["text"], "kind": t["kind"], "document": t} for t in document["terms"]]),
        (LexiconReading, [{"reading_id": r["id"], "document": r} for r in document["readings"]]),
    )
    for table, rows in parts:
        numbered = [{"version_id": version_id, "position": at, **row} for at, row in enumerate(rows)]
        if numbered:
            await connection.execute(insert(table), numbered)
    return version_id


def _row_of(rule: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(rule[name]) if rule[name] else None for name in VALIDITY}
    return {**{name: value for name, value in rule.items() if name != "id"}, "rule_id": rule["id"], **days}


def _checksum(document: dict[str, Any]) -> str:
    said = {name: value for name, value in document.items() if name != "version"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
