"""Stored decisions come out the same again; what was edited is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

import casework.replay
from casework.actor import Actor
from casework.desk import Desk
from casework.intake import SubmitDispute, submit_dispute
from casework.publication import publish_policy
from casework.replay import Chosen, replay, replay_all
from db.tables.dispute import Decision
from tests.conftest import NOW
from tests.shipped import shipped_policy

CLERK = Actor.of("clerk-a", "clerk")
CITY, TOWN = "990100", "990102001"
TEXTS = ("楼下烧烤店油烟熏人", "化工厂夜里偷排废气", "不知道哪里来的臭味", "有人夜里往河里倒危险废物", "🐷")


@pytest.fixture(autouse=True)
def two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that a handful of decisions goes beyond."""
    monkeypatch.setattr(casework.replay, "BATCH", 2)


async def _submit(desk: Desk) -> None:
    for text in TEXTS:
        assert (await submit_dispute(desk, CLERK, SubmitDispute(text, TOWN, "web"))).value


async def _keys(desk: Desk) -> list[UUID]:
    async with desk.database.read() as connection:
        return list(await connection.scalars(select(Decision.id).order_by(Decision.id)))


async def test_every_version_makes_its_decisions_again(desk: Desk) -> None:
    await _submit(desk)
    policy = shipped_policy("municipal")
    without = tuple(rule for rule in policy.rules if rule.outcome.lead != "urban_management")
    assert (await publish_policy(desk, CLERK, replace(policy, rules=without), CITY)).new
    await _submit(desk)
    told: list[int] = []
    again = await replay_all(desk, progress=told.append)
    assert (again.total, again.equal, again.different) == (10, 10, ())
    assert told == [2, 4, 6, 8, 10]


async def test_what_was_edited_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await _submit(desk)
    first, *_, last = await _keys(desk)
    async with desk.database.write() as connection:
        trace: dict[str, Any] = {"base": None, "overlays": [], "near_misses": []}
        await connection.execute(update(Decision).where(Decision.id == first).values(trace=trace))
        await connection.execute(update(Decision).where(Decision.id == last).values(flags=["night", "x"]))
    again = await replay_all(desk)
    assert (again.total, again.equal, again.different) == (5, 3, (first, last))
    assert [await replay(desk, key) for key in (first, last)] == [False, False]
    monkeypatch.setattr(casework.replay, "MOST_TOLD", 1)
    again = await replay_all(desk)
    assert (again.equal, again.different) == (3, (first,))


@pytest.mark.parametrize(
    ("chosen", "total"),
    [
        (Chosen(city=CITY), 5),
        (Chosen(city="990200"), 0),
        (Chosen(policy_key="municipal"), 5),
        (Chosen(policy_key="rugao-2014"), 0),
        (Chosen(since=NOW, until=NOW + timedelta(seconds=1)), 5),
        (Chosen(until=NOW), 0),
        (Chosen(since=NOW + timedelta(seconds=1)), 0),
    ],
)
async def test_some_are_chosen(desk: Desk, chosen: Chosen, total: int) -> None:
    await _submit(desk)
    again = await replay_all(desk, chosen)
    assert (again.total, again.equal) == (total, total)


async def test_a_decision_that_there_is_not(desk: Desk) -> None:
    with pytest.raises(LookupError):
        await replay(desk, UUID(int=0))
