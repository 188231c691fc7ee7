"""The demo: a city to look at, loaded once however often it is asked for."""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casework.demo import CHANNELS, DAYS, load_demo
from casework.desk import Desk
from casework.replay import replay
from db import audit
from db.database import Database
from db.tables.audit import AuditRecord
from db.tables.dispute import Decision, Dispute
from rules import pack
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


async def test_the_sample_is_spread_over_towns_channels_and_days(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    loaded = await load_demo(desk, lambda done, total: told.append((done, total)))
    assert (loaded.new, loaded.total) == (150, 150)
    assert told == [(done, 150) for done in range(1, 151)]
    async with desk.database.read() as connection:
        disputes = (await connection.execute(select(Dispute.__table__))).all()
        decisions = list(await connection.scalars(select(Decision.id)))
        chain = await audit.verify(connection)
    assert len({row.region_code for row in disputes}) == 16
    assert {row.channel for row in disputes} == set(CHANNELS)
    ages = [(NOW - row.received_at).days for row in disputes]
    assert min(ages) == 0
    assert DAYS - 2 <= max(ages) <= DAYS
    assert chain.valid
    for decision in decisions:
        assert await replay(desk, decision)

    again = await load_demo(desk)
    assert (again.new, again.total) == (0, 150)


async def test_the_city_is_loaded_again_only_when_its_files_have_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def published() -> int:
        async with desk.database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(AuditRecord)) or 0

    await load_demo(desk)
    before = await published()
    shutil.copytree(pack.PACKS, tmp_path / "packs")
    changed = tmp_path / "packs" / "municipal" / "policy.yaml"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(re.sub("triage_below: [0-9.]+", "triage_below: 0.9", text), encoding="utf-8")
    monkeypatch.setattr(pack, "PACKS", tmp_path / "packs")
    await load_demo(desk)
    await load_demo(desk)
    assert await published() == before + 1


async def test_a_load_that_was_cut_off_is_completed(desk: Desk) -> None:
    class PowerCut(Exception):
        """Nothing more happens."""

    def cut(done: int, total: int) -> None:
        if done == 40:
            raise PowerCut

    try:
        await load_demo(desk, cut)
    except PowerCut:
        pass
    else:
        raise AssertionError("the power was to be cut")
    loaded = await load_demo(desk)
    assert (loaded.new, loaded.total) == (110, 150)
    async with desk.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Dispute)) == 150


async def test_two_loads_at_once_load_the_sample_once(database_url: str) -> None:
    desks = [Desk(Database.open(database_url), clock=clock) for clock in (lambda: NOW, lambda: NOW + MINUTE)]
    try:
        first, second = await asyncio.gather(*map(load_demo, desks))
        assert first.new + second.new == 150
        async with desks[0].database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(Dispute)) == 150
    finally:
        for desk in desks:
            await desk.close()
