"""The statistical vote on the pages: beside the candidates, and as a word of warning."""

from __future__ import annotations

from pathlib import Path

from rules.vote_document import vote_document
from tests.console.conftest import browsing
from tests.console.html import Element, read
from tests.console.test_flow import FORM, TEXT
from tests.rules.votes import vote_for

VAGUE = "不知道从哪里来的臭味，晚上睡不着。"


async def previewed(url: str, folder: Path, text: str, *functions: str) -> Element:
    """The page about a text, with a vote that is for the first function."""
    path = folder / "vote.json"
    path.write_bytes(vote_document(vote_for(text, *functions)))
    async with browsing(url, vote_model=str(path)) as browser:
        answer = await browser.post("/console/preview", data={**FORM, "text": text})
    assert answer.status_code == 200
    return read(answer.text)


async def test_a_vote_for_another_lead_is_a_note(settled_url: str, tmp_path: Path) -> None:
    page = await previewed(settled_url, tmp_path, TEXT, "water", "ecology")
    assert "水利水务" in page.one(role="note").text
    assert page.one(id="verdict").text.split() == ["牵头单位", "云澜市苇洲生态环境局"]


async def test_a_vote_for_the_lead_is_not_mentioned(settled_url: str, tmp_path: Path) -> None:
    page = await previewed(settled_url, tmp_path, TEXT, "ecology", "water")
    assert "统计参考" not in page.text


async def test_candidates_show_their_share(settled_url: str, tmp_path: Path) -> None:
    page = await previewed(settled_url, tmp_path, VAGUE, "ecology", "urban_management")
    (candidates,) = (each for each in page.all("ol") if each.attributes.get("class") == "candidates")
    shares = [each.text for each in candidates.all("li")]
    assert len(shares) > 1
    assert any("统计参考 100%" in share for share in shares)
    assert all("统计参考" in share for share in shares)
