"""Disputes that were stored before there were traits, or under an older reading of them, are found again."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, update

from casework import traits
from casework.desk import Desk
from casework.traits import bring_up_to_date
from db import revision
from db.tables.dispute import Dispute
from db.tables.duplicates import Trait
from rules.likeness import EDITION
from tests.casework.test_assignment import submitted
from tests.casework.test_duplicates import AGAIN, FIRM, found


async def forget(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(delete(Trait))


async def known(desk: Desk) -> set[tuple[int, str]]:
    async with desk.database.read() as connection:
        return {
            (each.trait, str(each.dispute_id)) for each in await connection.execute(select(Trait.__table__))
        }


async def test_what_was_stored_before_is_found(desk: Desk) -> None:
    dispute = await submitted(desk, FIRM)
    before = await known(desk)
    await forget(desk)
    assert await found(desk, AGAIN) == []
    assert await bring_up_to_date(desk) == 1
    assert await found(desk, AGAIN) == [dispute]
    assert await known(desk) == before


async def test_it_is_done_once_for_each_edition(desk: Desk) -> None:
    await submitted(desk, FIRM)
    assert await bring_up_to_date(desk) == 1
    await forget(desk)
    assert await bring_up_to_date(desk) == 0
    async with desk.database.read() as connection:
        assert await revision.current(connection, traits.TRAITS) == EDITION
        assert await connection.scalar(select(func.count()).select_from(Trait)) == 0


async def test_after_a_power_cut_it_begins_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traits, "BATCH", 2)
    disputes = [await submitted(desk, FIRM) for _ in range(5)]
    before = await known(desk)
    await forget(desk)
    batches: list[int] = []

    def cut(done: int) -> None:
        batches.append(done)
        if len(batches) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await bring_up_to_date(desk, cut)
    assert batches == [2, 4]
    # The newest come first, and what was done is kept.
    assert {each for _, each in await known(desk)} == {str(each) for each in disputes[1:]}
    assert await bring_up_to_date(desk) == 5
    assert await known(desk) == before


async def test_what_nobody_would_be_shown_is_left_alone(desk: Desk) -> None:
    dispute = await submitted(desk, FIRM)
    await forget(desk)
    async with desk.database.write() as connection:
        long_ago = desk.clock().replace(year=2020)
        await connection.execute(
            update(Dispute).where(Dispute.id == dispute).values(status="resolved", received_at=long_ago)
        )
    assert await bring_up_to_date(desk) == 0
    assert await known(desk) == set()
