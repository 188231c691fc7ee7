"""Which disputes are shown as perhaps the same matter, and where they are looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from casework import duplicates
from casework.actor import DEMO_ADMINISTRATOR
from casework.assignment import ReassignDispute, reassign_dispute
from casework.desk import Desk
from casework.duplicates import (
    AskSimilar,
    AskSimilarToText,
    Similar,
    similar_to_dispute,
    similar_to_text,
)
from casework.errors import ErrorCode
from casework.intake import SubmitDispute
from casework.rights import EVERYWHERE, Reach
from casework.traits import RECENT
from db.tables.base import new_key
from db.tables.dispute import Dispute
from db.tables.duplicates import Trait
from tests.casework.test_assignment import submitted

TOWN, NEXT_TOWN, DISTRICT, CITY = "990121101", "990102001", "990121", "990100"
FIRM = SubmitDispute("金龙化工厂夜里偷偷排放刺鼻气体,李村村民头疼。", TOWN, "web")
AGAIN = "举报建设大街金龙化工厂,半夜放毒气,味道呛人。"
OTHER_FIRM = "宏达化工厂夜里偷偷排放刺鼻气体,村民头疼。"
OTHER_MATTER = "楼下饭店油烟很大。"


async def similar(desk: Desk, dispute: UUID, first: int = 5) -> list[Similar]:
    result = await similar_to_dispute(desk, EVERYWHERE, AskSimilar(dispute, first))
    assert result.value is not None, result.errors
    return result.value


async def found(desk: Desk, text: str, region: str = TOWN) -> list[UUID]:
    result = await similar_to_text(desk, EVERYWHERE, AskSimilarToText(text, region))
    assert result.value is not None, result.errors
    return [each.dispute_id for each in result.value]


async def test_the_same_firm_in_other_words_is_shown_with_the_words_in_common(desk: Desk) -> None:
    first = await submitted(desk, FIRM)
    again = await submitted(desk, replace(FIRM, description=AGAIN))
    await submitted(desk, replace(FIRM, description=OTHER_FIRM))
    await submitted(desk, replace(FIRM, description=OTHER_MATTER))
    (only,) = await similar(desk, again)
    assert only.dispute_id == first
    assert 0.55 <= only.score < 1
    assert only.words[0] == "金龙化工厂"
    assert [each.dispute_id for each in await similar(desk, first)] == [again]


async def test_a_text_is_looked_up_before_it_is_submitted(desk: Desk) -> None:
    first = await submitted(desk, FIRM)
    async with desk.database.read() as connection:
        before = await connection.scalar(select(func.count()).select_from(Trait))
    assert await found(desk, f"  {AGAIN}\r\n") == [first]
    assert await found(desk, OTHER_MATTER) == []
    assert await found(desk, "🐷🐷") == []
    async with desk.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Trait)) == before
        assert await connection.scalar(select(func.count()).select_from(Dispute)) == 1


@pytest.mark.parametrize(
    ("of", "asked_in", "seen"),
    [
        (TOWN, TOWN, True),
        (TOWN, NEXT_TOWN, False),
        (TOWN, DISTRICT, True),
        (TOWN, CITY, True),
        (DISTRICT, TOWN, True),
        (CITY, TOWN, True),
        (NEXT_TOWN, DISTRICT, False),
        (NEXT_TOWN, CITY, True),
    ],
)
async def test_the_region_bounds_the_search(desk: Desk, of: str, asked_in: str, seen: bool) -> None:
    dispute = await submitted(desk, replace(FIRM, region_code=of))
    assert await found(desk, AGAIN, asked_in) == ([dispute] if seen else [])


@pytest.mark.parametrize(
    ("status", "days", "seen"),
    [
        ("triage", 1_000, True),
        ("in_conference", 1_000, True),
        ("struck_off", RECENT.days - 1, True),
        ("struck_off", RECENT.days + 1, False),
    ],
)
async def test_what_is_open_or_recent_is_found(desk: Desk, status: str, days: int, seen: bool) -> None:
    dispute = await submitted(desk, FIRM)
    async with desk.database.write() as connection:
        await connection.execute(
            update(Dispute).values(status=status, received_at=desk.clock() - timedelta(days=days))
        )
    assert await found(desk, AGAIN) == ([dispute] if seen else [])


async def test_the_most_alike_come_first_and_no_more_than_asked_for(desk: Desk) -> None:
    disputes = [await submitted(desk, replace(FIRM, description=text)) for text in (AGAIN, FIRM.description)]
    dispute = await submitted(desk, replace(FIRM, description=f"{FIRM.description}"))
    ranked = await similar(desk, dispute)
    assert [each.dispute_id for each in ranked] == disputes[::-1]
    assert ranked[0].score == 1.0
    assert await similar(desk, dispute, first=1) == ranked[:1]


async def test_what_is_out_of_reach_takes_nobodys_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer disputes of others crowd nothing out: from what is missing one could tell that they are there."""
    monkeypatch.setattr(duplicates, "MOST_OF_TRAIT", 2)
    duplicates._newest.cache_clear()
    own = await submitted(desk, FIRM)
    moved = ReassignDispute(own, "990100-water", "改派", ())
    assert not (await reassign_dispute(desk, DEMO_ADMINISTRATOR, moved)).errors
    for _ in range(3):
        await submitted(desk, FIRM)
    asked = AskSimilarToText(AGAIN, TOWN)
    everything = (await similar_to_text(desk, EVERYWHERE, asked)).value or []
    mine = (await similar_to_text(desk, Reach(units=("990100-water",)), asked)).value or []
    duplicates._newest.cache_clear()
    assert own not in [each.dispute_id for each in everything]
    assert [each.dispute_id for each in mine] == [own]


async def test_what_cannot_be_asked(desk: Desk) -> None:
    unknown = await similar_to_dispute(desk, EVERYWHERE, AskSimilar(new_key()))
    assert [(error.code, error.path) for error in unknown.errors] == [(ErrorCode.UNKNOWN_DISPUTE, ("id",))]
    nowhere = await similar_to_text(desk, EVERYWHERE, AskSimilarToText(AGAIN, "nowhere"))
    assert [(error.code, error.path) for error in nowhere.errors] == [
        (ErrorCode.UNKNOWN_REGION, ("regionCode",))
    ]
    nothing = await similar_to_text(desk, EVERYWHERE, AskSimilarToText(" \x00", TOWN))
    assert [(error.code, error.path) for error in nothing.errors] == [(ErrorCode.TEXT_EMPTY, ("text",))]
