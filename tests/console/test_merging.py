"""From a dispute to the one that it is merged into, and the one reply."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import update

from db.database import Database
from db.tables.dispute import Dispute
from tests.console.conftest import browsing
from tests.console.html import fields, read

TEXT = "金龙化工厂夜里用暗管偷排废水，河里的鱼都死了。"
FORM = {"text": TEXT, "region": "990121101", "channel": "VISIT"}


async def submitted(browser: httpx.AsyncClient, text: str = TEXT) -> str:
    """Where the page of a new dispute is."""
    preview = await browser.post("/console/preview", data={**FORM, "text": text})
    sent = fields(read(preview.text).one(action="/console/disputes"))
    return (await browser.post("/console/disputes", data=sent)).headers["location"]


async def test_what_is_alike_is_shown_and_merged(browser: httpx.AsyncClient) -> None:
    first = await submitted(browser)
    assert "可能属于同一事项" not in (await browser.get(first)).text
    second = await submitted(browser, "举报金龙化工厂，半夜偷排废水毒死了鱼！")
    page = read((await browser.get(second)).text)
    assert first in [link.attributes["href"] for link in page.all("a")]
    assert "金龙化工厂" in [tag.text for tag in page.all("span")]
    form = page.one(id="merge")
    answer = await browser.post(form.attributes["action"], data={**fields(form), "reason": "反映同一化工厂"})
    assert (answer.status_code, answer.headers["location"]) == (303, first)
    assert second in [link.attributes["href"] for link in read((await browser.get(first)).text).all("a")]
    merged = await browser.get(second)
    number = first.rpartition("/")[2]
    assert f"已并入 {number}" in merged.text
    assert 'id="merge"' not in merged.text


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"reason": " "}, 422, "请写明理由"),
        ({"main": "nothing"}, 422, "没有"),
        ({"id": ""}, 422, "没有"),
        ({"token": "somebody-else"}, 403, "请"),
    ],
)
async def test_what_cannot_be_merged_is_told_and_the_form_stays(
    browser: httpx.AsyncClient, change: dict[str, str], status: int, message: str
) -> None:
    first, second = await submitted(browser), await submitted(browser)
    form = read((await browser.get(second)).text).one(id="merge")
    sent = {**fields(form), "reason": "反映同一化工厂", **change}
    answer = await browser.post(form.attributes["action"], data=sent)
    page = read(answer.text)
    assert answer.status_code == status
    assert message in page.one(role="alert").text
    assert fields(page.one(id="merge"))["reason"] == sent["reason"]
    assert "已并单" not in (await browser.get(first)).text
    again = await browser.get(form.attributes["action"], params={"lang": "en"})
    assert (again.status_code, again.headers["location"]) == (303, f"{second}?lang=en")


async def test_what_is_over_is_shown_without_the_way_to_merge_it(city_url: str) -> None:
    async with browsing(city_url) as browser:
        await submitted(browser)
        database = Database.open(city_url)
        async with database.write() as connection:
            await connection.execute(update(Dispute).values(status="resolved"))
        await database.close()
        page = (await browser.get(await submitted(browser))).text
    assert "已办结，不能并单" in page
    assert 'id="merge"' not in page
