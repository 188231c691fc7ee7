"""Disputes put into the tables as they are, with whatever facts: also such as no verb would make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from casework.desk import Desk
from db.tables.base import new_key
from db.tables.dispute import Decision, Dispute
from db.tables.policy import PolicyVersion
from tests.conftest import NOW

CITY, TOWN = "990100", "990102001"

_VERSION = select(PolicyVersion.id).where(PolicyVersion.policy_key == "municipal")


@dataclass(frozen=True, slots=True)
class Matter:
    """A dispute with its one decision. `facts` are a document."""

    facts: Mapping[str, Any]
    confidence: float | None = None
    decision: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 1
    key: UUID = field(default_factory=new_key)


async def store(desk: Desk, matters: Sequence[Matter]) -> None:
    """Store disputes in the town, each with its decision."""
    async with desk.database.write() as connection:
        version = await connection.scalar(
            select(PolicyVersion.id).where(PolicyVersion.policy_key == "municipal")
        )
        await connection.execute(insert(Dispute), [_dispute(each) for each in matters])
        await connection.execute(insert(Decision), [_decision(each, version) for each in matters])


async def decide_again(desk: Desk, matter: Matter) -> None:
    """Store a later decision of a dispute."""
    async with desk.database.write() as connection:
        version = await connection.scalar(
            select(PolicyVersion.id).where(PolicyVersion.policy_key == "municipal")
        )
        await connection.execute(insert(Decision), [_decision(matter, version)])


def _dispute(matter: Matter) -> dict[str, Any]:
    return {
        "id": matter.key,
        "city": CITY,
        "number": str(matter.key),
        "title": "题目",
        "description": "小区楼下的烧烤店油烟很大。",
        "status": "assigned",
        "severity": 3,
        "channel": "hotline",
        "received_at": NOW,
        "region_code": TOWN,
        "lead_unit_code": None,
        "territorial_owner_code": f"{TOWN}-town",
        "version": 1,
    }


def _decision(matter: Matter, version: UUID | None) -> dict[str, Any]:
    return {
        "city": CITY,
        "dispute_id": matter.key,
        "sequence": matter.sequence,
        "policy_version_id": version,
        "decided_at": NOW,
        "rule_id": None,
        "lead_function": None,
        "conference_domain": None,
        "legal_path": None,
        "triage_reason": "no_rule",
        "confidence": matter.confidence,
        "co_functions": [],
        "flags": [],
        "overlay_ids": [],
        "candidates": [],
        "facts": matter.facts,
        "matches": [],
        "trace": {},
        "explanation": {"zh": ["当时。"], "en": ["Then."]},
        **matter.decision,
    }
