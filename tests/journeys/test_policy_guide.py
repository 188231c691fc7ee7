"""What the guide to the API shows of policies can be followed, step by step."""

from __future__ import annotations

from typing import Any

from tests.journeys.policies import CHIEF, EDITOR
from tests.journeys.serving import serving
from tests.schema.test_guide import operations

SHOWN = [text for text in operations("api.md") if "harbour" in text or "UG9saWN5RHJhZnQ6…" in text]


def errors_in(data: Any) -> list[Any]:
    """What was refused, in any of the fields."""
    return [error for each in data.values() for error in each["errors"]]


async def test_the_guide_can_be_followed(city_url: str) -> None:
    create, edit, check_and_submit, approve_and_publish, look = SHOWN
    async with serving(city_url) as client:
        editor, chief = client.of(EDITOR), client.of(CHIEF)
        draft = (await editor.ask(create))["createPolicyDraft"]["draft"]["id"]
        steps = ((editor, edit), (editor, check_and_submit), (chief, approve_and_publish), (client, look))
        for who, text in steps:
            data = await who.ask(text.replace("UG9saWN5RHJhZnQ6…", draft))
            assert errors_in(data) == []
        assert data["policyDifference"] == {"count": 0, "changes": [], "errors": []}
        assert data["exportPolicy"]["file"]["name"] == "harbour-1.xlsx"
