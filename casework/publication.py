"""Publication: a policy becomes the next version of its key. A published version never changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.actor import Actor
from casework.civil import civil_day
from casework.desk import Desk
from casework.policy import VALIDITY, PublishedVersion
from casework.watch import POLICIES, catch_up
from db import audit, revision
from db.dialect import lock
from db.tables.base import Base, new_key
from db.tables.conference import JointConference
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from db.tables.unit import Function
from rules.check import Finding, Severity, check
from rules.document import policy_document
from rules.model import Policy
from rules.trial import trial_compile


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing answers. With `findings` nothing was written; `new` is false when the newest version
    says the same already."""

    version: PublishedVersion | None
    new: bool = False
    findings: tuple[Finding, ...] = ()


async def publish_policy(desk: Desk, actor: Actor, policy: Policy, city: str) -> Publication:
    """Publish a policy as the next version of its key, in force from today.

    It is checked against the city's functions and conferences and tried in a process of its own first.
    `city` is the city whose audit chain tells of it.
    """
    document = policy_document(policy)
    checksum = _checksum(document)
    async with desk.database.read() as connection:
        newest = await _newest(connection, policy.key)
        if newest is not None and newest.checksum == checksum:
            return Publication(PublishedVersion(newest.id, policy.key, newest.number))
        findings = await _findings(connection, policy, city)
    findings = findings or tuple(await asyncio.to_thread(trial_compile, policy))
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Publication(None, findings=findings)
    async with desk.database.write() as connection:
        await lock(connection, f"policy:{policy.key}")
        newest = await _newest(connection, policy.key)
        if newest is not None and newest.checksum == checksum:
            return Publication(PublishedVersion(newest.id, policy.key, newest.number))
        number = newest.number + 1 if newest else 1
        version_id = await _write(connection, desk, actor, document, number, checksum)
        await revision.bump(connection, POLICIES)
        await audit.append(
            connection,
            city=city,
            actor=actor.id,
            action="publish_policy",
            subject=f"{policy.key}/{number}",
            data={"checksum": checksum, "rules": len(policy.rules)},
            occurred_at=desk.clock(),
        )
    await catch_up(desk)
    return Publication(PublishedVersion(version_id, policy.key, number), new=True, findings=findings)


async def _newest(connection: AsyncConnection, key: str) -> Row[UUID, int, str] | None:
    return (
        await connection.execute(
            select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.checksum)
            .where(PolicyVersion.policy_key == key)
            .order_by(PolicyVersion.number.desc())
            .limit(1)
        )
    ).first()


async def _findings(connection: AsyncConnection, policy: Policy, city: str) -> tuple[Finding, ...]:
    functions = await connection.scalars(select(Function.code))
    domains = await connection.scalars(select(JointConference.domain).where(JointConference.city == city))
    return check(policy, frozenset(functions), frozenset(domains))


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
