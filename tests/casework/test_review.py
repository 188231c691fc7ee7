"""The review of drafts."""

from __future__ import annotations

from casework.desk import Desk
from casework.draft import DraftState
from tests.casework.drafts import drafted


async def test_a_draft_goes_all_the_way(desk: Desk) -> None:
    assert await drafted(desk, state=DraftState.PUBLISHED)
