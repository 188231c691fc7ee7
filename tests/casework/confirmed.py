"""Confirmed decisions by the hundred: disputes that a person gave to the right unit, written at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from casework.desk import Desk
from db.tables.base import new_key
from db.tables.dispute import Assignment, Dispute
from rules.territory import nearest_unit

TOWN, CITY = "990102001", "990100"


async def give_by_hand(desk: Desk, told: Iterable[tuple[str, str]]) -> None:
    """Disputes of these texts in one town, each led by the unit that carries the function beside it."""
    now = desk.clock()
    async with desk.database.write() as connection:
        directory = await desk.directory.current(connection)
        disputes: list[dict[str, Any]] = []
        assignments: list[dict[str, Any]] = []
        for number, (text, function) in enumerate(told):
            unit = nearest_unit(directory.tree, function, TOWN, now.date())
            assert unit is not None, function
            disputes.append(_dispute(number, text, unit, now))
            assignments.append(_assignment(disputes[-1]["id"], unit, now))
        await connection.execute(insert(Dispute), disputes)
        await connection.execute(insert(Assignment), assignments)


def _dispute(number: int, text: str, unit: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_key(),
        "city": CITY,
        "number": f"{CITY}-2025-{number:06}",
        "title": text[:20],
        "description": text,
        "status": "assigned",
        "severity": 3,
        "channel": "web",
        "received_at": now,
        "region_code": TOWN,
        "lead_unit_code": unit,
        "territorial_owner_code": f"{TOWN}-town",
        "version": 1,
    }


def _assignment(dispute: object, unit: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_key(),
        "city": CITY,
        "dispute_id": dispute,
        "unit_code": unit,
        "role": "lead",
        "origin": "manual",
        "designated": False,
        "reason": "属本单位职责",
        "decision_id": None,
        "assigned_at": now,
        "assigned_by": "clerk-a",
        "ended_at": None,
    }
